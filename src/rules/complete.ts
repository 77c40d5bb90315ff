import { kindOf } from "./check.ts";
import { RuleError } from "./errors.ts";
import { RULE_LENGTH_MAX } from "./limits.ts";
import { parse } from "./parser.ts";
import { COMPARISONS } from "./tree.ts";

const AFTER_CONDITION: readonly string[] = ["and", "or"];
const AFTER_VALUE: readonly string[] = [...COMPARISONS, "crosses above", "crosses below", "+", "-", "*", "/"];

/** What may come at the end of an unfinished rule, as it is typed; a word that was begun is finished. Empty where nothing is known to fit. */
export function completionsAt(typed: string): readonly string[] {
  if (typed.length > RULE_LENGTH_MAX) return [];
  const [begun = ""] = /[a-z_][a-z0-9_]*$/i.exec(typed) ?? [];
  const before = typed.slice(0, typed.length - begun.length);
  const offered = offersAfter(before).filter((each) => each.startsWith(begun.toLowerCase()));
  return offered.filter((each) => each !== begun.toLowerCase());
}

/** The unfinished rule with each of its completions. */
export function completedTexts(typed: string): readonly string[] {
  const before = typed.replace(/[a-z_][a-z0-9_]*$/i, "");
  const gap = before === typed && /[\w%)\]]$/.test(typed) ? " " : "";
  return completionsAt(typed).map((word) => `${before}${/^[,.)\](]$/.test(word) ? "" : gap}${word}`);
}

function offersAfter(text: string): readonly string[] {
  try {
    return kindOf(parse(text)) === "boolean" ? AFTER_CONDITION : AFTER_VALUE;
  } catch (thrown) {
    if (!(thrown instanceof RuleError)) throw thrown;
    return thrown.column > text.trimEnd().length ? thrown.candidates : [];
  }
}
