import { describe, expect, it } from "vitest";
import { type Candle, CandleFolder, candleProblem, type FoldedCandle } from "../../src/domain/candle.ts";
import { DAY_MS, MINUTE_MS } from "../../src/domain/time.ts";
import { slotOf, TIMEFRAMES, timeframeMs } from "../../src/domain/timeframe.ts";
import { random, walk } from "../kit/engine-market.ts";

const MIDNIGHT = Date.UTC(2025, 0, 10);
const minutes = walk({ seed: 5, startMs: MIDNIGHT, minutes: 3_000, price: 100, movePct: 1, volume: 10 });

/** What the candles of a timeframe must be: worked out slot by slot from what is there, once the next slot or its own last minute has come. */
function expected(timeframe: (typeof TIMEFRAMES)[number], given: readonly Candle[]): FoldedCandle[] {
  const bySlot = Map.groupBy(given, ({ openTimeMs }) => slotOf(openTimeMs, timeframe));
  const last = given.at(-1)!.openTimeMs + MINUTE_MS;
  const closed = [...bySlot].filter(([slot]) => slot + timeframeMs(timeframe) <= last);
  return closed.map(([slot, each]) => ({
    openTimeMs: slot,
    open: each[0]!.open,
    high: Math.max(...each.map(({ high }) => high)),
    low: Math.min(...each.map(({ low }) => low)),
    close: each.at(-1)!.close,
    volume: each.reduce((sum, { volume }) => sum + volume, 0),
    missingMinutes: timeframeMs(timeframe) / MINUTE_MS - each.length,
  }));
}

function folded(timeframe: (typeof TIMEFRAMES)[number], given: readonly Candle[]): FoldedCandle[] {
  const folder = new CandleFolder(timeframe);
  return given.flatMap((minute) => folder.push(minute));
}

describe.each(TIMEFRAMES)("folding one-minute candles into %s", (timeframe) => {
  it("closes each candle with its last minute", () => {
    expect(folded(timeframe, minutes)).toEqual(expected(timeframe, minutes));
    expect(folded(timeframe, minutes).every(({ missingMinutes }) => missingMinutes === 0)).toBe(true);
  });

  it("marks missing minutes and closes what a gap left unfinished", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const draw = random(seed);
      const gappy = minutes.filter(() => draw() < 0.6);
      expect(folded(timeframe, gappy)).toEqual(
        expected(timeframe, gappy).filter(({ openTimeMs }) => openTimeMs <= gappy.at(-1)!.openTimeMs),
      );
    }
  });

  it("answers two candles when the first minute after a gap closes a candle itself", () => {
    const length = timeframeMs(timeframe);
    if (length === MINUTE_MS) return expect(folded(timeframe, [minutes[0]!])).toEqual([{ ...minutes[0], missingMinutes: 0 }]);
    const last = { ...minutes[1]!, openTimeMs: MIDNIGHT + 3 * DAY_MS - MINUTE_MS };
    const folder = new CandleFolder(timeframe);
    expect(folder.push(minutes[0]!)).toEqual([]);
    expect(folder.push(last).map(({ openTimeMs }) => openTimeMs)).toEqual([MIDNIGHT, slotOf(last.openTimeMs, timeframe)]);
  });
});

describe("slots", () => {
  it("divide the UTC day", () => {
    for (const timeframe of TIMEFRAMES) {
      expect(DAY_MS % timeframeMs(timeframe)).toBe(0);
      expect(slotOf(MIDNIGHT, timeframe)).toBe(MIDNIGHT);
      expect(slotOf(MIDNIGHT + timeframeMs(timeframe) - 1, timeframe)).toBe(MIDNIGHT);
    }
  });
});

describe("a candle's numbers", () => {
  const good = { openTimeMs: MIDNIGHT, open: 10, high: 12, low: 9, close: 11, volume: 0 };
  it.each([
    [{}, undefined],
    [{ open: Number.NaN }, /not a number/],
    [{ volume: Number.POSITIVE_INFINITY }, /not a number/],
    [{ low: 0 }, /not above zero/],
    [{ volume: -1 }, /below zero/],
    [{ low: 10.5 }, /lies outside/],
    [{ high: 10.5 }, /lies outside/],
  ])("with %o", (change, problem) => {
    if (problem) expect(candleProblem({ ...good, ...change })).toMatch(problem);
    else expect(candleProblem(good)).toBeUndefined();
  });
});
