import { type BotSpec, OWN_RULES } from "../domain/bot.ts";
import type { Decider } from "../ports/strategy.ts";
import { followRules } from "../strategies/follow-rules.ts";
import { strategyNamed } from "../strategies/registry.ts";
import { BY_HAND, byHand } from "./hand-bots.ts";

/** Most deciders that are kept compiled; beyond it the oldest are compiled again when a bot needs them. */
const COMPILED_MAX = 10_000;

type Decides = Pick<BotSpec, "strategy" | "params" | "rules">;

/** What decides for bots. Equal rules, and equal parameters of a strategy, are one decider, read and compiled once. */
export class BotStrategies {
  readonly #compiled = new Map<string, Decider>();

  /** Throws UserError when there is no such strategy, or its rules cannot be read. */
  of(spec: Decides): Decider {
    const key = keyOf(spec);
    const known = this.#compiled.get(key);
    if (known) return known;
    const decider = deciderOf(spec);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size >= COMPILED_MAX && oldest !== undefined) this.#compiled.delete(oldest);
    this.#compiled.set(key, decider);
    return decider;
  }
}

function deciderOf({ strategy, params, rules }: Decides): Decider {
  if (strategy === BY_HAND) return byHand.decider({});
  return strategy === OWN_RULES && rules ? followRules(rules) : strategyNamed(strategy).decider(params);
}

function keyOf({ strategy, params, rules }: Decides): string {
  const numbers = Object.entries(params).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [strategy, ...numbers.map(([name, value]) => `${name}=${value}`), rules?.enter ?? "", rules?.exit ?? ""].join("\n");
}
