import fc from "fast-check";
import { BollingerBands, EMA, RSI, SMA } from "technicalindicators";
import { describe, expect, test } from "vitest";
import { bollinger } from "../../src/indicators/bollinger.ts";
import { ema } from "../../src/indicators/ema.ts";
import { createKernel } from "../../src/indicators/registry.ts";
import { rsi } from "../../src/indicators/rsi.ts";
import { readCandles, recordedOrSkip } from "../kit/recorded.ts";
import { candlesOf, outputsOf, weightedEma, wilderRsi, windowOf } from "./reference.ts";

const RELATIVE = 1e-9;

/** Closes of a random walk with flat stretches and gaps, at the price level of a coin between 0.00001 and 100,000. */
const closes = fc
  .tuple(
    fc.constantFrom(0.000_01, 0.3, 42, 1_900, 60_000),
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.record({ step: fc.double({ min: -0.01, max: 0.01, noNaN: true }), repeat: fc.constant(1) }) },
        { weight: 2, arbitrary: fc.record({ step: fc.constant(0), repeat: fc.integer({ min: 1, max: 40 }) }) },
        { weight: 1, arbitrary: fc.record({ step: fc.double({ min: -0.4, max: 0.6, noNaN: true }), repeat: fc.constant(1) }) },
      ),
      { minLength: 1, maxLength: 120 },
    ),
  )
  .map(([start, moves]) => {
    const walk: number[] = [start];
    for (const { step, repeat } of moves) for (let count = 0; count < repeat; count += 1) walk.push(walk.at(-1)! * (1 + step));
    return walk;
  });
const period = fc.integer({ min: 1, max: 40 });

function expectClose(actual: number, expected: number, scale: number): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(RELATIVE * scale);
}

/** The newest values of a batch function stand at the end: aligns them with the candles. */
function aligned<T>(batch: readonly T[], length: number): (T | undefined)[] {
  return [...new Array<undefined>(length - batch.length).fill(undefined), ...batch];
}

describe("golden values", () => {
  const prices = [10, 11, 12, 11, 10, 11, 13];

  test("an exponential average is seeded with the simple average and moves by 2 / (period + 1)", () => {
    const values = outputsOf(createKernel(ema(3)), candlesOf(prices)).map(([value]) => value);
    expect(values).toEqual([Number.NaN, Number.NaN, 11, 11, 10.5, 10.75, 11.875]);
  });

  test("an RSI is seeded with the simple average of the first changes and smoothed by Wilder's rule", () => {
    const values = outputsOf(createKernel(rsi(2)), candlesOf(prices)).map(([value]) => value);
    expect(values).toEqual([Number.NaN, Number.NaN, 100, 50, 25, 62.5, 87.5]);
  });

  test("Bollinger bands lie population deviations around the simple average", () => {
    const values = outputsOf(createKernel(bollinger(4, 2)), candlesOf([2, 4, 4, 6, 6]));
    expect(values.slice(0, 3).flat().every(Number.isNaN)).toBe(true);
    expect(values[3]).toEqual([4 + 2 * Math.SQRT2, 4, 4 - 2 * Math.SQRT2]);
    expect(values[4]).toEqual([7, 5, 3]);
  });
});

describe("on any candles", () => {
  test("the exponential average equals its weighted sum", () => {
    fc.assert(
      fc.property(closes, period, (walk, length) => {
        const highest = Math.max(...walk);
        outputsOf(createKernel(ema(length)), candlesOf(walk)).forEach(([value], index) => {
          expectClose(value!, weightedEma(walk, index, length), highest);
        });
      }),
    );
  });

  test("the RSI equals Wilder's formula and stays within 0 to 100", () => {
    fc.assert(
      fc.property(closes, period, (walk, length) => {
        outputsOf(createKernel(rsi(length)), candlesOf(walk)).forEach(([value], index) => {
          expectClose(value!, wilderRsi(walk, index, length), 100);
          if (index >= length) expect(value! >= 0 && value! <= 100).toBe(true);
        });
      }),
      { numRuns: 40 },
    );
  });

  test("Bollinger bands equal the two-pass formula and never change places", () => {
    fc.assert(
      fc.property(closes, period, fc.double({ min: 0.1, max: 5, noNaN: true }), (walk, length, deviations) => {
        outputsOf(createKernel(bollinger(length, deviations)), candlesOf(walk)).forEach(([upper, middle, lower], index) => {
          const { mean, deviation } = windowOf(walk, index, length);
          expectClose(middle!, mean, mean);
          expectClose(upper!, mean + deviations * deviation, mean);
          expectClose(lower!, mean - deviations * deviation, mean);
          if (index + 1 >= length) expect(lower! <= middle! && middle! <= upper!).toBe(true);
        });
      }),
    );
  });

  test("an output is NaN exactly until the warm-up is over", () => {
    fc.assert(
      fc.property(
        period,
        fc.constantFrom(ema, rsi, (length: number) => bollinger(length, 2)),
        (length, declare) => {
          const kernel = createKernel(declare(length));
          const ready = outputsOf(kernel, candlesOf(Array.from({ length: 60 }, (_, index) => 100 + (index % 7)))).map((lines) =>
            lines.every(Number.isFinite),
          );
          expect(ready).toEqual(ready.map((_, index) => index + 1 >= kernel.warmup));
        },
      ),
    );
  });
});

describe("flat prices", () => {
  const flat = candlesOf(new Array<number>(200).fill(0.1 + 0.2));

  test("give an RSI of 0, as in TA-Lib", () => {
    expect(outputsOf(createKernel(rsi(14)), flat).at(-1)).toEqual([0]);
  });

  test("give three Bollinger lines that are exactly the price", () => {
    for (const lines of outputsOf(createKernel(bollinger(20, 2)), flat).slice(19)) expect(lines).toEqual([0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2]);
  });

  test("give Bollinger lines without width even after a wild stretch", () => {
    const wild = Array.from({ length: 137 }, (_, index) => 60_000 * (1 + 0.3 * Math.sin(index * 1.7)));
    const outputs = outputsOf(createKernel(bollinger(20, 2)), candlesOf([...wild, ...new Array<number>(60).fill(31_234.56)]));
    for (const lines of outputs.slice(wild.length + 19)) expect(lines).toEqual([31_234.56, 31_234.56, 31_234.56]);
  });
});

describe("numerical soundness", () => {
  test("a spike of 1e12 is gone from the bands when it leaves the window", () => {
    const walk = Array.from({ length: 60 }, (_, index) => (index === 25 ? 1e12 : 100 + Math.sin(index)));
    const outputs = outputsOf(createKernel(bollinger(20, 2)), candlesOf(walk));
    for (let index = 45; index < walk.length; index += 1) {
      const { mean, deviation } = windowOf(walk, index, 20);
      expectClose(outputs[index]![0]!, mean + 2 * deviation, mean);
      expectClose(outputs[index]![1]!, mean, mean);
    }
  });

  test("the bands do not drift over a million candles at a high price with small changes", () => {
    const kernel = createKernel(bollinger(20, 2));
    const last: number[] = [];
    let worst = 0;
    for (let index = 0; index < 1_000_000; index += 1) {
      const close = 1e6 + Math.sin(index * 0.37) * 0.01;
      kernel.push({ openTimeMs: index, open: close, high: close, low: close, close, volume: 1 });
      last.push(close);
      if (last.length > 20) last.shift();
      if (index < 19 || index % 997 !== 0) continue;
      const { mean, deviation } = windowOf(last, 19, 20);
      worst = Math.max(worst, Math.abs(kernel.at(1) - mean) / mean, Math.abs(kernel.at(0) - mean - 2 * deviation) / mean);
    }
    expect(worst).toBeLessThan(4e-15);
  });
});

describe("on recorded candles", () => {
  const FILE = "market-data/binance-spot-BTCUSDT-1m-20210420-20210520.csv.gz";
  const COUNT = 40_000;

  test("all kernels equal the library where it is exact, and the two-pass formula", (context) => {
    const candles = readCandles(recordedOrSkip(context, FILE), COUNT);
    expect(candles).toHaveLength(COUNT);
    const walk = candles.map(({ close }) => close);
    const averages = outputsOf(createKernel(ema(26)), candles);
    const strengths = outputsOf(createKernel(rsi(14)), candles);
    const bands = outputsOf(createKernel(bollinger(20, 2)), candles);
    const libraryEma = aligned(EMA.calculate({ period: 26, values: walk }), COUNT);
    const libraryRsi = aligned(RSI.calculate({ period: 14, values: walk }), COUNT);
    const librarySma = aligned(SMA.calculate({ period: 20, values: walk }), COUNT);
    const libraryBands = aligned(BollingerBands.calculate({ period: 20, stdDev: 2, values: walk }), COUNT);
    let worst = { ema: 0, rsi: 0, sma: 0, band: 0, formula: 0 };
    const off = (ours: number | undefined, theirs: number | undefined) => Math.abs((ours ?? Number.NaN) - (theirs ?? Number.NaN));
    for (let index = 26; index < COUNT; index += 1) {
      const { mean, deviation } = windowOf(walk, index, 20);
      const [upper, middle, lower] = bands[index]!;
      worst = {
        ema: Math.max(worst.ema, off(averages[index]![0], libraryEma[index]) / mean),
        rsi: Math.max(worst.rsi, off(strengths[index]![0], libraryRsi[index])),
        sma: Math.max(worst.sma, off(middle, librarySma[index]) / mean),
        band: Math.max(worst.band, off(upper, libraryBands[index]?.upper) / mean, off(lower, libraryBands[index]?.lower) / mean),
        formula: Math.max(worst.formula, off(middle, mean) / mean, off(upper, mean + 2 * deviation) / mean),
      };
    }
    expect(worst.ema).toBeLessThan(1e-12);
    expect(worst.rsi).toBeLessThanOrEqual(0.005 + 1e-9);
    expect(worst.sma).toBeLessThan(1e-12);
    expect(worst.band).toBeLessThan(1e-9);
    expect(worst.formula).toBeLessThan(1e-13);
  });

  test("the recursive averages equal their weighted sums at every hundredth candle", (context) => {
    const candles = readCandles(recordedOrSkip(context, FILE), 4_000);
    const walk = candles.map(({ close }) => close);
    const averages = outputsOf(createKernel(ema(26)), candles);
    const strengths = outputsOf(createKernel(rsi(14)), candles);
    for (let index = 99; index < walk.length; index += 100) {
      expectClose(averages[index]![0]!, weightedEma(walk, index, 26), walk[index]!);
      expectClose(strengths[index]![0]!, wilderRsi(walk, index, 14), 100);
    }
  });
});
