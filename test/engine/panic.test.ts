import { describe, expect, it } from "vitest";
import { UserError } from "../../src/domain/errors.ts";
import { ZERO } from "../../src/domain/money.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { NOON, scripted } from "../kit/engine-market.ts";
import { by, OWNER, openRig, startBot } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
const RISING = [100, 102, 102, 102, 102, 102, 102, 102, 102, 102, 102, 102, 102, 102, 102, 102];
/** A tenth of 60 fills in a minute; a position of 2,000 is 19.6. */
const THIN = 60;
const OTHER = "telegram:9";

describe("a panic", () => {
  it("ends verified flat when a position takes several candles to sell", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: RISING }, THIN) });
    await startBot(rig, { name: "one" });
    await rig.move(6);
    expect(rig.engine.bot("one")!.state.position.quantity.isGreaterThan(12)).toBe(true);
    const facts = await rig.engine.panic("fire", by("panic"));
    expect(facts.closing.length).toBe(1);
    await rig.pulse.beat();
    await rig.move(2);
    expect(rig.books(OWNER).panic).toBeDefined();
    expect(await rig.eventsOf(OWNER, "panic-finished")).toEqual([]);
    await rig.move(4);
    const fills = (await rig.eventsOf(OWNER, "order-filled")).filter(({ purpose }) => purpose === "panic");
    expect(fills.length).toBeGreaterThan(2);
    expect((await rig.eventsOf(OWNER, "panic-finished")).map(({ remainder }) => remainder)).toEqual([[]]);
    expect(rig.books(OWNER).balances.get("BTC")?.isZero()).toBe(true);
    expect(rig.books(OWNER).orders.size).toBe(0);
  });

  it("cancels an entry that works and sells what it has bought", async () => {
    const rig = await openRig({ market: scripted({ [BTC]: RISING }, THIN) });
    await startBot(rig, { name: "one" });
    await rig.move(4);
    const facts = await rig.engine.panic("fire", by("panic"));
    expect(facts.canceledEntries).toBe(1);
    await rig.pulse.beat();
    await rig.move(8);
    const after = (await rig.events(OWNER)).map(({ event }) => event);
    const canceled = after.findIndex(({ type }) => type === "order-canceled");
    expect(after.slice(canceled).filter((event) => event.type === "order-filled" && event.purpose === "entry")).toEqual([]);
    expect(rig.engine.bot("one")!.state.position.quantity.isZero()).toBe(true);
  });

  it("goes on after a crash until every account is flat, and its repeat changes nothing", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: RISING }, THIN);
    const first = await openRig({ market, store });
    await startBot(first, { name: "mine" });
    await startBot(first, { name: "theirs" }, OTHER);
    await first.move(6);
    await first.engine.panic("fire", by("panic"));
    const second = await openRig({ market, store });
    await second.move(1);
    await second.engine.panic("fire", by("panic"));
    await second.pulse.beat();
    await second.move(9);
    for (const owner of [OWNER, OTHER]) {
      expect((await second.eventsOf(owner, "panic-started")).length).toBe(1);
      expect((await second.eventsOf(owner, "panic-finished")).length).toBe(1);
      expect(second.books(owner).balances.get("BTC")?.isZero()).toBe(true);
    }
  });

  it("that a crash cut off before an account heard of it comes before its market at the next start: nothing more is bought", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: RISING }, THIN);
    const first = await openRig({ market, store });
    await startBot(first, { name: "one" });
    await first.move(4);
    const working = [...first.books(OWNER).orders.values()].filter(({ purpose }) => purpose === "entry");
    expect(working.length).toBe(1);
    // Only the desk's stream has it.
    await first.desk.deny({ type: "halted", reason: "fire", untilMs: undefined, by: OWNER, panic: true }, "panic");
    const held = first.books(OWNER).balances.get("BTC");
    const second = await openRig({ market, store });
    await second.move(12);
    const fills = await second.eventsOf(OWNER, "order-filled");
    const bought = fills.filter(({ fill }) => fill.side === "buy").reduce((sum, { fill }) => sum.plus(fill.quantity), ZERO);
    expect(bought).toEqual(held);
    expect((await second.eventsOf(OWNER, "panic-finished")).length).toBe(1);
    expect(second.books(OWNER).balances.get("BTC")?.isZero()).toBe(true);
  });

  it("survives a start that is safe after three crashes, and entries stay denied until somebody resumes", async () => {
    const store = openMemoryStore();
    const market = scripted({ [BTC]: RISING }, THIN);
    const first = await openRig({ market, store });
    await startBot(first, { name: "one" });
    await first.move(6);
    await first.engine.panic("fire", by("panic"));
    await openRig({ market, store, safeAfterCrashes: 3, clock: first.clock });
    await openRig({ market, store, safeAfterCrashes: 3, clock: first.clock });
    const rig = await openRig({ market, store, safeAfterCrashes: 3, clock: first.clock });
    expect(rig.desk.halted()).toBe("panic: fire");
    await rig.pulse.beat();
    await rig.move(10);
    expect((await rig.eventsOf(OWNER, "panic-finished")).length).toBe(1);
    await expect(rig.engine.halt("x", undefined, by("halt"))).rejects.toThrow(UserError);
    await rig.engine.resume(by("resume"));
    expect(rig.desk.halted()).toBeUndefined();
    expect(rig.engine.market().atMs).toBeGreaterThan(NOON);
  });
});
