import { describe, expect, it } from "vitest";
import { ARRIVED_MS, LACKING_MS, Share, type Spread, UNPLACED_MS } from "../../../src/engine/cluster/share.ts";

const ACCOUNTS = ["a", "b", "c", "d", "e"];

/** Engines by name with what each has. */
function engines(held: Readonly<Record<string, readonly string[]>>): Spread["members"] {
  return Object.entries(held).map(([name, streams]) => ({ name, role: "engine", isGone: false, streams }));
}

function asked(share: Share, self: string, members: Spread["members"], nowMs = 0): number {
  const running = members.find(({ name }) => name === self)?.streams.length ?? 0;
  return share.capacity({ self, members, accounts: ACCOUNTS, running, nowMs });
}

describe("an engine's share of the accounts", () => {
  it("adds up to all of them, whatever does not divide evenly", () => {
    const members = engines({ x: [], y: [], z: [] });
    expect(["x", "y", "z"].map((self) => asked(new Share(), self, members))).toEqual([2, 2, 1]);
    expect(asked(new Share(), "x", engines({ x: [] }))).toBe(5);
  });

  it("counts neither gateways nor processes that are gone", () => {
    const members: Spread["members"] = [
      ...engines({ x: [] }),
      { name: "g", role: "gateway", isGone: false, streams: ["desk"] },
      { name: "y", role: "engine", isGone: true, streams: ["a"] },
    ];
    expect(asked(new Share(), "x", members)).toBe(5);
  });

  it("is given up for an engine that has less, and no longer where that one takes nothing", () => {
    const share = new Share();
    const members = engines({ x: ACCOUNTS, y: [] });
    asked(share, "x", members);
    expect(asked(share, "x", members, ARRIVED_MS)).toBe(3);
    expect(asked(share, "x", members, LACKING_MS - 1)).toBe(3);
    expect(asked(share, "x", members, LACKING_MS)).toBe(5);
    expect(asked(share, "x", engines({ x: ["a", "b", "c", "d"], y: ["e"] }), LACKING_MS + 1)).toBe(3);
  });

  it("is not given up for engines that come and do not stay", () => {
    const share = new Share();
    for (let atMs = 0; atMs < LACKING_MS; atMs += ARRIVED_MS - 1)
      expect(asked(share, "x", engines({ x: ACCOUNTS, [`y${atMs}`]: [] }), atMs)).toBe(5);
    expect(asked(share, "x", engines({ x: ["a", "b", "c", "d"], y: ["e"] }), LACKING_MS)).toBe(3);
  });

  it("is more than its part where nobody has an account for a while", () => {
    const share = new Share();
    const members = engines({ x: ["a", "b", "c"], y: [] });
    expect(asked(share, "x", members)).toBe(3);
    expect(asked(share, "x", members, UNPLACED_MS)).toBe(5);
    expect(asked(share, "x", engines({ x: ["a", "b", "c", "d"], y: ["e"] }), UNPLACED_MS + 1)).toBe(3);
  });
});
