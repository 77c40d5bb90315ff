import { describe, expect, it } from "vitest";
import { by } from "../../kit/engine-rig.ts";
import type { Fault } from "../../kit/exchange/faults.ts";
import { expectSettled, expectSound, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig } from "../../kit/live-rig.ts";

const ORDER = "POST /api/v3/order";
const PLACES = ["GET /api/v3/order", "GET /api/v3/openOrders", "GET /api/v3/allOrders", "GET /api/v3/myTrades"] as const;
const ALWAYS = 10_000;
/** Receive window and read lag of Binance. */
const FENCE_MS = 20_000;
const PROTECTED = ["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"];

function spoil(rig: LiveRig, routes: readonly string[], fault: Omit<Fault, "id">, times = ALWAYS): void {
  for (const route of routes) rig.faults.next(route, fault, times);
}

/** Enters with an answer that is lost at once. Answers when that was. */
async function lost(rig: LiveRig, fault: Omit<Fault, "id">): Promise<number> {
  rig.faults.next(ORDER, fault);
  await rig.engine.enterOrder(handOrder(), by("enter"));
  await rig.until(() => [...rig.books().orders.values()].some(({ status }) => status === "unknown"), 15);
  return rig.clock.monotonicMs();
}

function isUnknown(rig: LiveRig): boolean {
  return [...rig.books().orders.values()].some(({ status }) => status === "unknown");
}

describe("an unanswered order", () => {
  it("is not proven absent before the fence and three whole readings after it (F07, F08)", async () => {
    const rig = await connectedRig();
    const sinceMs = await lost(rig, { lost: "on-the-way" });
    expect(await rig.until(() => !isUnknown(rig), 120)).toBe(true);
    const tookMs = rig.clock.monotonicMs() - sinceMs;
    expect(tookMs).toBeGreaterThanOrEqual(FENCE_MS + 2 * 5_000);
    expect(tookMs).toBeLessThanOrEqual(FENCE_MS + 20_000);
    await expectSettled(rig);
  });

  it("stays unanswered while any one place does not answer whole, however long that is (F07)", async () => {
    for (const place of PLACES.slice(0, 3))
      for (const answer of ["empty", "torn", "stall", "wrong-shape", "reset"] as const) {
        const rig = await connectedRig();
        rig.faults.next(ORDER, { lost: "on-the-way" });
        spoil(rig, [place], { answer });
        await rig.engine.enterOrder(handOrder(), by("enter"));
        await rig.beat(200);
        expect(isUnknown(rig), `${place} ${answer}`).toBe(true);
        await expectSound(rig);
        rig.faults.clear();
        expect(await rig.until(() => !isUnknown(rig), 60)).toBe(true);
        await expectSettled(rig);
      }
  });

  it("denies entries in its symbol, and in no other, until it is found or proven absent", async () => {
    const rig = await connectedRig();
    await lost(rig, { lost: "on-the-way" });
    await expect(rig.engine.enterOrder(handOrder(), by("again"))).rejects.toThrow(/unanswered|one bot for a symbol/);
    await rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("eth"));
    await rig.beat(5);
    expect(story(rig)).toEqual(PROTECTED);
  });

  it("leaves the records of every earlier order as they were (F16)", async () => {
    const rig = await connectedRig();
    await rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("eth"));
    await rig.beat(5);
    const before = [...rig.books().orders.keys()];
    await lost(rig, { lost: "on-the-way" });
    await rig.beat(90);
    expect([...rig.books().orders.keys()]).toEqual(before);
    await expectSettled(rig);
  });

  for (const lagMs of [5_000, 14_000])
    it(`is found although all reads lag ${lagMs} ms behind (F03, F17)`, async () => {
      const rig = await connectedRig();
      spoil(rig, PLACES, { lagMs });
      await lost(rig, { answer: "reset" });
      await rig.beat(120);
      rig.faults.clear();
      await rig.beat(30);
      expect(story(rig)).toEqual(PROTECTED);
      await expectSettled(rig);
    });

  it("that appears after it was proven absent pauses the account, and its position is protected all the same", async () => {
    const rig = await connectedRig();
    spoil(rig, PLACES, { lagMs: 110_000 });
    await lost(rig, { answer: "reset" });
    await rig.until(() => rig.books().orders.size === 0, 100);
    rig.faults.clear();
    await rig.beat(120);
    expect((await rig.events("account-paused")).map(({ code }) => code)).toEqual(["late-appearance"]);
    expect(story(rig)).toEqual(PROTECTED);
    await expectSettled(rig);
  });

  it("of a process that died counts its fence anew, and is found by the next one (F06)", async () => {
    const rig = await connectedRig();
    await lost(rig, { lost: "on-the-way" });
    await rig.beat(15);
    await rig.restart();
    const sinceMs = rig.clock.monotonicMs();
    expect(await rig.until(() => rig.books().orders.size === 0, 120)).toBe(true);
    expect(rig.clock.monotonicMs() - sinceMs).toBeGreaterThanOrEqual(FENCE_MS);
    await expectSettled(rig);
  });

  it("whose request reaches the exchange seconds late is found, and never sent beside itself (F01)", async () => {
    for (const delayMs of [500, 2_000, 4_500, 9_000]) {
      const rig = await connectedRig();
      rig.faults.next(ORDER, { delayMs });
      const entering = rig.engine.enterOrder(handOrder(), by("enter"));
      await rig.beat(90);
      await entering;
      expect(story(rig)).toEqual(delayMs < 5_000 ? PROTECTED : []);
      await expectSettled(rig);
    }
  });

  it("is asked for a few times a minute, not on every beat", async () => {
    const rig = await connectedRig();
    spoil(rig, PLACES, { answer: "empty" });
    await lost(rig, { lost: "on-the-way" });
    const before = rig.requests.length;
    await rig.beat(300);
    expect(rig.requests.length - before).toBeLessThan(250);
  });
});
