import { UserError } from "../domain/errors.ts";
import type { Strategy } from "../ports/strategy.ts";
import bollingerBreakout from "./bollinger-breakout.ts";
import type { StrategyDefinition } from "./define.ts";
import emaCross from "./ema-cross.ts";
import rsiReversion from "./rsi-reversion.ts";

/** Every strategy under the name of its file, ascending. */
const DEFINITIONS: ReadonlyMap<string, StrategyDefinition> = new Map([
  ["bollinger-breakout", bollingerBreakout],
  ["ema-cross", emaCross],
  ["rsi-reversion", rsiReversion],
]);

/** Names of all strategies, ascending. */
export function strategyNames(): readonly string[] {
  return [...DEFINITIONS.keys()];
}

/** The strategy of that name. Throws UserError listing the names when there is none. */
export function strategyNamed(name: string): Strategy {
  const definition = DEFINITIONS.get(name);
  if (!definition) throw new UserError(`There is no strategy named "${name}". Choose one of ${strategyNames().join(", ")}.`);
  return { name, ...definition };
}
