import { type BotRules, type BotSpec, OWN_RULES } from "../domain/bot.ts";
import type { Strategy } from "../ports/strategy.ts";
import { followRules } from "../strategies/follow-rules.ts";
import { strategyNamed } from "../strategies/registry.ts";
import { BY_HAND, byHand } from "./hand-bots.ts";

/** Most pairs of rules that are kept compiled; beyond it the oldest are compiled again when a bot needs them. */
const COMPILED_MAX = 10_000;

/** What bots run. Equal rules are one strategy, read and compiled once. */
export class BotStrategies {
  readonly #compiled = new Map<string, Strategy>();

  /** Throws UserError when there is no such strategy, or its rules cannot be read. */
  of({ strategy, rules }: BotSpec): Strategy {
    if (strategy === BY_HAND) return byHand;
    return strategy === OWN_RULES && rules ? this.#following(rules) : strategyNamed(strategy);
  }

  #following(rules: BotRules): Strategy {
    const key = `${rules.enter}\n${rules.exit ?? ""}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const strategy = followRules(OWN_RULES, "Follows two rules of its own", rules);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size >= COMPILED_MAX && oldest !== undefined) this.#compiled.delete(oldest);
    this.#compiled.set(key, strategy);
    return strategy;
  }
}
