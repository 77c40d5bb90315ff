import { describe, expect, it } from "vitest";
import { random } from "../kit/engine-market.ts";
import type { CrashPoint } from "../kit/engine-store.ts";
import { ALICE, BOB, crashAtWrites, finalBooks, playThrough, playUndisturbed, script, stormyMarket } from "./crash-scenario.ts";

const MINUTES = 110;
const market = stormyMarket(MINUTES);
const acts = script(MINUTES);

describe("a crash at any store call", () => {
  it("has a scenario in which everything happens", async () => {
    const { rig } = await playUndisturbed(market, acts);
    const events = [...(await rig.events(ALICE)), ...(await rig.events(BOB))].map(({ event }) => event);
    const types = new Set(events.map(({ type }) => type));
    for (const type of ["day-started", "intent", "order-filled", "order-expired", "trail-moved", "panic-started", "panic-finished"]) {
      expect(types).toContain(type);
    }
    const purposes = new Set(events.map((event) => (event.type === "order-filled" ? event.purpose : "")));
    for (const purpose of ["entry", "exit", "stop", "take", "close", "panic"]) expect(purposes).toContain(purpose);
    expect(events.filter(({ type }) => type === "order-filled").length).toBeGreaterThan(120);
    expect(rig.complaints).toEqual([]);
  });

  // test/services/engine-crash.test.ts dies at every one of them.
  it("leaves the books that an undisturbed run leaves: at each act's first write and every thirtieth of the others", async () => {
    const { wrong, deaths } = await crashAtWrites(market, acts, 30);
    expect(wrong).toEqual([]);
    expect(deaths).toBeGreaterThan(25);
  });

  it("leaves them after any number of crashes at any places", async () => {
    const wanted = finalBooks((await playUndisturbed(market, acts)).rig);
    for (let seed = 1; seed <= 8; seed += 1) {
      const draw = random(seed);
      const points = Array.from(
        { length: 12 },
        (): CrashPoint => ({ write: 1 + Math.floor(draw() * 60), when: draw() < 0.5 ? "before" : "after" }),
      );
      const rig = await playThrough(market, acts, points);
      expect(finalBooks(rig), `seed ${seed}: ${points.map(({ write, when }) => `${when} ${write}`).join(", ")}`).toEqual(wanted);
    }
  });
});
