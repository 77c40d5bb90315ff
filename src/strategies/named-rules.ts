import type { BotRules } from "../domain/bot.ts";
import { messageOf } from "../domain/errors.ts";
import type { StrategyParams } from "../ports/strategy.ts";
import { digits } from "../rules/print.ts";
import { enterRule, exitRule } from "../rules/use.ts";
import { type Described, paramsSchema, type Shape, type StrategyDefinition } from "./define.ts";
import { followRules } from "./follow-rules.ts";

const HOLE = /\{(\w+)\}/g;

/** A strategy that is two rules; `{fast}` in them stands for the parameter of that name. */
export interface NamedRules<S extends Shape> extends Described<S> {
  readonly enter: string;
  readonly exit: string;
}

/** Named rules. Whoever names them finds out at once whether they can be read: throws Error with the name where they cannot. */
export function defineRules<S extends Shape>(source: NamedRules<S>): StrategyDefinition {
  const { summary, enter, exit } = source;
  const rules = { enter, exit };
  const params = paramsSchema(source);
  return (name) => {
    try {
      checkHoles(rules, Object.keys(source.params));
      const filled = filledRules(rules, params.parse({}) as StrategyParams);
      enterRule(filled.enter);
      exitRule(filled.exit);
    } catch (cause) {
      throw new Error(`src/strategies/${name}.ts: ${messageOf(cause)}`, { cause });
    }
    return { name, summary, params, rules, decider: (given) => followRules(filledRules(rules, given)) };
  };
}

/** Rules with numbers in the places of their parameters, each as it may be typed: with at most eight digits after its point. */
export function filledRules({ enter, exit }: NamedTexts, params: StrategyParams): NamedTexts {
  const filled = (text: string) => text.replace(HOLE, (_, name: string) => digits(params[name] ?? Number.NaN));
  return { enter: filled(enter), exit: filled(exit) };
}

interface NamedTexts extends BotRules {
  readonly exit: string;
}

function checkHoles({ enter, exit }: NamedTexts, names: readonly string[]): void {
  const holes = new Set(Array.from(`${enter} ${exit}`.matchAll(HOLE), ([, name]) => name!));
  const unknown = [...holes].filter((hole) => !names.includes(hole));
  if (unknown.length > 0) throw new Error(`expected holes for ${names.join(", ")}, found {${unknown.join("}, {")}}`);
  const unused = names.filter((name) => !holes.has(name));
  if (unused.length > 0) throw new Error(`expected each parameter in a rule, found none that reads ${unused.join(", ")}`);
}
