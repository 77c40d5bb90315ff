import { UserError } from "../domain/errors.ts";
import type { Strategy } from "../ports/strategy.ts";
import bollingerBreakout from "./bollinger-breakout.ts";
import dca from "./dca.ts";
import type { StrategyDefinition } from "./define.ts";
import emaCross from "./ema-cross.ts";
import grid from "./grid.ts";
import momentumScalp from "./momentum-scalp.ts";
import rsiReversion from "./rsi-reversion.ts";
import signalScore from "./signal-score.ts";
import vwapReversion from "./vwap-reversion.ts";

/** Every strategy under the name of its file, ascending. */
const DEFINITIONS: readonly (readonly [string, StrategyDefinition])[] = [
  ["bollinger-breakout", bollingerBreakout],
  ["dca", dca],
  ["ema-cross", emaCross],
  ["grid", grid],
  ["momentum-scalp", momentumScalp],
  ["rsi-reversion", rsiReversion],
  ["signal-score", signalScore],
  ["vwap-reversion", vwapReversion],
];

const STRATEGIES: ReadonlyMap<string, Strategy> = new Map(DEFINITIONS.map(([name, define]) => [name, define(name)]));

/** Names of all strategies, ascending. */
export function strategyNames(): readonly string[] {
  return [...STRATEGIES.keys()];
}

/** The strategy of that name. Throws UserError listing the names when there is none. */
export function strategyNamed(name: string): Strategy {
  const strategy = STRATEGIES.get(name);
  if (!strategy) throw new UserError(`There is no strategy named "${name}". Choose one of ${strategyNames().join(", ")}.`);
  return strategy;
}
