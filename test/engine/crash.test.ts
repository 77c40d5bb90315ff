import { describe, expect, it } from "vitest";
import { random } from "../kit/engine-market.ts";
import type { CrashPoint } from "../kit/engine-store.ts";
import { ALICE, BOB, finalBooks, playRest, playThrough, playUndisturbed, script, stormyMarket } from "./crash-scenario.ts";

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

  it("leaves the books that an undisturbed run leaves, before it took effect and after", async () => {
    const undisturbed = await playUndisturbed(market, acts);
    const wanted = finalBooks(undisturbed.rig);
    const log = undisturbed.writes.map(({ write }) => write);
    for (const [index, { act }] of undisturbed.writes.entries()) {
      const rig = await playRest(market, acts, log.slice(0, index + 1), act);
      expect(finalBooks(rig), `crash after write ${index + 1} of ${log.length}, unanswered`).toEqual(wanted);
      const actBefore = undisturbed.writes[index - 1]?.act;
      if (actBefore === act) continue;
      const early = await playRest(market, acts, log.slice(0, index), act);
      expect(finalBooks(early), `crash before write ${index + 1} of ${log.length}`).toEqual(wanted);
    }
  }, 60_000);

  it("leaves them after any number of crashes at any places", async () => {
    const wanted = finalBooks((await playUndisturbed(market, acts)).rig);
    for (let seed = 1; seed <= 12; seed += 1) {
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
