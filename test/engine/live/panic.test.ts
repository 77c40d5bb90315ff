import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../../src/domain/money.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { by } from "../../kit/engine-rig.ts";
import { moodyStore } from "../../kit/engine-store.ts";
import { spotListing } from "../../kit/exchange/spot/listing.ts";
import { expectSettled, expectSound, openOrders, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

const ORDER = "POST /api/v3/order";
const ENDED = ["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"];

async function panicked(rig: LiveRig): Promise<{ started: number; stalled: number; finished: number }> {
  const [started, stalled, finished] = await Promise.all([
    rig.events("panic-started"),
    rig.events("panic-stalled"),
    rig.events("panic-finished"),
  ]);
  return { started: started.length, stalled: stalled.length, finished: finished.length };
}

describe("a panic", () => {
  it("cancels the stop, sells, verifies flat and says so once", async () => {
    const rig = await protectedRig();
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(10);
    expect(story(rig)).toEqual(ENDED);
    await expectSettled(rig);
    expect(await panicked(rig)).toEqual({ started: 1, stalled: 0, finished: 1 });
    await expect(rig.engine.enterOrder(handOrder(), by("too early"))).rejects.toThrow("panic");
  });

  it("whose end cannot be written asks the store once at a time, not once more with each second", async () => {
    const moody = moodyStore(openMemoryStore());
    const rig = await protectedRig({ store: moody.store });
    moody.onAppend = ({ stream, bodies }) => {
      if (bodies.some((body) => body.includes('"dust-moved"'))) moody.broken.add(stream);
    };
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(10);
    expect(story(rig)).toEqual(ENDED);
    const waiting = rig.clock.sleeping;
    await rig.beat(20);
    expect(rig.clock.sleeping).toBeLessThanOrEqual(waiting);
    moody.onAppend = () => undefined;
    moody.broken.clear();
    await rig.beat(40);
    expect((await panicked(rig)).finished).toBe(1);
  });

  it("during an outage cancels no stop, keeps trying, tells what it could not close, and ends with the outage", async () => {
    const rig = await protectedRig();
    rig.down = true;
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(400);
    expect(openOrders(rig)).toHaveLength(1);
    expect((await panicked(rig)).finished).toBe(0);
    expect((await panicked(rig)).stalled).toBeGreaterThan(0);
    expect((await panicked(rig)).stalled).toBeLessThanOrEqual(3);
    rig.down = false;
    await rig.beat(45);
    expect(story(rig)).toEqual(ENDED);
    await expectSettled(rig);
    expect((await panicked(rig)).finished).toBe(1);
  });

  it("whose requests stall on the way cancels no stop blindly, and ends once answers come again", async () => {
    const rig = await protectedRig();
    for (const route of ["GET /api/v3/order", "DELETE /api/v3/order", ORDER, "GET /api/v3/openOrders", "GET /api/v3/myTrades"])
      rig.faults.next(route, { lost: "on-the-way" }, 6);
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(5);
    expect(openOrders(rig)).toHaveLength(1);
    await rig.beat(300);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
  });

  it("during a ban sends nothing, and ends after it", async () => {
    const rig = await protectedRig();
    rig.faults.next("GET /api/v3/openOrders", {
      instead: { status: 418, headers: { "retry-after": "120" }, body: JSON.stringify({ code: -1003, msg: "banned" }) },
    });
    await rig.until(() => rig.faults.left === 0, 100);
    const before = rig.requests.length;
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(100);
    expect(rig.requests.length).toBe(before);
    expect(openOrders(rig)).toHaveLength(1);
    await rig.beat(60);
    expect(story(rig)).toEqual(ENDED);
    await expectSettled(rig);
    expect((await panicked(rig)).finished).toBe(1);
  });

  for (const answer of ["lost", "reset", "torn"] as const)
    it(`with the sale's answer ${answer} sells once`, async () => {
      const rig = await protectedRig({ balances: { USDT: "1000", BTC: "1" } });
      rig.faults.next(ORDER, { answer });
      await rig.engine.panic("a test", by("panic"));
      await rig.beat(60);
      expect(story(rig)).toEqual(ENDED);
      await expectSettled(rig);
      expect((await panicked(rig)).finished).toBe(1);
      expect(plain(rig.venue.total("BTC")).startsWith("1.0000")).toBe(true);
    });

  it("with the sale refused protects again, and goes on trying", async () => {
    const rig = await protectedRig();
    rig.faults.next(ORDER, {
      instead: { status: 400, headers: {}, body: JSON.stringify({ code: -1013, msg: "Filter failure: MARKET_LOT_SIZE" }) },
    });
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(30);
    expect(story(rig).at(-1)).toBe("SELL MARKET FILLED");
    await expectSettled(rig);
  });

  it("while an entry is unanswered waits for it, and sells what it bought", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, { answer: "reset" });
    rig.faults.next("GET /api/v3/order", { answer: "stall" }, 1);
    rig.faults.next("GET /api/v3/myTrades", { answer: "empty" }, 2);
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(1);
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(90);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    expect(openOrders(rig)).toEqual([]);
    await expectSettled(rig);
    expect((await panicked(rig)).finished).toBe(1);
  });

  it("while a stop's answer is out ends flat", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, {});
    rig.faults.next(ORDER, { answer: "stall" });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(2);
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(90);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
  });

  it("does not end while an accepted entry has fills that the list does not show yet", async () => {
    const rig = await connectedRig({ fills: { pieces: () => 1, share: () => 1, tradeLagMs: () => 8_000 } });
    rig.faults.next(ORDER, { answer: "reset" });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(3);
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(60);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
    expect(await panicked(rig)).toEqual({ started: 1, stalled: 0, finished: 1 });
  });

  it("over twenty positions closes them one at a time, across a restart in the middle", async () => {
    const coins = Array.from({ length: 20 }, (_, index) => `C${String.fromCharCode(65 + index)}`);
    const rig = await connectedRig({ balances: { USDT: "5000" }, listings: coins.map((coin) => spotListing(coin, "USDT")) });
    for (const coin of coins) await rig.engine.enterOrder(handOrder({ symbol: `${coin}/USDT` }), by(`enter ${coin}`));
    await rig.beat(5);
    await expectSettled(rig);
    expect(openOrders(rig)).toHaveLength(20);
    await rig.restart();
    await rig.beat(5);
    await expectSettled(rig);
    expect(rig.venue.orders).toHaveLength(40);
    await rig.engine.panic("a test", by("panic"));
    let leastProtected = 20;
    const watch = () => {
      const held = [...rig.books().bots.values()].filter(({ position }) => !position.quantity.isZero()).length;
      leastProtected = Math.min(leastProtected, openOrders(rig).length - held);
      return held < 12;
    };
    await rig.until(watch, 60);
    await rig.restart();
    await rig.until(watch, 5);
    await rig.beat(60);
    await expectSettled(rig);
    expect([...rig.books().bots.values()].every(({ position }) => position.quantity.isZero())).toBe(true);
    expect(leastProtected).toBeGreaterThanOrEqual(-1);
    expect((await panicked(rig)).finished).toBe(1);
  });

  it("sells no coin that no bot claims", async () => {
    const rig = await protectedRig({ balances: { USDT: "1000", BTC: "3", ETH: "7" } });
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(20);
    expect([plain(rig.venue.total("ETH")), rig.venue.total("BTC").isGreaterThanOrEqualTo(decimal(3))]).toEqual(["7", true]);
    await expectSound(rig);
  });

  it("that nobody cleared holds after a restart, and a late fill is closed like the others (F60)", async () => {
    const rig = await protectedRig();
    await rig.engine.panic("a test", by("panic"));
    await rig.restart();
    await rig.beat(30);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expect(rig.engine.enterOrder(handOrder(), by("too early"))).rejects.toThrow("panic");
    await rig.engine.resume(by("resume"));
    await rig.engine.enterOrder(handOrder(), by("enter again"));
    await rig.beat(5);
    expect(story(rig).slice(-2)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
  });
});
