import { describe, expect, test } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { strategyNamed } from "../../src/strategies/registry.ts";
import { tell, wishes } from "./story.ts";

/** Closes that go from a price to others in straight lines of so many candles each. */
function path(start: number, ...legs: readonly (readonly [candles: number, to: number])[]): number[] {
  const closes = [start];
  for (const [candles, to] of legs) {
    const from = closes.at(-1)!;
    for (let step = 1; step <= candles; step += 1) closes.push(from + ((to - from) * step) / candles);
  }
  return closes;
}

function problemsOf(name: string, params: Record<string, number>): string[] {
  const parsed = strategyNamed(name).params.safeParse(params);
  return parsed.error?.issues.map(({ message }) => message) ?? [];
}

describe("ema-cross", () => {
  const strategy = strategyNamed("ema-cross");

  test("buys the turn up and sells the turn down, with both averages in its reasons", () => {
    const told = tell(strategy, path(42_500, [40, 42_000], [30, 42_600], [30, 42_000]));
    expect(wishes(told)).toMatchInlineSnapshot(`
      [
        "52 enter: ema(12) 42,154.1 crossed above ema(26) 42,151.3",
        "84 exit: ema(12) 42,408.9 crossed below ema(26) 42,413.5",
      ]
    `);
  });

  test("says nothing in a steady climb that it was born into", () => {
    expect(wishes(tell(strategy, path(100, [200, 300])))).toEqual([]);
  });

  test("reads both of its averages", () => {
    expect(strategy.decider({ fast: 5, slow: 9 }).indicators).toEqual({
      "ema(5)": { name: "ema", params: { period: 5 } },
      "ema(9)": { name: "ema", params: { period: 9 } },
    });
  });

  test("refuses a fast average that is not shorter than the slow one", () => {
    const sentence = "fast must be shorter than slow, found fast 26 and slow 26; lower fast or raise slow";
    expect(problemsOf("ema-cross", { fast: 26 })).toEqual([sentence]);
    expect(problemsOf("ema-cross", { fast: 25 })).toEqual([]);
  });

  test("refuses a period that is not a whole number of candles in range", () => {
    for (const fast of [0, 1.5, 1_001, Number.NaN])
      expect(problemsOf("ema-cross", { fast })).toEqual([`expected a whole number of candles from 1 to 1000, found ${fast}`]);
  });
});

describe("rsi-reversion", () => {
  const strategy = strategyNamed("rsi-reversion");

  test("buys when the market comes back from oversold, not while it falls, and sells when it has recovered", () => {
    const told = tell(strategy, path(100, [5, 101], [5, 100], [20, 90], [20, 96]));
    expect(wishes(told)).toMatchInlineSnapshot(`
      [
        "36 enter: rsi(14) 31.5023 crossed above 30 and rsi(14) 31.5023 <= 55",
        "43 exit: rsi(14) 55.1751 > 55",
      ]
    `);
  });

  test("does not take prices that never moved for an oversold market", () => {
    const told = tell(strategy, [...new Array<number>(40).fill(100), 100.01, 100, 100.02]);
    expect(told[40]!.input.values["rsi(14)"]!.value).toEqual({ now: 100, before: 0 });
    expect(wishes(told)).toEqual([]);
  });

  test("does not take the first wobble after prices that never moved for a recovery", () => {
    const told = tell(strategy, [...new Array<number>(40).fill(100), 99.99, 100, 99.99]);
    const wobble = told[41]!.input.values["rsi(14)"]!.value!;
    expect(wobble.before).toBe(0);
    expect(wobble.now > 30 && wobble.now < 55).toBe(true);
    expect(wishes(told)).toEqual([]);
  });

  test("lets a jump from oversold to beyond the exit level go", () => {
    const told = tell(strategy, [...path(100, [5, 101], [5, 100], [20, 90]), 120, 121]);
    const jump = told[31]!.input.values["rsi(14)"]!.value!;
    expect(jump.before).toBeLessThan(30);
    expect(jump.now).toBeGreaterThan(55);
    expect(wishes(told)).toEqual([]);
  });

  test("refuses an entry level that is not below the exit level", () => {
    const sentence = "enterBelow must be lower than exitAbove, found 55 and 55; lower enterBelow or raise exitAbove";
    expect(problemsOf("rsi-reversion", { enterBelow: 55 })).toEqual([sentence]);
    expect(problemsOf("rsi-reversion", { exitAbove: 100 })).toEqual(["expected a number from 1 to 99, found 100"]);
  });
});

describe("bollinger-breakout", () => {
  const strategy = strategyNamed("bollinger-breakout");
  const calm = Array.from({ length: 40 }, (_, index) => 100 + (index % 2));

  test("buys a close above the upper band and sells a close below the middle", () => {
    const told = tell(strategy, [...calm, 104, 105, 106, 105, 103, 101, 100, 99]);
    expect(wishes(told)).toMatchInlineSnapshot(`
      [
        "40 enter: close 104 crossed above bollinger(20, 2).upper 102.5",
        "45 exit: close 101 crossed below bollinger(20, 2).middle 101.55",
      ]
    `);
  });

  test("says nothing while the close stays inside its bands", () => {
    expect(wishes(tell(strategy, calm))).toEqual([]);
  });

  test("refuses a band that no close could ever reach", () => {
    const sentence =
      "a close can be at most 2 deviations above the average of 5 candles, found deviations 2; raise period or lower deviations";
    expect(problemsOf("bollinger-breakout", { period: 5 })).toEqual([sentence]);
    expect(problemsOf("bollinger-breakout", { period: 6 })).toEqual([]);
    expect(problemsOf("bollinger-breakout", { period: 1, deviations: 0.1 })).toHaveLength(1);
    expect(problemsOf("bollinger-breakout", { period: 0 })).toEqual(["expected a whole number of candles from 1 to 1000, found 0"]);
  });
});

describe("momentum-scalp", () => {
  const strategy = strategyNamed("momentum-scalp");
  const quiet = Array.from({ length: 40 }, (_, index) => bar(index, 100, 100 + (index % 2 === 0 ? 0.01 : -0.01), 1));
  const rise = [100.1, 100.3, 100.6].map((close, step) => bar(40 + step, close - 0.1, close, 1));
  const surge = bar(43, 100.6, 101, 6);

  test("buys the candle of a rise that has the volume, and sells when the rise is over", () => {
    const fall = [100.9, 100.4, 99.9].map((close, step) => bar(44 + step, close + 0.1, close, 1));
    expect(wishes(tell(strategy, [...quiet, ...rise, surge, ...fall])).map((wish) => wish.split(":")[0])).toEqual(["43 enter", "46 exit"]);
  });

  test("lets a rise without the volume go", () => {
    expect(wishes(tell(strategy, [...quiet, ...rise, { ...surge, volume: 1.5 }]))).toEqual([]);
  });

  test("lets a rise go where the spread is wide, and where it is not known", () => {
    const wide = [...quiet, ...rise, surge].map((candle) => ({ ...candle, high: candle.high * 1.004, low: candle.low * 0.996 }));
    expect(wishes(tell(strategy, wide))).toEqual([]);
    const still = [...quiet.slice(0, 30), ...Array.from({ length: 10 }, (_, index) => still100(30 + index)), ...rise, surge];
    expect(wishes(tell(strategy, still))).toEqual([]);
  });

  function still100(index: number) {
    return { ...bar(index, 100, 100, 1), high: 100, low: 100 };
  }
});

describe("vwap-reversion", () => {
  const strategy = strategyNamed("vwap-reversion");

  test("buys the turn far below the day's price, not the fall, and sells when it is back", () => {
    const told = tell(strategy, path(100, [20, 100], [10, 97], [12, 101]), { distance: 1 });
    expect(wishes(told).map((wish) => wish.split(":")[0])).toEqual(["31 enter", "37 exit"]);
  });

  test("gives up after its patience", () => {
    const told = tell(strategy, path(100, [20, 100], [10, 97], [2, 97.3], [20, 97.3]), { patience: 5 });
    expect(wishes(told)).toEqual([expect.stringMatching(/^32 enter/), "38 exit: bars_held 5 >= 5"]);
  });

  test("refuses a short average of one candle, which no close could cross", () => {
    expect(problemsOf("vwap-reversion", { turn: 1 })).toEqual([
      "turn must be at least 2, found 1: a close is never above its own average; raise turn",
    ]);
  });
});

describe("signal-score", () => {
  const strategy = strategyNamed("signal-score");

  test("buys when enough signs agree and sells when too few do, with the count in its reasons", () => {
    const swing = Array.from({ length: 160 }, (_, index) =>
      bar(index, 100 + 8 * Math.sin((index - 1) / 20), 100 + 8 * Math.sin(index / 20), 1),
    );
    const told = wishes(tell(strategy, swing, { trend: 30, enterAt: 5, exitAt: 1 }));
    expect(told[0]).toMatch(/^\d+ enter: score [56] of 6 >= 5$/);
    expect(told[1]).toMatch(/^\d+ exit: score [01] of 6 <= 1$/);
  });

  test("refuses to sell with as many signs as it buys with, and to look further back than rules do", () => {
    expect(problemsOf("signal-score", { enterAt: 2 })).toEqual([
      "exitAt must be lower than enterAt, found 2 and 2; lower exitAt or raise enterAt",
    ]);
    expect(problemsOf("signal-score", { period: 101 })).toEqual([
      "period must be at most 100, found 101: a rule looks no further back; lower period",
    ]);
  });
});

describe("dca", () => {
  const strategy = strategyNamed("dca");
  const given = { enterBelow: 100, orders: 3, step: 2, stepScale: 1.5, sizeScale: 2, pause: 0 };

  test("begins at once where it is told to, and adds each time the close is far enough below the average, up to its number", () => {
    expect(wishes(tell(strategy, path(100, [40, 80]), given))).toMatchInlineSnapshot(`
      [
        "0 enter: it holds nothing: the first of 4 entries",
        "4 add: close 98 is at or below 98, 2% below the average paid: safety order 1 of 3",
        "9 add: close 95.5 is at or below 95.698, 3% below the average paid: safety order 2 of 3",
        "16 add: close 92 is at or below 92.4709, 4.5% below the average paid: safety order 3 of 3",
      ]
    `);
  });

  test("begins when the RSI is low, with the number in its reasons", () => {
    expect(wishes(tell(strategy, path(100, [5, 101], [12, 97]), { ...given, enterBelow: 40 }))[0]).toMatchInlineSnapshot(
      `"14 enter: rsi(14) 25 is below 40: the first of 4 entries"`,
    );
  });

  test("waits between two orders where it is told to", () => {
    const at = (pause: number) =>
      wishes(tell(strategy, [100, 97.9, 94, 88, 88, 88, 88], { ...given, pause })).map((wish) => wish.split(":")[0]);
    expect(at(0)).toEqual(["0 enter", "1 add", "2 add", "3 add"]);
    expect(at(3)).toEqual(["0 enter", "4 add"]);
  });

  test("leaves alone what it did not begin", () => {
    const decider = strategy.decider(given);
    const [told] = tell(strategy, [50], given);
    const position = { flat: false, long: true, entryPrice: 100, barsHeld: 3, barsSinceEntry: 3, parts: [] };
    expect(decider.decide({ ...told!.input, position })).toEqual({ kind: "hold" });
    expect(decider.explain?.({ ...told!.input, position }).because).toBe("it did not begin what it holds");
  });

  test("refuses distances that no stop could lie below, and orders that are no number", () => {
    expect(problemsOf("dca", { step: 20, stepScale: 2, orders: 5 })).toEqual([
      "the last safety order would lie 320% below the average, and 85% is the most; lower step, stepScale or orders",
    ]);
    expect(problemsOf("dca", { orders: 10, sizeScale: 5 })).toEqual([
      "the smallest of its 11 entries would be less than a thousandth of the whole; bring sizeScale nearer to 1, or lower orders",
    ]);
    expect(problemsOf("dca", { orders: 1.5 })).toEqual(["expected a whole number from 1 to 20, found 1.5"]);
  });
});

describe("grid", () => {
  const strategy = strategyNamed("grid");
  const given = { lower: 90, upper: 110, levels: 4 };

  test("buys each level that a close falls to, sells each part one level higher, and holds nothing above its range", () => {
    const told = tell(strategy, path(102, [4, 94], [6, 106], [2, 111]), given);
    expect(wishes(told)).toMatchInlineSnapshot(`
      [
        "1 enter: close 100 fell to level 3 at 100",
        "4 add: close 94 fell to level 2 at 95",
        "7 exit: close 100 is at or above level 3 at 100",
        "10 exit: close 106 is at or above level 4 at 105: everything held is sold",
      ]
    `);
  });

  test("buys all levels that one candle falls through, and does not buy one again that it holds", () => {
    expect(wishes(tell(strategy, [106, 94, 96, 94], given))).toMatchInlineSnapshot(`
      [
        "1 enter: close 94 fell to 3 levels from level 2 at 95 to level 4 at 105",
      ]
    `);
  });

  test("buys nothing below its stop, and nothing that it begins below of", () => {
    expect(wishes(tell(strategy, [101, 80, 85, 80], given))).toEqual([]);
    expect(wishes(tell(strategy, [94, 94, 93], given))).toEqual([]);
  });

  test("finds its range around a price, and says that it needs one", () => {
    const own = strategy.params.parse({ around: 10 }) as Record<string, number>;
    expect(strategy.settle?.(own, 123.456)).toMatchObject({ lower: 111.11, upper: 135.802 });
    expect(strategy.settle?.(own, undefined)).toContain("give lower and upper");
    expect(strategy.settle?.({ ...own, lower: 90, upper: 110 }, 50)).toMatchObject({ lower: 90, upper: 110 });
  });

  test("refuses a range with one end, or with its ends swapped", () => {
    expect(problemsOf("grid", { lower: 5 })).toEqual(["a range has two ends, found lower 5 and upper 0; give both, or neither for around"]);
    expect(problemsOf("grid", { lower: 5, upper: 5 })).toEqual(["lower must be below upper, found 5 and 5; swap them"]);
  });
});

function bar(index: number, open: number, close: number, volume: number): Candle {
  return { openTimeMs: index * MINUTE_MS, open, high: Math.max(open, close) + 0.01, low: Math.min(open, close) - 0.01, close, volume };
}
