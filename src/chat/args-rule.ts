import { z } from "zod";
import { OWN_RULES } from "../domain/bot.ts";
import { oneLine } from "../domain/visible-text.ts";
import { completedTexts } from "../rules/complete.ts";
import { RuleError } from "../rules/errors.ts";
import { type Rule, ruleOf } from "../rules/plan.ts";
import { enterRule, exitRule, watchedRule } from "../rules/use.ts";
import { type ArgMeta, argument } from "./arg-meta.ts";
import { nameOf } from "./args.ts";

const META: ArgMeta = {
  kind: "text",
  question: "Which rule?",
  freeText: true,
  example: "rsi(14) < 30 and close > ema(200)",
  complete: completedTexts,
};

/** Words that say that there is no rule. */
const NONE: readonly string[] = ["none", "off", "no"];

/** A rule in the language of docs/rules.md, read and checked. */
export const rule = ruleRead(ruleOf, META);

/** A rule that somebody wants to be told of. */
export const watchedRuleText = ruleRead(watchedRule, { ...META, question: "Of what? (a rule, such as rsi(14) < 30)" });

/** When a bot buys. It holds nothing then, so the rule cannot ask about a position. */
export const enteringRule = ruleRead(enterRule, { ...META, question: "When does it buy? (a rule, such as rsi(14) < 30)" });

/** When a bot sells, or `none` where only its stop and its target close what it holds. */
export const leavingRule = ruleRead((text) => (NONE.includes(text.toLowerCase()) ? "none" : exitRule(text)), {
  ...META,
  question: "When does it sell? (a rule, such as rsi(14) > 60; or none: only at its stop and target)",
  choices: ["none"],
  example: "rsi(14) > 60 or bars_held >= 48",
  complete: (typed) => [...NONE.slice(0, 1).filter((word) => word.startsWith(typed.toLowerCase())), ...completedTexts(typed)],
});

/** The name of a strategy, or `rules` for rules of one's own. */
export const strategyOrRules = argument<string>(
  {
    kind: "text",
    question: "Which strategy? (rules: your own)",
    source: "strategies",
    choices: [OWN_RULES],
    freeText: true,
    example: "ema-cross",
  },
  `the name of a strategy such as ema-cross, or ${OWN_RULES}`,
  nameOf,
);

function ruleRead<T extends Rule | "none">(read: (text: string) => T, meta: ArgMeta) {
  return z
    .string()
    .transform((text, context): T => {
      try {
        return read(oneLine(text));
      } catch (thrown) {
        if (!(thrown instanceof RuleError)) throw thrown;
        context.addIssue({ code: "custom", message: thrown.sentence });
        return z.NEVER;
      }
    })
    .meta({ argument: meta });
}
