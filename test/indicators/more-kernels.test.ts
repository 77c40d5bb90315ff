import { ATR, ROC, SMA } from "technicalindicators";
import { describe, expect, test } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";
import { atr } from "../../src/indicators/atr.ts";
import { PERIOD_MAX } from "../../src/indicators/declare.ts";
import { highest } from "../../src/indicators/highest.ts";
import { lowest } from "../../src/indicators/lowest.ts";
import { createKernel } from "../../src/indicators/registry.ts";
import { roc } from "../../src/indicators/roc.ts";
import { sma } from "../../src/indicators/sma.ts";
import { zscore } from "../../src/indicators/zscore.ts";
import { swinging } from "../rules/trees.ts";
import { candlesOf, outputsOf, windowOf } from "./reference.ts";

const PERIODS = [1, 2, 5, 14, 50];
const DECLARE = { atr, highest, lowest, roc, sma, zscore };

/** 600 candles from a fixed rule, flat stretches and jumps included. */
const CANDLES = swinging(Array.from({ length: 600 }, (_, index) => (Math.sin(index * 12.9898) * 43_758.5453) % 1).map(Math.abs));
const closes = CANDLES.map(({ close }) => close);

/** The plain definition at an index, undefined where there is none yet. */
const DEFINED: Readonly<Record<keyof typeof DECLARE, (candles: readonly Candle[], index: number, period: number) => number | undefined>> = {
  sma: (_, index, period) => windowOf(closes, index, period).mean,
  zscore: (_, index, period) => {
    const { mean, deviation } = windowOf(closes, index, period);
    return (closes[index]! - mean) / deviation;
  },
  roc: (_, index, period) => (closes[index]! / (closes[index - period] ?? Number.NaN) - 1) * 100,
  highest: (candles, index, period) =>
    index + 1 < period ? undefined : Math.max(...candles.slice(index + 1 - period, index + 1).map(({ high }) => high)),
  lowest: (candles, index, period) =>
    index + 1 < period ? undefined : Math.min(...candles.slice(index + 1 - period, index + 1).map(({ low }) => low)),
  atr: (candles, index, period) => {
    const ranges = candles
      .slice(1, index + 1)
      .map(({ high, low }, at) => Math.max(high, candles[at]!.close) - Math.min(low, candles[at]!.close));
    if (ranges.length < period) return undefined;
    const seed = ranges.slice(0, period).reduce((sum, range) => sum + range, 0) / period;
    return ranges.slice(period).reduce((average, range) => average + (range - average) / period, seed);
  },
};

describe.each(Object.keys(DECLARE).map((name) => name as keyof typeof DECLARE))("%s", (name) => {
  test.each(PERIODS)("over %d candles is its definition, and NaN until it is warm", (period) => {
    const kernel = createKernel(DECLARE[name](period));
    let compared = 0;
    for (const [index, candle] of CANDLES.entries()) {
      kernel.push(candle);
      const found = kernel.at(0);
      if (index + 1 < kernel.warmup) expect(found).toBeNaN();
      const defined = DEFINED[name](CANDLES, index, period);
      // A window without deviation has no score; a plain sum in two passes may leave a deviation of a few units in the last place.
      if (name === "zscore" && windowOf(closes, index, period).deviation < 1e-9) expect(found).toBeNaN();
      else if (defined === undefined || Number.isNaN(defined)) expect(found).toBeNaN();
      else {
        expect(Math.abs(found - defined)).toBeLessThan(1e-9 * Math.max(1, Math.abs(defined)));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(name === "zscore" && period < 3 ? -1 : 300);
  });

  test("has its first output with the last candle of its warm-up", () => {
    const kernel = createKernel(DECLARE[name](7));
    const moving = candlesOf(Array.from({ length: kernel.warmup }, (_, index) => 100 + index * index));
    const outputs = outputsOf(kernel, moving).map(([value]) => Number.isFinite(value));
    expect(outputs.indexOf(true)).toBe(kernel.warmup - 1);
  });

  test("refuses a period that is none, and has one line", () => {
    for (const period of [0, -1, 2.5, PERIOD_MAX + 1, Number.NaN]) expect(() => DECLARE[name](period)).toThrow(`${name}: period`);
    expect(createKernel(DECLARE[name](3)).at(1)).toBeNaN();
  });
});

test.each([5, 14])("the kernels over %d candles equal the library where it is exact", (period) => {
  const [high, low] = [CANDLES.map((candle) => candle.high), CANDLES.map((candle) => candle.low)];
  const library = {
    sma: SMA.calculate({ period, values: closes }),
    roc: ROC.calculate({ period, values: closes }),
    atr: ATR.calculate({ period, high, low, close: closes }),
  };
  for (const name of ["sma", "roc", "atr"] as const) {
    const ours = outputsOf(createKernel(DECLARE[name](period)), CANDLES).flatMap(([value]) => (Number.isNaN(value) ? [] : [value!]));
    expect(ours.length).toBe(library[name].length);
    for (const [index, value] of ours.entries()) expect(value).toBeCloseTo(library[name][index]!, 9);
  }
});

test("a flat market has no range, no change and no score", () => {
  const flat = candlesOf(Array.from({ length: 20 }, () => 100.1));
  const last = (name: keyof typeof DECLARE) => outputsOf(createKernel(DECLARE[name](5)), flat).at(-1)?.[0];
  expect(["atr", "roc", "sma", "highest", "lowest"].map((name) => last(name as keyof typeof DECLARE))).toEqual([0, 0, 100.1, 100.1, 100.1]);
  expect(last("zscore")).toBeNaN();
});
