import { RuleError } from "./errors.ts";
import { type Rule, ruleOf } from "./plan.ts";
import { neverTrue } from "./possible.ts";
import { partsOf } from "./tree.ts";

/** A rule by which a bot buys. Throws RuleError where it cannot be read, asks about a position (none is held then), or can never be true. */
export function enterRule(text: string): Rule {
  return withoutPosition(text, "none is held when a bot buys");
}

/** A rule that is asked of a market alone. Throws RuleError where it cannot be read, asks about a position, or can never be true. */
export function watchedRule(text: string): Rule {
  return withoutPosition(text, "an alert holds none");
}

function withoutPosition(text: string, because: string): Rule {
  const rule = ruleOf(text);
  const fact = [...partsOf(rule.tree)].find((part) => part.kind === "fact");
  if (fact?.kind === "fact") {
    throw new RuleError(fact.column, `expected nothing about a position, for ${because}, found ${fact.name}; leave it out`);
  }
  return possible(rule);
}

/** A rule by which a bot sells. Throws RuleError where it cannot be read or can never be true. */
export function exitRule(text: string): Rule {
  return possible(ruleOf(text));
}

function possible(rule: Rule): Rule {
  const problem = neverTrue(rule.tree);
  if (problem) throw new RuleError(problem.column, `expected a rule that can be true, and ${problem.sentence}`);
  return rule;
}
