import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RuleError } from "../../src/rules/errors.ts";
import type { HeldPosition } from "../../src/rules/evaluate.ts";
import { type Rule, ruleOf } from "../../src/rules/plan.ts";
import { print } from "../../src/rules/print.ts";
import { RuleRun } from "../../src/rules/run.ts";
import { candlesOf } from "../indicators/reference.ts";
import { batchTruth } from "./batch.ts";
import { anyCandles, anyTree } from "./trees.ts";

/** On which candles a rule is true. */
function trueOn(text: string, closes: readonly number[], position?: HeldPosition): number[] {
  const rule = ruleOf(text);
  const run = new RuleRun([rule]);
  return candlesOf(closes).flatMap((candle, index) => {
    run.push(candle);
    return run.isTrue(rule, position) ? [index] : [];
  });
}

/** Random rules that make sense, most of them about something that moves. */
const anyRule = fc
  .oneof(
    anyTree.map((tree) => print(tree)),
    fc
      .tuple(anyTree, fc.constantFrom("close", "rsi(7)", "sma(5)", "roc(3)", "close / open"), fc.constantFrom("<", ">", "crosses above"))
      .map(([tree, name, sign]) => `(${print(tree)}) ${sign} ${name}`),
    fc
      .array(
        fc.constantFrom(
          "close > sma(3)",
          "close[2] < open",
          "rsi(3) crosses above 40",
          "not close > bollinger(4, 1).upper[1]",
          "roc(2) > 1%",
          "volume / volume[1] > 1.5",
          "highest(4)[1] < close",
          "zscore(5) < -1",
          "atr(3) > close * 1%",
          "macd(2, 5, 3) > macd(2, 5, 3).signal",
          "supertrend(3, 1).direction == 1",
          "not stochastic(4, 2, 2).k < 30",
          "mfi(3) > 60",
          "adx(3).plus > adx(3).minus",
          "close > psar(0.1, 0.5)",
          "obv() > obv()[3]",
          "not zscore(3) > 0",
          "pnl_pct < -1%",
          "bars_held >= 3",
          "close crosses below entry_price",
          "score(close > open, volume > volume[1], rsi(3) > 50) >= 2",
          "score(close > close[1], close[1] > close[2], bars_held > 1) < 2",
          "score(close > sma(3), close crosses above sma(5), not roc(2) > 1%) crosses above 1",
        ),
        { minLength: 1, maxLength: 4 },
      )
      .chain((parts) => fc.constantFrom(" and ", " or ").map((word) => parts.join(word))),
  )
  .map((text): Rule | undefined => {
    try {
      return ruleOf(text);
    } catch (thrown) {
      if (thrown instanceof RuleError) return undefined;
      throw thrown;
    }
  })
  .filter((rule) => rule !== undefined);

describe("candle by candle", () => {
  test("says what a plain computation over all candles says, for random rules, candles and positions", () => {
    let judged = 0;
    let truths = 0;
    const position = fc.option(fc.record({ entryPrice: fc.double({ min: 50, max: 150, noNaN: true }), barsHeld: fc.nat(10) }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(anyRule, anyCandles, position, (rule, candles, held) => {
        const run = new RuleRun([rule]);
        for (const [index, candle] of candles.entries()) {
          run.push(candle);
          const expected = index + 1 >= rule.warmup && batchTruth(rule.tree, candles, index, held) === true;
          expect(run.isTrue(rule, held), `${rule.text} at candle ${index}`).toBe(expected);
          judged += 1;
          if (expected) truths += 1;
        }
      }),
      { numRuns: 400, seed: 20_211 },
    );
    expect(judged).toBeGreaterThan(10_000);
    expect(truths).toBeGreaterThan(judged / 50);
  });

  test("computes what several rules share once, and each says what it says alone", () => {
    const rules = [
      "close > ema(5)",
      "close crosses below ema(5)",
      "ema(5)[2] > sma(5)",
      "bollinger(4, 2).upper < close or bollinger(4, 2).lower > close",
    ].map(ruleOf);
    const together = new RuleRun(rules);
    const alone = rules.map((rule) => new RuleRun([rule]));
    expect(together.kernels).toBe(3);
    expect(alone.reduce((sum, { kernels }) => sum + kernels, 0)).toBe(5);
    for (const candle of candlesOf(Array.from({ length: 60 }, (_, index) => 100 + 9 * Math.sin(index)))) {
      together.push(candle);
      for (const [index, rule] of rules.entries()) {
        alone[index]!.push(candle);
        expect(together.isTrue(rule)).toBe(alone[index]!.isTrue(rule));
      }
    }
  });
});

describe("a rule", () => {
  test("is true where it says so", () => {
    expect(trueOn("close > 2", [1, 2, 3, 4, 2])).toEqual([2, 3]);
    expect(trueOn("close > close[1] and close[1] > close[2]", [1, 2, 3, 2, 3, 4])).toEqual([2, 5]);
    expect(trueOn("close >= open * (1 + 2%) or close == 1", [1, 2])).toEqual([0]);
  });

  test("crosses where it was not beyond before and is now: touching is not yet crossing, leaving a touch is", () => {
    expect(trueOn("close crosses above 2", [1, 2, 3, 3, 2, 3])).toEqual([2, 5]);
    expect(trueOn("close crosses below 2", [3, 2, 1, 1, 3, 1])).toEqual([2, 5]);
    expect(trueOn("close crosses above sma(2)", [4, 3, 5, 6, 1])).toEqual([2]);
  });

  test("is not true before its warm-up, also under not", () => {
    expect(ruleOf("close > ema(4)").warmup).toBe(4);
    expect(ruleOf("rsi(14)[3] crosses above 30").warmup).toBe(19);
    expect(ruleOf("bars_held > 3").warmup).toBe(1);
    expect(trueOn("not close > sma(4)", [9, 8, 7, 6, 5])).toEqual([3, 4]);
    expect(trueOn("close > 0 or sma(4) > 0", [9, 8, 7, 6, 5])).toEqual([3, 4]);
  });

  test("is not true by a division by zero, also under not", () => {
    const zero = "(close - close)";
    for (const sign of ["<", "<=", ">", ">=", "==", "!="]) {
      expect(trueOn(`close / ${zero} ${sign} 1`, [1, 2, 3])).toEqual([]);
      expect(trueOn(`not close / ${zero} ${sign} 1`, [1, 2, 3])).toEqual([]);
    }
    expect(trueOn(`close / ${zero} > 1 or close > 2`, [1, 2, 3])).toEqual([2]);
    expect(trueOn(`not (close / ${zero} > 1 and close > 2)`, [1, 2, 3])).toEqual([0, 1]);
  });

  test("does not take a market without movement for an oversold one", () => {
    expect(
      trueOn(
        "rsi(3) < 30",
        Array.from({ length: 20 }, () => 100),
      ),
    ).toEqual([]);
    expect(
      trueOn(
        "not rsi(3) > 30 or zscore(3) < 1 or stochastic(3, 1, 1).k < 20 or not stochastic(3, 1, 1).d > 20 or mfi(3) < 20 or macd(2, 3, 2) < 0 or cci(3) < -100",
        Array.from({ length: 20 }, () => 100),
      ),
    ).toEqual([]);
  });

  test("asks about a position, and is not true by it while none is held", () => {
    const held = { entryPrice: 100, barsHeld: 2 };
    expect(trueOn("pnl_pct > 2%", [100, 102, 103])).toEqual([]);
    expect(trueOn("not pnl_pct > 2%", [100, 102, 103])).toEqual([]);
    expect(trueOn("pnl_pct > 2%", [100, 102, 103], held)).toEqual([2]);
    expect(trueOn("close < entry_price * (1 - 1%)", [100, 99, 98], held)).toEqual([2]);
    expect(trueOn("bars_held >= 2", [1], held)).toEqual([0]);
    expect(trueOn("close crosses above entry_price", [99, 101], held)).toEqual([1]);
    expect(trueOn("close crosses above entry_price", [99, 101], { ...held, barsHeld: 0 })).toEqual([]);
  });
});
