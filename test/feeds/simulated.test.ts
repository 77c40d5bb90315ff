import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candle, candleProblem } from "../../src/domain/candle.ts";
import { DAY_MS, HOUR_MS, type MarketMs, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { openReplay } from "../../src/feeds/replay.ts";
import { factorDay } from "../../src/feeds/simulated/path.ts";
import { spellsOfDay } from "../../src/feeds/simulated/regimes.ts";
import { ORIGIN_MS, openSimulated, WARM_UP_MS } from "../../src/feeds/simulated.ts";
import type { Market } from "../../src/ports/market.ts";
import { describeMarket } from "../contracts/market.contract.ts";

const SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "DOGE/USDT"] as const;
const dayAfterOrigin = (days: number): MarketMs => marketMs(ORIGIN_MS + days * DAY_MS);
const read = async (market: Market, symbol: string, days: number): Promise<Candle[]> => [
  ...(await market.history(symbol, dayAfterOrigin(days), 0)),
];
const returnsOf = (candles: readonly Candle[]): number[] => candles.map(({ open, close }) => Math.log(close / open));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((value, index) => (value - meanA) * (b[index]! - meanB)));
  return product / Math.sqrt(mean(a.map((value) => (value - meanA) ** 2)) * mean(b.map((value) => (value - meanB) ** 2)));
}

describeMarket("simulated", async () => ({
  open: async () => openSimulated({ seed: 42 }),
  symbols: SYMBOLS,
  pass: async () => {},
  close: async () => {},
}));

describe("the simulated market", () => {
  it("says that its prices are invented, and by which seed", () => {
    const market = openSimulated({ seed: 42 });
    expect(market.label).toBe("simulated market (invented prices, seed 42)");
    expect(market.startMs).toBe(Date.UTC(2025, 0, 4));
    expect(market.assumptions[0]).toBe("Prices are invented; market time starts at 2025-01-04 00:00 UTC with 3 d of history.");
    expect([...market.instruments.keys()]).toEqual([...SYMBOLS]);
    expect(() => openSimulated({ seed: 1.5 })).toThrow("expected a seed from 0 to 4294967295, found 1.5");
  });

  it("makes the candles that are kept as fixtures", async () => {
    const market = openSimulated({ seed: 42 });
    for (const symbol of ["BTC/USDT", "DOGE/USDT"]) {
      const path = resolve(import.meta.dirname, `../fixtures/candles/simulated-seed42-${symbol.replace("/", "")}-1m.csv`);
      const kept = [...(await (await openReplay(path)).history(symbol, dayAfterOrigin(9), 0))];
      expect(kept).toHaveLength(720);
      expect((await read(market, symbol, 0.5)).map(({ close }) => close)).toEqual(kept.map(({ close }) => close));
      expect(await read(market, symbol, 0.5)).toEqual(kept);
    }
  });

  it("shows one candle for one seed, symbol and minute, however it is asked", async () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const minutes = fc.integer({ min: 1, max: 6 * 1_440 });
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(...SYMBOLS), minutes, minutes, async (seed, symbol, minute, other) => {
        const at = marketMs(ORIGIN_MS + minute * MINUTE_MS);
        const fresh = openSimulated({ seed });
        const used = openSimulated({ seed });
        await used.advance(marketMs(ORIGIN_MS + other * MINUTE_MS), dayAfterOrigin(9), new Set(SYMBOLS), 3);
        const [step] = (await used.advance(marketMs(at - MINUTE_MS), at, new Set([symbol, "ETH/USDT"]), 1)).steps;
        expect(step?.candles.get(symbol)).toEqual([...(await fresh.history(symbol, at, 0))].at(-1));
      }),
      { numRuns: 40 },
    );
  });

  it("shows other prices for another seed, another symbol and another day", async () => {
    const market = openSimulated({ seed: 1 });
    const btc = returnsOf(await read(market, "BTC/USDT", 2));
    const other = returnsOf(await read(openSimulated({ seed: 2 }), "BTC/USDT", 2));
    expect(Math.abs(correlation(btc, other))).toBeLessThan(0.1);
    expect(Math.abs(correlation(btc.slice(0, 1_440), btc.slice(1_440)))).toBeLessThan(0.15);
  });

  it("makes valid candles that open where the last one closed", async () => {
    for (const seed of [3, 42]) {
      for (const symbol of SYMBOLS) {
        const candles = await read(openSimulated({ seed }), symbol, 12);
        expect(candles.map(candleProblem).filter((problem) => problem !== undefined)).toEqual([]);
        expect(candles.slice(1).map(({ open }) => open)).toEqual(candles.slice(0, -1).map(({ close }) => close));
        expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual(candles.map((_, index) => ORIGIN_MS + index * MINUTE_MS));
      }
    }
  });

  it("has fat tails, clustered volatility, and volume that follows the size of the move", async () => {
    for (const symbol of SYMBOLS) {
      const candles = await read(openSimulated({ seed: 11 }), symbol, 20);
      const returns = returnsOf(candles);
      const sizes = returns.map(Math.abs);
      const second = mean(returns.map((value) => value ** 2));
      expect(mean(returns.map((value) => value ** 4)) / second ** 2).toBeGreaterThan(4);
      expect(correlation(sizes.slice(0, -30), sizes.slice(30))).toBeGreaterThan(0.1);
      expect(
        correlation(
          sizes,
          candles.map(({ volume }) => volume),
        ),
      ).toBeGreaterThan(0.3);
      expect(Math.sqrt(second)).toBeGreaterThan(0.0003);
      expect(Math.sqrt(second)).toBeLessThan(0.002);
    }
  });

  it("moves its symbols together, but not alike", async () => {
    const market = openSimulated({ seed: 5 });
    const btc = returnsOf(await read(market, "BTC/USDT", 10));
    const doge = returnsOf(await read(market, "DOGE/USDT", 10));
    expect(correlation(btc, doge)).toBeGreaterThan(0.4);
    expect(correlation(btc, doge)).toBeLessThan(0.95);
  });

  it("has regimes that differ: volatile ones move more than calm ones, rising ones gain and falling ones lose", async () => {
    const returns = returnsOf(await read(openSimulated({ seed: 9 }), "BTC/USDT", 60));
    const moves = new Map<string, number[]>();
    for (let day = 0; day < 60; day += 1) {
      for (const { regime, fromMinute, toMinute } of factorDay(9, day).spells) {
        const spell = returns.slice(day * 1_440 + fromMinute, day * 1_440 + toMinute);
        moves.set(regime.name, [...(moves.get(regime.name) ?? []), ...spell]);
      }
    }
    const deviation = (name: string): number => Math.sqrt(mean(moves.get(name)!.map((value) => value ** 2)));
    expect([...moves.keys()].sort()).toEqual(["calm", "falling", "rising", "volatile"]);
    for (const spells of moves.values()) expect(spells.length).toBeGreaterThan(returns.length * 0.08);
    expect(deviation("volatile")).toBeGreaterThan(2 * deviation("calm"));
    expect(mean(moves.get("rising")!)).toBeGreaterThan(0.00003);
    expect(mean(moves.get("falling")!)).toBeLessThan(-0.00003);
  });

  it("crosses short averages several times an hour, so that a newcomer's bot acts soon", async () => {
    for (const seed of [1, 2, 42]) {
      for (const symbol of SYMBOLS) expect(crossesPerHour(await read(openSimulated({ seed }), symbol, 14))).toBeGreaterThan(3);
    }
  });

  it("keeps plausible prices for years", async () => {
    const market = openSimulated({ seed: 77 });
    for (const years of [1, 10, 40]) {
      const at = dayAfterOrigin(years * 365);
      const [step] = (await market.advance(at, marketMs(at + HOUR_MS), new Set(["BTC/USDT"]), 1)).steps;
      const { close } = step!.candles.get("BTC/USDT")!;
      expect(close).toBeGreaterThan(94_000 / 4);
      expect(close).toBeLessThan(94_000 * 4);
    }
  });

  it("begins late as it would have arrived there step by step", async () => {
    const market = openSimulated({ seed: 42 });
    const walked: unknown[] = [];
    const symbols = new Set<string>(SYMBOLS);
    for (let at = market.startMs; at < market.startMs + 2 * DAY_MS; ) {
      const { steps, ended } = await market.advance(at, marketMs(market.startMs + 2 * DAY_MS), symbols, 1_000);
      expect(ended).toBe(false);
      walked.push(...steps);
      at = steps.at(-1)!.atMs;
    }
    const late = openSimulated({ seed: 42 });
    const { steps } = await late.advance(marketMs(market.startMs + DAY_MS), marketMs(market.startMs + 2 * DAY_MS), symbols, 9_999);
    expect(steps).toEqual(walked.slice(1_440));
    expect(WARM_UP_MS).toBe(3 * DAY_MS);
  });

  it("covers each day with spells without a hole", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        let next = 0;
        for (const { fromMinute, toMinute } of spellsOfDay(seed)) {
          expect(fromMinute).toBe(next);
          expect(toMinute).toBeGreaterThan(fromMinute);
          next = toMinute;
        }
        expect(next).toBe(1_440);
      }),
    );
  });
});

function crossesPerHour(candles: readonly Candle[]): number {
  let [fast, slow, side, crosses] = [candles[0]!.close, candles[0]!.close, 0, 0];
  for (const { close } of candles) {
    fast += (2 / 13) * (close - fast);
    slow += (2 / 27) * (close - slow);
    const now = Math.sign(fast - slow);
    if (side !== 0 && now === -side) crosses += 1;
    if (now !== 0) side = now;
  }
  return (crosses / candles.length) * 60;
}
