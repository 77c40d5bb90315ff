import { z } from "zod";
import { oneLine } from "../domain/visible-text.ts";
import { completedTexts } from "../rules/complete.ts";
import { RuleError } from "../rules/errors.ts";
import { type Rule, ruleOf } from "../rules/plan.ts";
import type { ArgMeta } from "./arg-meta.ts";

const META: ArgMeta = {
  kind: "text",
  question: "Which rule?",
  freeText: true,
  example: "rsi(14) < 30 and close > ema(200)",
  complete: completedTexts,
};

/** A rule in the language of docs/rules.md, read and checked. */
export const rule = z
  .string()
  .transform((text, context): Rule => {
    try {
      return ruleOf(oneLine(text));
    } catch (thrown) {
      if (!(thrown instanceof RuleError)) throw thrown;
      context.addIssue({ code: "custom", message: thrown.sentence });
      return z.NEVER;
    }
  })
  .meta({ argument: META });
