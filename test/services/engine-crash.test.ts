import { expect, it } from "vitest";
import { crashAtWrites, script, stormyMarket } from "../engine/crash-scenario.ts";

const MINUTES = 110;

it("a crash at every single store call leaves the books that an undisturbed run leaves, before it took effect and after", async () => {
  const { wrong, deaths, writes } = await crashAtWrites(stormyMarket(MINUTES), script(MINUTES), 1);
  expect(wrong).toEqual([]);
  expect(deaths).toBeGreaterThan(writes);
});
