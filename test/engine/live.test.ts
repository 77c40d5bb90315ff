import { describe, expect, it } from "vitest";
import { plain } from "../../src/domain/money.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { createKernel } from "../../src/indicators/registry.ts";
import { openMemoryStore } from "../../src/stores/memory.ts";
import { beat, LiveMarket, MINUTE_S } from "../kit/engine-live.ts";
import { by, OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const BTC = "BTC/USDT";
const ETH = "ETH/USDT";
/** An hour before the test's start at noon. */
const FROM_MS = Date.UTC(2026, 0, 1, 11, 0);
const NOON = Date.UTC(2026, 0, 1, 12, 0);

/** A live market at noon: flat for the hour before, then these closes. */
function live(closes: readonly number[], others: Readonly<Record<string, readonly number[]>> = {}) {
  const clock = new FakeClock(NOON);
  const hour = Array<number>(60).fill(100);
  const rest = Object.fromEntries(Object.entries(others).map(([symbol, list]) => [symbol, [...hour, ...list]]));
  const market = new LiveMarket({ [BTC]: [...hour, ...closes], ...rest }, clock, FROM_MS);
  for (const symbol of market.instruments.keys()) market.shown.set(symbol, 100);
  return { clock, market };
}

describe("paper trading on a live market", () => {
  it("fills a market order at the first price after the decision, and stops on prices between candles", async () => {
    const { clock, market } = live([100, 102, 102, 102, 102]);
    const rig = await openRig({ market, clock });
    await startBot(rig, { name: "one", protection: { stopPct: 5, takePct: undefined, trailingPct: undefined } });
    market.shown.set(BTC, 103);
    await beat(rig, 2 * MINUTE_S + 1);
    expect((await rig.eventsOf(OWNER, "order-filled")).map(({ fill }) => plain(fill.price))).toEqual(["103"]);
    market.shown.set(BTC, 97.85);
    await beat(rig, 1);
    expect((await rig.eventsOf(OWNER, "order-filled")).at(-1)?.purpose).toBe("stop");
    expect((await rig.eventsOf(OWNER, "order-filled")).map(({ fill }) => plain(fill.price))).toEqual(["103", "97.85"]);
    expect(rig.fatal).toEqual([]);
  });

  it("follows prices with a trailing stop", async () => {
    const { clock, market } = live([100, 102, 102, 102, 102]);
    const rig = await openRig({ market, clock });
    await startBot(rig, { name: "one", protection: { stopPct: undefined, takePct: undefined, trailingPct: 10 } });
    await beat(rig, 2 * MINUTE_S + 1);
    for (const price of [110, 130, 117.01]) {
      market.shown.set(BTC, price);
      await beat(rig, 1);
    }
    expect((await rig.eventsOf(OWNER, "order-filled")).length).toBe(1);
    market.shown.set(BTC, 117);
    await beat(rig, 1);
    expect((await rig.eventsOf(OWNER, "order-filled")).map(({ fill }) => plain(fill.price))).toEqual(["100", "117"]);
  });

  it("matches what happened while it was away for stops, and enters on none of it", async () => {
    const closes = [100, 102, 102, 102, ...Array<number>(5).fill(102), 80, ...Array<number>(8).fill(102), 110, 110, 110, 110];
    const { clock, market } = live(closes);
    const store = openMemoryStore();
    const first = await openRig({ market, clock, store });
    await startBot(first, { name: "one", protection: { stopPct: 5, takePct: undefined, trailingPct: undefined } });
    market.shown.set(BTC, 102);
    await beat(first, 3 * MINUTE_S);
    await clock.advance(17 * MINUTE_MS);
    market.shown.set(BTC, 110);
    const rig = await openRig({ market, clock, store });
    await beat(rig, 5);
    const fills = (await rig.eventsOf(OWNER, "order-filled")).map(({ purpose, fill }) => [
      purpose,
      plain(fill.price),
      new Date(fill.marketMs).toISOString().slice(11, 16),
    ]);
    expect(fills).toEqual([
      ["entry", "102", "12:02"],
      ["stop", "96.9", "12:10"],
    ]);
    expect((await rig.eventsOf(OWNER, "wish-denied")).map(({ code }) => code)).toContain("late-slot");
    expect((await rig.eventsOf(OWNER, "intent")).length).toBe(1);
  });

  it("enters on no candle that is the newest one and old all the same", async () => {
    const { clock, market } = live([100, 100, 100, 100, 102]);
    const store = openMemoryStore();
    const first = await openRig({ market, clock, store });
    await startBot(first, { name: "one" });
    await beat(first, 2 * MINUTE_S);
    await clock.advance(20 * MINUTE_MS);
    const rig = await openRig({ market, clock, store });
    await beat(rig, 5);
    expect((await rig.eventsOf(OWNER, "intent")).length).toBe(0);
    expect((await rig.eventsOf(OWNER, "wish-denied")).map(({ code }) => code)).toEqual(["late-slot"]);
  });

  it("misses no stop in a short downtime", async () => {
    const { clock, market } = live([100, 102, 102, 80, 102, 102, 102]);
    const store = openMemoryStore();
    const first = await openRig({ market, clock, store });
    await startBot(first, { name: "one", protection: { stopPct: 5, takePct: undefined, trailingPct: undefined } });
    market.shown.set(BTC, 102);
    await beat(first, 3 * MINUTE_S);
    await clock.advance(90_000);
    const rig = await openRig({ market, clock, store });
    await beat(rig, 3);
    expect((await rig.eventsOf(OWNER, "order-filled")).map(({ purpose, fill }) => `${purpose} ${plain(fill.price)}`)).toEqual([
      "entry 102",
      "stop 96.9",
    ]);
  });

  it("does not let a price of now move a trailing stop under the candles of before", async () => {
    const { clock, market } = live([100, 102, 102, 102, 105, 108, 111, 114, 117, 120, 120]);
    const store = openMemoryStore();
    const first = await openRig({ market, clock, store });
    await startBot(first, { name: "one", protection: { stopPct: undefined, takePct: undefined, trailingPct: 10 } });
    market.shown.set(BTC, 102);
    await beat(first, 3 * MINUTE_S);
    await clock.advance(6 * MINUTE_MS);
    market.shown.set(BTC, 119);
    const rig = await openRig({ market, clock, store });
    await beat(rig, 5);
    expect((await rig.eventsOf(OWNER, "order-filled")).map(({ purpose }) => purpose)).toEqual(["entry"]);
    expect(plain(rig.engine.bot("one")!.state.highest!)).toBe("119");
  });

  it("ends a panic as soon as its last price came, without waiting for a candle", async () => {
    const { clock, market } = live([100, 102, 102, 102, 102]);
    const rig = await openRig({ market, clock });
    await startBot(rig, { name: "one" });
    await beat(rig, 2 * MINUTE_S + 1);
    await rig.engine.panic("fire", by("panic"));
    await beat(rig, 3);
    expect((await rig.eventsOf(OWNER, "panic-finished")).length).toBe(1);
  });

  it("says that it is blind when prices come too old, and trades on none of them", async () => {
    const { clock, market } = live([100, 102, 102, 102, 102]);
    const rig = await openRig({ market, clock });
    await startBot(rig, { name: "one" });
    await beat(rig, 30);
    market.priceAgeMs = 3_000;
    await beat(rig, 2 * MINUTE_S);
    expect(rig.engine.health().problems.join()).toMatch(/stops that the desk holds are blind/);
    expect((await rig.eventsOf(OWNER, "order-filled")).length).toBe(0);
    market.priceAgeMs = 0;
    await beat(rig, 2);
    expect(rig.engine.health().problems).toEqual([]);
    expect((await rig.eventsOf(OWNER, "order-filled")).length).toBe(1);
  });

  it("waits for an exchange that does not answer and goes on when it does", async () => {
    const { clock, market } = live([100, 102, 102, 102, 102]);
    const rig = await openRig({ market, clock });
    await startBot(rig, { name: "one" });
    market.down = true;
    await beat(rig, MINUTE_S + 10);
    expect(rig.complaints.join()).toMatch(/did not answer/);
    market.down = false;
    await beat(rig, 2 * MINUTE_S);
    expect((await rig.eventsOf(OWNER, "order-filled")).length).toBe(1);
    expect(rig.fatal).toEqual([]);
  });

  it("starts while its exchange says nothing at all, and misses no slot because of that", async () => {
    const { clock, market } = live([100, 100, 102, 102, 102]);
    const store = openMemoryStore();
    const first = await openRig({ market, clock, store });
    await startBot(first, { name: "one" });
    await beat(first, 2 * MINUTE_S + 1);
    await first.stop("restart");
    const held = Promise.withResolvers<void>();
    const history = market.history.bind(market);
    market.history = async (...asked) => {
      await held.promise;
      return history(...asked);
    };
    const rig = await openRig({ market, clock, store });
    await beat(rig, MINUTE_S);
    expect(await rig.eventsOf(OWNER, "intent")).toEqual([]);
    held.resolve();
    await beat(rig, 5);
    expect((await rig.eventsOf(OWNER, "intent")).map(({ intent }) => intent.slotMs)).toEqual([NOON + 2 * MINUTE_MS]);
    expect(rig.fatal).toEqual([]);
  });

  it("decides on nothing that closed before a bot's start, and on whole indicators after a pause", async () => {
    const swing = [100, 102, 100, 102, 100, 102, 100, 102, 100, 102, 100, 102, 100, 102, 100, 102, 100, 102, 102, 102];
    const { clock, market } = live(swing, { [ETH]: Array<number>(30).fill(100) });
    const rig = await openRig({ market, clock });
    await startBot(rig, { name: "eth", symbol: ETH });
    await startBot(rig, { name: "one" });
    await rig.engine.stopBot("one", true, by("stop"));
    await beat(rig, 10 * MINUTE_S + 30);
    await rig.engine.startBot("one", by("again"));
    expect(rig.engine.bot("one")!.state.startedMs).toBeGreaterThanOrEqual(NOON + 10 * MINUTE_MS);
    await beat(rig, MINUTE_S);
    const decision = rig.engine.bot("one")!.lastDecision!;
    expect(decision.slotMs).toBe(NOON + 10 * MINUTE_MS);
    const whole = createKernel({ name: "ema", params: { period: 5 } });
    for (const candle of market.candles.get(BTC)!) if (candle.openTimeMs <= decision.slotMs) whole.push(candle);
    expect(decision.values["ema(5)"]).toBeCloseTo(whole.at(0), 4);
  });
});
