import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RuleError } from "../../src/rules/errors.ts";
import { RULE_LENGTH_MAX } from "../../src/rules/limits.ts";
import { parse } from "../../src/rules/parser.ts";
import { ruleOf } from "../../src/rules/plan.ts";
import { print } from "../../src/rules/print.ts";
import { anyTree, bare } from "./trees.ts";

/** The words, signs and odd ends that random rules are made of. */
const SHREDS = [
  ..."rsi ema( bollinger(20,2) .upper macd(12,26,9) .signal vwap() psar(0.02,0.2) adx(14) close volume[1] entry_price pnl_pct bars_held and or not crosses above below 14 30 2% 0 1.5 ( ) [ ] , . + - * / < <= > >= == != = & é 🚀 \u0000 \u202e 1e9 999999999999999".split(
    " ",
  ),
  "crosses above",
  "rsi(14)",
  "close > ",
];

describe("the text of a rule", () => {
  test("comes back as the same tree, whatever the tree", () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const text = print(tree);
        fc.pre(text.length <= RULE_LENGTH_MAX);
        expect(bare(parse(text))).toEqual(tree);
        expect(print(parse(text))).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ["RSI( 14 )<30   AND Close>EMA(200)", "rsi(14) < 30 and close > ema(200)"],
    ["((close > 1)) or ((open > 1 and low > 1))", "close > 1 or open > 1 and low > 1"],
    ["close > (open - low) - (high - low)", "close > open - low - (high - low)"],
    ["not (close > 1 and open > 1)", "not (close > 1 and open > 1)"],
    ["close crosses above bollinger(20,2.50).upper[1]", "close crosses above bollinger(20, 2.5).upper[1]"],
    ["pnl_pct >= 2.0 %", "pnl_pct >= 2%"],
    ["MACD(12,26,9)>macd(12,26,9).Signal[1]", "macd(12, 26, 9) > macd(12, 26, 9).signal[1]"],
    ["obv( )>obv()[10]", "obv() > obv()[10]"],
    ["close[0] > 0.00000001", "close > 0.00000001"],
  ])("%s has the form %s", (typed, canonical) => {
    expect(ruleOf(typed).text).toBe(canonical);
    expect(ruleOf(canonical).text).toBe(canonical);
  });
});

describe("whatever is typed", () => {
  const endsInRuleOrSentence = (text: string): void => {
    try {
      expect(ruleOf(ruleOf(text).text).text).toBe(ruleOf(text).text);
    } catch (thrown) {
      if (!(thrown instanceof RuleError)) throw thrown;
      expect(thrown.message).toMatch(/^Column \d+: [^\n]+\.$/);
      expect(thrown.message.length).toBeLessThan(400);
      expect(thrown.column).toBeGreaterThanOrEqual(1);
      expect(thrown.column).toBeLessThanOrEqual(Math.min(text.length, RULE_LENGTH_MAX) + 1);
    }
  };

  test("ends in a rule or in one sentence that points into it: random characters", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 700 }), endsInRuleOrSentence), { numRuns: 1_000 });
  });

  test("ends in a rule or in one sentence that points into it: shreds of rules", () => {
    const shreds = fc.array(fc.constantFrom(...SHREDS), { maxLength: 60 }).map((parts) => parts.join(" "));
    fc.assert(fc.property(shreds, endsInRuleOrSentence), { numRuns: 5_000 });
  });

  test("ends in a rule or in one sentence that points into it: a good rule with one piece replaced", () => {
    const good = "rsi(14) < 30 and not (close[1] crosses above bollinger(20, 2).upper or pnl_pct > 2%)";
    const spoiled = fc
      .record({ at: fc.nat(good.length), cut: fc.nat(8), shred: fc.constantFrom("", ...SHREDS) })
      .map(({ at, cut, shred }) => good.slice(0, at) + shred + good.slice(at + cut));
    fc.assert(fc.property(spoiled, endsInRuleOrSentence), { numRuns: 3_000 });
  });
});

describe("a rule that makes no sense is refused in one sentence:", () => {
  test.each([
    ["nothing", "", "Column 1: expected a condition such as rsi(14) < 30, found the end."],
    ["10,000 characters", "a".repeat(10_000), "Column 501: expected a rule of at most 500 characters, found 10000."],
    ["deep nesting", "(".repeat(200), "Column 34: expected at most 32 parentheses, nots and minus signs in one another, found more."],
    ["an unknown name", "close > 1 and rsy(14) < 30", 'Column 15: expected a name that rules know, found "rsy" (did you mean rsi?).'],
    [
      "too few numbers",
      "bollinger(20).upper < close",
      'Column 13: expected 2 numbers in parentheses (period, deviations) after bollinger, as bollinger(20, 2).upper, found ")".',
    ],
    ["too many numbers", "ema(12, 26) > close", 'Column 7: expected 1 number in parentheses (period) after ema, as ema(200), found ",".'],
    ["a negative period", "rsi(-14) < 30", "Column 5: rsi: expected a period of whole candles from 1 to 1000, found -14."],
    ["a huge period", "rsi(999999999999) < 30", "Column 5: rsi: expected a period of whole candles from 1 to 1000, found 999999999999."],
    [
      "a division by zero",
      "close / 0 > 1",
      "Column 7: expected a division by something other than zero, found close / 0, which is never defined.",
    ],
    [
      "a price and a percent",
      "close > 2%",
      "Column 7: > cannot compare a price (close) with a percent (2%); a percent of a price is a product, as close * 2%.",
    ],
    [
      "a sum of a price and a percent",
      "close > open + 2%",
      "Column 14: + cannot join a price (open) and a percent (2%); write open * (1 + 2%).",
    ],
    [
      "a percent without its sign",
      "pnl_pct > 2",
      "Column 9: > cannot compare a percent (pnl_pct) with a typed number (2); write the percent sign, as 2%.",
    ],
    ["a price and an index", "close > rsi(14)", "Column 7: > cannot compare a price (close) with a plain number (rsi(14))."],
    [
      "no condition",
      "close + 1",
      "Column 7: expected a condition, which is true or false, found a price (close + 1); compare it with something.",
    ],
    [
      "a number beside and",
      "close and open > 1",
      "Column 1: expected a condition beside and, found a price (close); compare it with something.",
    ],
    ["a condition as a number", "(close > 1) + 1 > 2", "Column 8: expected a number beside +, found the condition close > 1."],
    ["typed numbers alone", "1 < 2", "Column 3: expected something that changes beside <, found typed numbers on both sides."],
    [
      "chained comparisons",
      "1 < close < 2",
      'Column 11: expected and, or or the end, because comparisons do not chain: write a < b and b < c, found "<".',
    ],
    [
      "a missing line",
      "close > bollinger(20, 2)",
      "Column 25: expected one of its lines after bollinger: .upper, .middle, .lower, found the end.",
    ],
    [
      "a wrong line",
      "close > bollinger(20, 2).uper",
      'Column 26: expected one of its lines after bollinger: .upper, .middle, .lower, found "uper" (did you mean upper?).',
    ],
    [
      "a wrong line beside a main one",
      "macd(12, 26, 9).signl > 0",
      'Column 17: expected one of its lines after macd: .signal, .histogram, found "signl" (did you mean signal?).',
    ],
    [
      "averages the wrong way around",
      "macd(26, 12, 9) > 0",
      "Column 1: macd: expected a slow period above the fast one, found 12 after 26.",
    ],
    ["a step above its maximum", "close > psar(0.3, 0.2)", "Column 9: psar: expected a maximum of at least the step, found 0.2 after 0.3."],
    ["a huge step", "close > psar(2, 2)", "Column 14: psar: expected step above 0 and at most 1, found 2."],
    ["a channel without width", "close > keltner(20, 10, 0).upper", "Column 25: keltner: expected ranges above 0 and at most 10, found 0."],
    [
      "a wrong second period",
      "close > keltner(20, 0.5, 2).upper",
      "Column 21: keltner: expected for atr a period of whole candles from 1 to 1000, found 0.5.",
    ],
    ["numbers where there are none", "close > vwap(14)", 'Column 14: expected empty parentheses after vwap, as vwap(), found "14".'],
    ["too much history", "close[101] > 1", 'Column 7: expected a whole number of candles from 0 to 100, found "101".'],
    ["history of the position", "pnl_pct[1] > 2%", 'Column 8: expected an operator, because pnl_pct has no history, found "[".'],
    ["half a crossing", "close crosses ema(20)", 'Column 15: expected above or below after crosses, found "ema".'],
    ["another language", "close = 1", 'Column 7: expected words, numbers and signs of a rule, found "="; write == instead.'],
    ["a computed period", "ema(close) > 1", 'Column 5: expected 1 number in parentheses (period) after ema, as ema(200), found "close".'],
    [
      "too many indicators",
      Array.from({ length: 21 }, (_, index) => `ema(${index + 1})>1`).join(" or "),
      "Column 1: expected at most 20 different indicators in a rule, found 21.",
    ],
  ])("%s", (_name, text, sentence) => {
    expect(() => ruleOf(text)).toThrow(RuleError);
    expect(() => ruleOf(text)).toThrow(sentence);
  });
});
