import { describe, expect, test } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";
import { TransientError } from "../../src/domain/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { FloorReader } from "../../src/engine/market-reader.ts";
import { ORIGIN_MS, openSimulated } from "../../src/feeds/simulated.ts";
import type { Market } from "../../src/ports/market.ts";
import { openRig } from "../kit/engine-rig.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const SYMBOL = "BTC/USDT";

describe("candles for people", () => {
  test("are those of the market itself, to the minute, and move on with it", async () => {
    const market = openSimulated({ seed: 7 });
    const rig = await openRig({ market });
    const candles = await rig.engine.candles(market.key, SYMBOL, 90);
    const all = [...(await market.history(SYMBOL, market.startMs, 90))];
    expect(candles).toEqual(all.slice(-90));
    await rig.move(5);
    const later = await rig.engine.candles(market.key, SYMBOL, 90);
    expect(later.at(-1)!.openTimeMs).toBe(market.startMs + 4 * MINUTE_MS);
    expect(later.slice(0, 85)).toEqual(candles.slice(5));
    expect(rig.engine.markets().map(({ key, atMs }) => [key, atMs])).toEqual([[market.key, market.startMs + 5 * MINUTE_MS]]);
    await rig.stop("done");
  });

  test("reach back to the first one where there are fewer, over bounds of days", async () => {
    const market = openSimulated({ seed: 7 });
    const rig = await openRig({ market });
    const candles = await rig.engine.candles(market.key, SYMBOL, 43_200);
    expect([candles[0]!.openTimeMs, candles.length]).toEqual([ORIGIN_MS, (market.startMs - ORIGIN_MS) / MINUTE_MS]);
    expect(candles.every(({ openTimeMs }, index) => openTimeMs === ORIGIN_MS + index * MINUTE_MS)).toBe(true);
    await expect(rig.engine.candles(market.key, "NOPE/USDT", 10)).rejects.toThrow("There is no NOPE/USDT in this market.");
    await expect(rig.engine.candles("exchange:binance", SYMBOL, 10)).rejects.toThrow("There is no BTC/USDT in this market.");
    await rig.stop("done");
  });

  test("leave the books of what trades as they would be without the question", async () => {
    const run = async (asks: boolean) => {
      const rig = await openRig({ market: openSimulated({ seed: 3 }) });
      const wish = { symbol: SYMBOL, timeframe: "5m", strategy: "ema-cross", params: {}, group: undefined } as const;
      const sizing = { kind: "equity-percent", pct: 10 } as const;
      const protection = { stopPct: 2, takePct: 4, trailingPct: undefined };
      const caller = { requestId: "r1", user: "discord:1" };
      await rig.engine.createBot({ ...wish, sizing, protection, name: "dip" }, caller);
      await rig.engine.startBot("dip", { ...caller, requestId: "r2" });
      for (let hour = 0; hour < 12; hour += 1) {
        if (asks) await rig.engine.candles(rig.engine.markets()[0]!.key, SYMBOL, 3 * 1_440);
        await rig.move(60);
      }
      const books = rig.summary("discord:1");
      await rig.stop("done");
      return books;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

/** A live market that answers when the test says so. */
class SlowMarket {
  readonly key = "exchange:slow";
  readonly label = "slow";
  readonly pace = "live";
  readonly startMs = marketMs(ORIGIN_MS + DAY_MS);
  readonly instruments;
  readonly assumptions = [];
  asked = 0;
  readonly #waiting: { resolve: (candles: Candle[]) => void; reject: (failure: Error) => void }[] = [];

  constructor(instruments: Market["instruments"]) {
    this.instruments = instruments;
  }

  history(): Promise<Candle[]> {
    this.asked += 1;
    return new Promise((resolve, reject) => void this.#waiting.push({ resolve, reject }));
  }

  answer(candles: Candle[]): void {
    this.#waiting.shift()!.resolve(candles);
  }

  fail(): void {
    this.#waiting.shift()!.reject(new TransientError("no answer"));
  }

  advance = () => Promise.resolve({ steps: [], ended: false });
  prices = () => Promise.resolve([]);
  close = () => Promise.resolve();
}

describe("questions at an exchange", () => {
  const open = () => {
    const clock = new FakeClock();
    const market = new SlowMarket(openSimulated({ seed: 1 }).instruments);
    let nowMs = market.startMs;
    const reader = new FloorReader(() => [{ market, services: { now: () => nowMs } }], clock);
    const pass = (spanMs: number) => {
      nowMs = marketMs(nowMs + spanMs);
    };
    return { market, reader, pass };
  };

  test("that are alike within a minute are one, and the next minute asks anew", async () => {
    const { market, reader, pass } = open();
    const both = [reader.candles(market.key, SYMBOL, 60), reader.candles(market.key, SYMBOL, 60)];
    market.answer([]);
    await Promise.all(both);
    await reader.candles(market.key, SYMBOL, 60);
    expect(market.asked).toBe(1);
    pass(MINUTE_MS);
    const next = reader.candles(market.key, SYMBOL, 60);
    market.answer([]);
    await next;
    expect(market.asked).toBe(2);
  });

  test("are two at a time; a third is refused in one sentence and may come again", async () => {
    const { market, reader } = open();
    const running = [10, 20].map((minutes) => reader.candles(market.key, SYMBOL, minutes));
    await expect(reader.candles(market.key, SYMBOL, 30)).rejects.toThrow("2 other questions about candles are being answered.");
    market.answer([]);
    market.answer([]);
    await Promise.all(running);
    const third = reader.candles(market.key, SYMBOL, 30);
    market.answer([]);
    expect(await third).toEqual([]);
  });

  test("that failed are not remembered, and make room", async () => {
    const { market, reader } = open();
    const failed = reader.candles(market.key, SYMBOL, 60);
    market.fail();
    await expect(failed).rejects.toThrow("no answer");
    const again = reader.candles(market.key, SYMBOL, 60);
    market.answer([]);
    expect(await again).toEqual([]);
    expect(market.asked).toBe(2);
  });

  test("never give candles from before what was asked", async () => {
    const { market, reader } = open();
    const asked = reader.candles(market.key, SYMBOL, 60);
    const at = (beforeMs: number) => ({ openTimeMs: market.startMs - beforeMs, open: 1, high: 1, low: 1, close: 1, volume: 1 });
    market.answer([at(2 * HOUR_MS), at(HOUR_MS), at(MINUTE_MS)]);
    expect((await asked).map(({ openTimeMs }) => market.startMs - openTimeMs)).toEqual([HOUR_MS, MINUTE_MS]);
  });
});
