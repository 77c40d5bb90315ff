import { beforeEach, describe, expect, test } from "vitest";
import type { Member } from "../../src/ports/cluster.ts";
import { textOf } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

let at: VenueDesk;
beforeEach(async () => {
  at = await VenueDesk.open();
});

/** A process that was seen a second ago, with some streams. */
function node(name: string, role: Member["role"], streams: readonly string[], rest: Partial<Member> = {}): Member {
  const facts = { name, role, pid: 7, host: "ward", version: "1.2.3", startedMs: at.desk.clock.wall() - 3_600_000 };
  return { ...facts, renewedAgoMs: 1_000, isGone: false, streams, ...rest };
}

describe("system nodes", () => {
  test("shows who holds what", async () => {
    await at.connect("main");
    const others = at.engine.accounts().map(({ state }) => `account:${state.account}`);
    at.engine.nodes = async () => [node("east", "gateway", ["desk"]), node("west", "engine", others)];
    const view = await at.type("system nodes");
    expect(view).toMatchObject({ tone: "good", title: "2 processes" });
    expect(view.table?.rows).toEqual([
      ["east", "gateway", "ward, process 7", "1.2.3", "1 h", "1 s ago", "yes", "0"],
      ["west", "engine", "ward, process 7", "1.2.3", "1 h", "1 s ago", "-", String(others.length)],
    ]);
  });

  test("says which processes are gone, and that accounts have none", async () => {
    await at.connect("main");
    const all = at.engine.accounts().map(({ state }) => `account:${state.account}`);
    at.engine.nodes = async () => [
      node("east", "gateway", ["desk"]),
      node("west", "engine", all, { isGone: true, renewedAgoMs: 20_000 }),
      node("south", "engine", []),
    ];
    const view = await at.type("system nodes");
    expect(view.tone).toBe("warning");
    expect(view.table?.rows[1]?.[5]).toBe("GONE");
    expect(textOf(view)).toMatch(/no process now; an engine takes what is free within seconds while Redis answers/);
    at.engine.nodes = async () => [node("east", "gateway", ["desk"])];
    expect(textOf(await at.type("system nodes"))).toContain(
      "No engine lives, so that nothing is traded: start a process with ROLE=engine.",
    );
  });
});
