import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACT_SCORE, type Analysis, analyze, LADDER, minutesWanted } from "../../src/analysis/analyze.ts";
import { type Candle, candleProblem } from "../../src/domain/candle.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { TIMEFRAMES } from "../../src/domain/timeframe.ts";
import { READING_MINUTES_MAX } from "../../src/ports/market-reader.ts";
import { readCandles, recordedOrSkip } from "../kit/recorded.ts";
import { endOf, minutesAt, path, START_MS } from "./made.ts";

/** A slope with swings small enough that it is neither overbought nor oversold. */
const drift = (slope: number) => path(2_000, (index) => 1_000 + slope * index + 3 * Math.sin(index / 3) + Math.sin(index));
const figureOf = (analysis: Analysis, name: string, reading = 0) => analysis.readings[reading]!.figures.find((each) => each.name === name)!;

describe("the recommendation", () => {
  test("is to buy in a rise and to sell in a fall, with the trend as its first reason", () => {
    const [up, down] = [minutesAt(drift(0.3)), minutesAt(drift(-0.3))];
    const [rise, fall] = [analyze(up, "1m", endOf(up)), analyze(down, "1m", endOf(down))];
    expect(rise.recommendation.action).toBe("buy");
    expect(rise.recommendation.reasons[0]).toMatch(/^Trend speaks for buying \(\+/);
    expect(fall.recommendation.action).toBe("sell");
    expect(fall.recommendation.reasons[0]).toMatch(/^Trend speaks against buying \(-/);
  });

  test("is to hold with no confidence where too little is known of the asked timeframe", () => {
    const few = minutesAt(drift(1).slice(0, 12));
    const { recommendation, limits } = analyze(few, "1m", endOf(few));
    expect(recommendation).toMatchObject({ action: "hold", confidencePct: 0 });
    expect(recommendation.reasons).toEqual(["Too little is known of 1m candles to recommend anything."]);
    expect(limits[0]).toBe("1m (12 candles): not known is Trend, RSI, Buying share, Room; it has no say.");
    expect(analyze([], "1m", START_MS)).toMatchObject({
      recommendation: { action: "hold" },
      limits: ["There is no closed candle at all."],
    });
  });

  test("is to hold on prices that do not move", () => {
    const flat = minutesAt(path(2_000, () => 50));
    expect(analyze(flat, "1m", endOf(flat)).recommendation).toMatchObject({ action: "hold", score: 0 });
  });

  test("is less sure with minutes missing, and says how many never came", () => {
    const all = minutesAt(drift(0.3));
    const holed = all.filter((_, index) => index % 5 !== 2);
    const [sure, unsure] = [analyze(all, "5m", endOf(all)), analyze(holed, "5m", endOf(all))];
    expect(unsure.recommendation.confidencePct).toBeLessThan(sure.recommendation.confidencePct);
    expect(unsure.limits.join(" ")).toContain("5m: 20% of the minutes never came.");
    expect(sure.limits.join(" ")).not.toContain("never came");
  });

  test("says when the newest candle is old", () => {
    const all = minutesAt(drift(1));
    expect(analyze(all, "1m", endOf(all) + 60 * MINUTE_MS).limits.at(-1)).toMatch(
      /^The newest candle is of 2022-01-04 \d\d:\d\d UTC, 1 h before now\.$/,
    );
  });
});

describe("an analysis", () => {
  test("sees nothing that closes after its instant", () => {
    const all = minutesAt(drift(0.2));
    const atMs = all[1_500]!.openTimeMs;
    const other = all.map((candle, index) => (index < 1_500 ? candle : { ...candle, close: 9_999, high: 9_999 }));
    expect(analyze(other, "5m", atMs)).toEqual(analyze(all.slice(0, 1_500), "5m", atMs));
    expect(analyze(other, "5m", endOf(all))).not.toEqual(analyze(all, "5m", endOf(all)));
  });

  test("leaves out a coarse candle that began before the first minute, and one that is still forming", () => {
    const all = minutesAt(drift(0)).slice(7, 7 + 50);
    expect(analyze(all, "15m", endOf(all)).readings[0]!.candles).toBe(2);
  });

  test("gives equal answers to equal candles, and no number in it is ever NaN", () => {
    const step = fc.record({
      move: fc.oneof(fc.constant(0), fc.double({ min: -0.3, max: 0.3, noNaN: true })),
      wick: fc.double({ min: 0, max: 0.1, noNaN: true }),
      volume: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true })),
      skipped: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 900 }) }),
    });
    const first = fc.oneof(fc.constant(1e-7), fc.constant(1), fc.constant(1e7));
    fc.assert(
      fc.property(first, fc.array(step, { maxLength: 400 }), fc.constantFrom(...TIMEFRAMES), (price, steps, timeframe) => {
        const candles = walked(price, steps);
        expect(candles.map(candleProblem).filter((problem) => problem !== undefined)).toEqual([]);
        const atMs = candles.length === 0 ? START_MS : endOf(candles);
        const found = analyze(candles, timeframe, atMs);
        expect(analyze(structuredClone(candles), timeframe, atMs)).toEqual(found);
        expect(JSON.stringify(found)).not.toMatch(/NaN|Infinity|undefined/);
        numbersIn(found).forEach((value) => void expect(Number.isFinite(value)).toBe(true));
        for (const { figures } of found.readings) for (const { vote } of figures) expect(Math.abs(vote ?? 0)).toBeLessThanOrEqual(1);
        const { action, confidencePct, score } = found.recommendation;
        expect(action).toBe(score >= ACT_SCORE ? "buy" : score <= -ACT_SCORE ? "sell" : "hold");
        expect(confidencePct).toBeGreaterThanOrEqual(0);
        expect(confidencePct).toBeLessThanOrEqual(95);
      }),
      { numRuns: 60 },
    );
  });

  test("of recorded candles knows every vote of its timeframe", (context) => {
    const minutes = readCandles(recordedOrSkip(context, "market-data/binanceus-BTCUSDT-1m-20230301-20230321.csv.gz"), minutesWanted("15m"));
    const found = analyze(minutes, "15m", endOf(minutes));
    expect(found.readings[0]!.coverage).toBe(1);
    expect(figureOf(found, "Support").value).toBeLessThan(minutes.at(-1)!.close);
    expect(figureOf(found, "Resistance").value).toBeGreaterThan(minutes.at(-1)!.close);
  });
});

test("every timeframe is read with coarser ones, and what it wants beyond the longest reading is a day's doing", () => {
  for (const timeframe of TIMEFRAMES) {
    const coarser = LADDER[timeframe];
    expect(coarser.every((each) => TIMEFRAMES.indexOf(each) > TIMEFRAMES.indexOf(timeframe))).toBe(true);
    const beyond = minutesWanted(timeframe) > READING_MINUTES_MAX;
    expect([timeframe, beyond]).toEqual([timeframe, timeframe === "1d" || coarser.includes("1d")]);
  }
});

function walked(price: number, steps: readonly { move: number; wick: number; volume: number; skipped: number }[]): Candle[] {
  let [open, openTimeMs] = [price, START_MS];
  return steps.map(({ move, wick, volume, skipped }) => {
    const close = Math.max(1e-9, open * (1 + move));
    openTimeMs += (1 + skipped) * MINUTE_MS;
    const candle = { openTimeMs, open, high: Math.max(open, close) * (1 + wick), low: Math.min(open, close) * (1 - wick), close, volume };
    open = close;
    return candle;
  });
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}
