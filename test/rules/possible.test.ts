import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ruleOf } from "../../src/rules/plan.ts";
import { neverTrue } from "../../src/rules/possible.ts";
import { RuleRun } from "../../src/rules/run.ts";
import { anyCandles } from "./trees.ts";

describe("what can never be true", () => {
  test.each([
    ["rsi(14) < 0", "rsi(14) < 0 never holds, because rsi(14) is from 0 to 100"],
    ["rsi(14) crosses above 100", "never holds"],
    ["stochastic(14, 3, 3).k > 100 or mfi(14) < 0", "never holds"],
    ["adx(14) > 25", undefined],
    ["close < 0", "close is 0 or more"],
    ["close > close", "both sides are the same"],
    ["rsi(14) < 30 and close > 1 and rsi(14) > 60", "rsi(14) < 30 and rsi(14) > 60 cannot both hold"],
    ["bars_held >= 5 and bars_held < 5", "cannot both hold"],
    ["rsi(14) > 100 or volume < 0", "never holds"],
    ["not (close >= 0 or rsi(14) > 50)", undefined],
    ["close > 1 and (rsi(14) < 0 or close < 0)", "never holds"],
    ["rsi(14) > 100 or close > 1", undefined],
    ["rsi(14) <= 30 and rsi(14) >= 30", undefined],
    ["pnl_pct <= -100%", undefined],
    ["close > 5 and close[1] < 3", undefined],
    ["not rsi(14) > 100", undefined],
  ])("%s: %s", (text, sentence) => {
    const found = neverTrue(ruleOf(text).tree)?.sentence;
    if (sentence === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(sentence);
  });

  test("is never true on any candles", () => {
    const side = fc.constantFrom("rsi(3)", "close", "atr(2)", "volume", "roc(2) + 1", "-close");
    const term = fc.tuple(
      side,
      fc.constantFrom("<", "<=", ">", ">=", "==", "!="),
      fc.constantFrom("-1", "0", "30", "100", "101", "close", "rsi(3)"),
    );
    const written = term.filter(
      ([left, , right]) =>
        !(right === "close" && left.includes("rsi")) &&
        !(right === "rsi(3)" && left !== "rsi(3)") &&
        !(left.includes("roc") && right === "close") &&
        !(left === "volume" && right === "close"),
    );
    const rule = fc
      .array(
        written.map((parts) => parts.join(" ")),
        { minLength: 1, maxLength: 3 },
      )
      .chain((terms) => fc.constantFrom(terms.join(" and "), terms.join(" or "), `not (${terms.join(" or ")})`));
    let refused = 0;
    fc.assert(
      fc.property(rule, anyCandles, (text, candles) => {
        const read = ruleOf(text);
        if (!neverTrue(read.tree)) return;
        refused += 1;
        const run = new RuleRun([read]);
        for (const candle of candles) {
          run.push(candle);
          expect(run.isTrue(read), text).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(10);
  });
});
