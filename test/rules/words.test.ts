import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKernel, indicatorDefinition, indicatorNames } from "../../src/indicators/registry.ts";
import { completedTexts, completionsAt } from "../../src/rules/complete.ts";
import { exampleOf, FUNCTIONS } from "../../src/rules/functions.ts";
import { parse } from "../../src/rules/parser.ts";
import { ruleOf } from "../../src/rules/plan.ts";
import { print } from "../../src/rules/print.ts";
import { termsOf } from "../../src/rules/terms.ts";
import { enterRule } from "../../src/rules/use.ts";
import { wordsOf } from "../../src/rules/words.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/rules.md"), "utf8");

describe("a rule in words", () => {
  test.each([
    [
      "rsi(14) < 30 and close > ema(200)",
      "the RSI over 14 candles is below 30, and the close is above the exponential average of closes over 200 candles",
    ],
    ["close crosses above highest(20)[1]", "the close crosses above the highest high over 20 candles 1 candle ago"],
    ["not (close > 1 or open > 2)", "it is not so that the close is above 1, or the open is above 2"],
    [
      "close > entry_price * (1 + 2%) or bars_held >= 48",
      "the close is above the entry price times (1 plus 2%), or the number of candles that the position is held is at least 48",
    ],
    ["close > 1 and (open > 1 or low > 1)", "the close is above 1, and (the open is above 1, or the low is above 1)"],
    ["close < bollinger(20, 2).lower", "the close is below the lower Bollinger band over 20 candles and 2 deviations"],
    [
      "macd(12, 26, 9) crosses above macd(12, 26, 9).signal",
      "the MACD over 12, 26 and 9 candles crosses above the signal of the MACD over 12, 26 and 9 candles",
    ],
    [
      "close > keltner(20, 10, 2).upper[1]",
      "the close is above the upper Keltner line over 20 and 10 candles and 2 average ranges 1 candle ago",
    ],
    ["supertrend(10, 3).direction == 1", "the direction of the Supertrend over 10 candles and 3 average ranges equals 1"],
    ["close < psar(0.02, 0.2)", "the close is below the parabolic SAR in steps of 0.02, at most 0.2 of the way"],
    ["obv() > obv()[10]", "the on-balance volume is above the on-balance volume 10 candles ago"],
    ["close < vwap()", "the close is below the volume-weighted average price of the day (UTC)"],
    [
      "adx(14).plus > adx(14).minus and adx(1) > 25",
      "the upward direction over 14 candles is above the downward direction over 14 candles, and the ADX over 1 candle is above 25",
    ],
  ])("%s", (text, words) => {
    expect(wordsOf(parse(text))).toBe(words);
  });
});

describe("the table of indicators that rules know", () => {
  test("has every kernel with exactly its lines, in order", () => {
    expect(FUNCTIONS.map(({ name }) => name)).toEqual([...indicatorNames()]);
    for (const { name, lines } of FUNCTIONS) expect(lines.map((line) => line.name)).toEqual([...indicatorDefinition(name).lines]);
  });

  test("names each parameter as its kernel does", () => {
    for (const { name, params } of FUNCTIONS) {
      const given = Object.fromEntries(params.map((param) => [param.name, param.example]));
      expect(createKernel({ name, params: given }).warmup).toBeGreaterThan(0);
      for (const param of params) expect(() => createKernel({ name, params: { ...given, [param.name]: Number.NaN } })).toThrow(param.name);
    }
  });

  test("is whole in docs/rules.md", () => {
    for (const known of FUNCTIONS) expect(PAGE).toContain(`| \`${exampleOf(known)}\` |`);
  });
});

describe("the page about rules", () => {
  const shown = [...PAGE.matchAll(/^ {4}(.+)$/gm)].map(([, text = ""]) => text);

  test("shows rules that can be typed, each in its canonical form", () => {
    expect(shown.length).toBeGreaterThan(4);
    for (const text of shown) expect(ruleOf(text).text).toBe(text);
  });
});

describe("the completion", () => {
  test.each([
    ["rs", ["rsi"]],
    ["rsi(14) cr", ["crosses above", "crosses below"]],
    ["rsi(14) < 30 ", ["and", "or"]],
    ["close crosses ", ["above", "below"]],
    ["close > bollinger(20, 2).", ["upper", "middle", "lower"]],
    ["close > 1 and n", ["not"]],
    ["adx(14).", ["plus", "minus"]],
    ["close ? ", []],
  ])("of %j is %j", (typed, words) => {
    expect(completionsAt(typed)).toEqual(words);
  });

  test("writes the whole text with the word that was begun", () => {
    expect(completedTexts("rsi(14) < 30 and clo")).toEqual(["rsi(14) < 30 and close"]);
    expect(completedTexts("rsi(14) < 30")).toEqual(["rsi(14) < 30 and", "rsi(14) < 30 or"]);
  });

  test("answers any text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), (text) => Array.isArray(completionsAt(text))),
      { numRuns: 500 },
    );
  });
});

test("a score is told as what it counts, and its terms one by one", () => {
  const { tree, text } = ruleOf("SCORE(close>open , rsi(14) > 50) >= 2");
  expect(text).toBe("score(close > open, rsi(14) > 50) >= 2");
  expect(wordsOf(tree)).toBe("how many of these are so (the close is above the open; the RSI over 14 candles is above 50) is at least 2");
  expect(termsOf(tree).map(print)).toEqual([text, "close > open", "rsi(14) > 50"]);
});

test.each([
  [
    "score(close > open) > 0",
    "Column 1: expected 2 to 10 conditions in parentheses after score, as score(close > open, rsi(14) > 50), found 1.",
  ],
  [
    "score(close > open, close) > 0",
    "Column 21: expected a condition beside the others of a score, found a price (close); compare it with something.",
  ],
  [
    "score close > open",
    'Column 7: expected 2 to 10 conditions in parentheses after score, as score(close > open, rsi(14) > 50), found "close".',
  ],
  ["score(close > open, close > 1", "Column 30: expected an operator, a comma or the closing parenthesis, found the end."],
  [
    "score(close > open, close > 1)",
    "Column 1: expected a condition, which is true or false, found a plain number (score(close > open, close > 1)); compare it with something.",
  ],
  ["score(close > open, close > 1) > 2%", "cannot compare"],
])("%s is refused with the column", (text, sentence) => {
  expect(() => ruleOf(text)).toThrow(sentence);
});

test("a score that can never reach its number is refused", () => {
  expect(() => enterRule("score(close > open, close > 1) > 2")).toThrow(
    "never holds, because score(close > open, close > 1) is from 0 to 2",
  );
});
