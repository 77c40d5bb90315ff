import { CCI, MACD, Stochastic, WMA } from "technicalindicators";
import { describe, expect, test } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";
import { type Kernel, settlingMs } from "../../src/domain/indicator.ts";
import { DAY_MS, MINUTE_MS } from "../../src/domain/time.ts";
import { cci } from "../../src/indicators/cci.ts";
import { macd } from "../../src/indicators/macd.ts";
import { mfi } from "../../src/indicators/mfi.ts";
import { obv } from "../../src/indicators/obv.ts";
import { psar } from "../../src/indicators/psar.ts";
import { createKernel } from "../../src/indicators/registry.ts";
import { stochastic } from "../../src/indicators/stochastic.ts";
import { supertrend } from "../../src/indicators/supertrend.ts";
import { vwap } from "../../src/indicators/vwap.ts";
import { wma } from "../../src/indicators/wma.ts";
import { FUNCTIONS } from "../../src/rules/functions.ts";
import { candlesOf, outputsOf } from "./reference.ts";

const NONE = Number.NaN;
/** Candles that all move, the first at midnight. */
const MOVING = Array.from({ length: 400 }, (_, index): Candle => {
  const close = 100 + 20 * Math.sin(index / 9) + 3 * Math.sin(index * 2.3);
  const open = 100 + 20 * Math.sin((index - 1) / 9) + 3 * Math.sin((index - 1) * 2.3);
  const wick = 0.1 + (index % 7) / 10;
  return {
    openTimeMs: index * MINUTE_MS,
    open,
    high: Math.max(open, close) + wick,
    low: Math.min(open, close) - wick,
    close,
    volume: 1 + (index % 5),
  };
});
const ALL = FUNCTIONS.map(({ name, params }) => ({ name, params: Object.fromEntries(params.map((param) => [param.name, param.example])) }));

function linesOf(kernel: Kernel): number[] {
  return kernel.lines.map((_, line) => kernel.at(line));
}

function pushed(kernel: Kernel, candles: readonly Candle[]): number[] {
  for (const candle of candles) kernel.push(candle);
  return linesOf(kernel);
}

describe("the warm-up", () => {
  test.each(ALL)("of $name is over with its last candle, for all lines at once", (spec) => {
    const kernel = createKernel(spec);
    const ready = outputsOf(kernel, MOVING).map((lines) => lines.map((value) => Number.isFinite(value)));
    expect(ready).toEqual(ready.map((lines, index) => lines.map(() => index + 1 >= kernel.warmup)));
  });
});

describe("history", () => {
  const long = Array.from({ length: 6_000 }, (_, index): Candle => {
    const close = 100 + 20 * Math.sin(index / 31) + 5 * Math.sin(index * 0.37) + 3 * Math.sin(index * 2.3);
    return {
      openTimeMs: index * MINUTE_MS,
      open: close,
      high: close + 1 + (index % 3),
      low: close - 1 - (index % 5),
      close,
      volume: 1 + (index % 7),
    };
  });
  /** Its level depends on where it began, whatever the history. */
  const settling = ALL.filter(({ name }) => name !== "obv");

  test.each(settling)("of the length that $name asks for says what all of it says, but for a thousandth of the price", (spec) => {
    const wanted = Math.ceil(settlingMs(createKernel(spec), MINUTE_MS) / MINUTE_MS);
    for (let end = 2_500; end <= long.length; end += 350) {
      const [all, recent] = [pushed(createKernel(spec), long.slice(0, end)), pushed(createKernel(spec), long.slice(end - wanted, end))];
      for (const [line, value] of recent.entries()) expect(Math.abs(value - all[line]!)).toBeLessThan(0.1);
    }
  });
});

describe("a market that never moves", () => {
  const price = 30_000.1;
  const flat = candlesOf(new Array<number>(500).fill(price));
  const SAYS: Readonly<Record<string, readonly number[]>> = {
    adx: [0, 0, 0],
    atr: [0],
    avgvolume: [1],
    bollinger: [price, price, price],
    cci: [0],
    donchian: [price, price, price],
    ema: [price],
    highest: [price],
    keltner: [price, price, price],
    lowest: [price],
    macd: [0, 0, 0],
    mfi: [NONE],
    obv: [1],
    psar: [price],
    roc: [0],
    rsi: [0],
    sma: [price],
    spread: [NONE],
    stochastic: [NONE, NONE],
    supertrend: [price, 1],
    vwap: [price],
    wma: [price],
    zscore: [NONE],
  };

  test.each(ALL)("has exactly this $name, also after a wild time", (spec) => {
    expect(pushed(createKernel(spec), flat)).toEqual(SAYS[spec.name]);
    const wild = MOVING.map((candle) => ({ ...candle, volume: 0 }));
    const after = flat.map((candle) => ({ ...candle, openTimeMs: candle.openTimeMs + 2 * DAY_MS }));
    const windowed = [
      "avgvolume",
      "bollinger",
      "cci",
      "donchian",
      "highest",
      "lowest",
      "mfi",
      "roc",
      "sma",
      "spread",
      "stochastic",
      "vwap",
      "wma",
      "zscore",
    ];
    if (windowed.includes(spec.name)) expect(pushed(createKernel(spec), [...wild, ...after])).toEqual(SAYS[spec.name]);
  });
});

describe("a market in which nothing is traded", () => {
  const silent = MOVING.map((candle) => ({ ...candle, volume: 0 }));

  test("has no money flow, no average price of the day and a volume that stays", () => {
    expect(pushed(createKernel(mfi(14)), silent)).toEqual([NONE]);
    expect(pushed(createKernel(vwap()), silent)).toEqual([NONE]);
    expect(pushed(createKernel(obv()), silent)).toEqual([0]);
  });

  test("has all of them again with the first trade", () => {
    const one = [...silent, { ...MOVING[1]!, high: 200, low: 200, close: 200, volume: 3, openTimeMs: silent.length * MINUTE_MS }];
    expect(pushed(createKernel(mfi(14)), one)).toEqual([100]);
    expect(pushed(createKernel(vwap()), one)).toEqual([200]);
    expect(pushed(createKernel(obv()), one)).toEqual([3]);
  });
});

describe("minutes that never came", () => {
  const holed = MOVING.filter((_, index) => index % 11 !== 4 && (index < 100 || index > 140));
  const closed = holed.map((candle, index) => ({ ...candle, openTimeMs: index * MINUTE_MS }));

  test.each(ALL)("are not invented by $name, which counts the candles that there are", (spec) => {
    expect(outputsOf(createKernel(spec), holed)).toEqual(outputsOf(createKernel(spec), closed));
  });
});

describe("the average price of the day", () => {
  const at = (openTimeMs: number, price: number, volume: number): Candle => ({
    openTimeMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume,
  });
  const said = (candles: readonly Candle[]) => outputsOf(createKernel(vwap()), candles).map(([value]) => value);

  test("weighs each typical price with its volume, and begins anew at 00:00 UTC", () => {
    const candles = [at(0, 10, 1), at(MINUTE_MS, 20, 3), at(DAY_MS - MINUTE_MS, 20, 0), at(DAY_MS, 50, 2), at(DAY_MS + MINUTE_MS, 60, 2)];
    expect(said(candles)).toEqual([10, 17.5, 17.5, 50, 55]);
  });

  test("says nothing of a day whose beginning was not seen, and all of the next, also where its first minutes never came", () => {
    expect(said([at(MINUTE_MS, 10, 1), at(2 * MINUTE_MS, 20, 1), at(DAY_MS + 5 * MINUTE_MS, 30, 1)])).toEqual([NONE, NONE, 30]);
  });
});

describe("trends", () => {
  const ramp = (from: number, to: number, count: number) =>
    Array.from({ length: count }, (_, index) => from + ((to - from) * index) / count);
  const candles = candlesOf([...ramp(100, 200, 100), ...ramp(200, 80, 100)]);

  test("that turn move the parabolic stop to the other side, where it starts from the extreme", () => {
    const stops = outputsOf(createKernel(psar(0.02, 0.2)), candles).map(([value]) => value!);
    expect(stops.slice(5, 100).every((stop, index) => stop < candles[index + 5]!.close)).toBe(true);
    const turn = stops.findIndex((stop, index) => index > 0 && stop > candles[index]!.close);
    expect(stops[turn]).toBe(200);
    expect(stops.slice(turn).every((stop, index) => stop > candles[turn + index]!.close)).toBe(true);
  });

  test("that turn change the direction of the Supertrend once", () => {
    const directions = outputsOf(createKernel(supertrend(10, 3)), candles).flatMap(([, direction]) =>
      Number.isNaN(direction) ? [] : [direction],
    );
    expect(directions.join("")).toMatch(/^1+(-1)+$/);
  });
});

describe("a price of 1e12 for one candle", () => {
  const spiked = MOVING.map((candle, index) => (index === 150 ? { ...candle, high: 1e12, close: 1e12 } : candle));
  const recent = (spec: Parameters<typeof createKernel>[0]) => [spiked, MOVING].map((candles) => pushed(createKernel(spec), candles));

  test.each([wma(37), cci(20), mfi(14), stochastic(14, 3, 3)])("leaves no trace in $name when it has left the window", (spec) => {
    const [after, never] = recent(spec);
    for (const [line, value] of after!.entries()) expect(Math.abs(value - never![line]!)).toBeLessThan(1e-9);
  });
});

test("the library says the same where it is exact", () => {
  const values = MOVING.map(({ close }) => close);
  const [high, low] = [MOVING.map((candle) => candle.high), MOVING.map((candle) => candle.low)];
  const newest = (spec: Parameters<typeof createKernel>[0], line = 0) =>
    outputsOf(createKernel(spec), MOVING)
      .slice(-200)
      .map((lines) => lines[line]!);
  const near = (ours: readonly number[], theirs: readonly (number | undefined)[]) => {
    for (const [index, value] of ours.entries()) expect(value).toBeCloseTo(theirs.slice(-200)[index]!, 7);
  };
  near(newest(wma(10)), WMA.calculate({ period: 10, values }));
  near(newest(cci(20)), CCI.calculate({ period: 20, high, low, close: values }));
  const stochastics = Stochastic.calculate({ period: 14, signalPeriod: 3, high, low, close: values });
  near(
    newest(stochastic(14, 1, 3)),
    stochastics.map(({ k }) => k),
  );
  near(
    newest(stochastic(14, 1, 3), 1),
    stochastics.map(({ d }) => d),
  );
  const averages = { fastPeriod: 3, slowPeriod: 10, signalPeriod: 5, SimpleMAOscillator: false, SimpleMASignal: false, values };
  near(
    newest(macd(3, 10, 5)),
    MACD.calculate(averages).map((each) => each.MACD),
  );
});
