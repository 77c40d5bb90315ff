import { describe, expect, it } from "vitest";
import { filesOf, sourcesOf } from "./sources.ts";

const pathsOf = (part: Parameters<typeof filesOf>[0]): string[] => [...filesOf(part).keys()];

describe("the sources that a row of the proof counts for", () => {
  it("are what the simulation plays, and nothing that it does not load", () => {
    const paths = pathsOf("simulation");
    expect(paths).toContain("src/engine/live/next-step.ts");
    expect(paths).toContain("test/simulation/referee/law-exchange.ts");
    expect(paths).toContain("test/kit/exchange/spot-door.ts");
    expect(paths.filter((path) => path.startsWith("src/platforms") || path.startsWith("commands"))).toEqual([]);
  });

  it("are the whole product where a real process is started", () => {
    for (const part of ["live", "kills", "cluster"] as const)
      expect(pathsOf(part)).toEqual(expect.arrayContaining(["commands/panic.ts", "src/platforms/discord.ts", "src/stores/sqlite.ts"]));
  });

  it("have one name as long as nothing in them changes", () => {
    expect(sourcesOf("crashes")).toBe(sourcesOf("crashes"));
    expect(sourcesOf("crashes")).not.toBe(sourcesOf("simulation"));
  });
});
