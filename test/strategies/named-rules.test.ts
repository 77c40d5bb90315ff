import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BotRules } from "../../src/domain/bot.ts";
import { ruleOf } from "../../src/rules/plan.ts";
import { neverTrue } from "../../src/rules/possible.ts";
import { enterRule, exitRule } from "../../src/rules/use.ts";
import { numberFrom, period } from "../../src/strategies/define.ts";
import { defineRules, filledRules } from "../../src/strategies/named-rules.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";

const NAMED = strategyNames().flatMap((name) => {
  const { params, rules } = strategyNamed(name);
  return rules?.exit === undefined ? [] : [{ name, params, rules: { ...rules, exit: rules.exit } }];
});

describe("named rules", () => {
  test("have their numbers in the places of their parameters", () => {
    const rules = { enter: "ema({fast}) crosses above ema({slow})", exit: "pnl_pct < -{loss}% or bars_held > {fast}" };
    expect(filledRules(rules, { fast: 3, slow: 20, loss: 0.000_000_1 })).toEqual({
      enter: "ema(3) crosses above ema(20)",
      exit: "pnl_pct < -0.0000001% or bars_held > 3",
    });
  });

  const define = (enter: string, exit = "close < ema({slow})") =>
    defineRules({
      summary: "Tries",
      params: { slow: period(5).describe("Candles"), far: numberFrom(0, 9, 1).describe("Far") },
      enter,
      exit,
    });

  test.each([
    ["close > ema({slow}) * (1 + {near}%)", "src/strategies/try.ts: expected holes for slow, far, found {near}"],
    ["close > ema({slow})", "src/strategies/try.ts: expected each parameter in a rule, found none that reads far"],
    ["close > {far}%", "src/strategies/try.ts: Column 7: > cannot compare a price (close) with a percent (1%)"],
    ["rsi({slow}) > 100 + 1 and rsi(14) > 100 and close > {far}", "never holds"],
    ["pnl_pct > {far}%", "expected nothing about a position"],
  ])("that say %s are refused when they are loaded, with the file's name", (enter, sentence) => {
    expect(() => define(enter)("try")).toThrow(sentence);
  });

  test.each(NAMED)("of $name can be read, printed and true with whatever parameters it takes", ({ params, rules }) => {
    const given = fc.record(Object.fromEntries(Object.keys(params.shape).map((name) => [name, value])), { requiredKeys: [] });
    let taken = 0;
    fc.assert(
      fc.property(given, (wished) => {
        const parsed = params.safeParse(wished);
        if (!parsed.success) return;
        taken += 1;
        for (const text of Object.values(texts(rules, parsed.data as Record<string, number>))) {
          const rule = ruleOf(text);
          expect(ruleOf(rule.text).text).toBe(rule.text);
          expect(neverTrue(rule.tree)).toBeUndefined();
        }
      }),
      { seed: 11, numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(10);
  });
});

/** Whole numbers and fractions about the size of what parameters take. */
const value = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.double({ min: 0.1, max: 100, noNaN: true }));

function texts(rules: BotRules & { readonly exit: string }, params: Record<string, number>): Record<"enter" | "exit", string> {
  const { enter, exit } = filledRules(rules, params);
  return { enter: enterRule(enter).text, exit: exitRule(exit).text };
}
