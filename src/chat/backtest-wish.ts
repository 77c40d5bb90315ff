import type { BotRules, BotSpec, Protection } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import type { BotFacts, NewBot } from "../ports/engine.ts";
import { type ExitWish, exitsFrom } from "./args-exits.ts";
import type { SizeWish } from "./args-size.ts";
import type { Strategies } from "./command.ts";
import { askedFor, deciderOf, refuseCurrency, type StrategyWish, sizeOf, stopAndTake } from "./new-bot.ts";

type Given = Readonly<Record<string, string>>;

export interface TriedWish extends Partial<StrategyWish> {
  readonly timeframe?: Timeframe | undefined;
  readonly size?: SizeWish | undefined;
  readonly stop?: (ExitWish & { readonly currency?: string }) | undefined;
  readonly take?: ExitWish | undefined;
}

/** What a backtest asks for: a bot, or what decides with where it is tried. */
export function askedForTrial(given: Given): readonly string[] {
  const { bot, strategy, enter, exit } = given;
  if (bot !== undefined) return [];
  return (strategy ?? enter ?? exit) === undefined ? ["bot"] : [...askedFor(given), "symbol", "timeframe"];
}

/** The bot that there is, as it would be tried: with another candle length, where one was given. Throws UserError for what it brings itself. */
export function asTried({ state: { spec } }: BotFacts, wish: TriedWish): Omit<NewBot, "symbol"> & { readonly symbol: string } {
  for (const name of ["strategy", "params", "enter", "exit", "size", "stop", "take"] as const) {
    if (wish[name] !== undefined)
      throw new UserError(`${name}: ${spec.name} is tried as it is, with what it has; leave out ${name}, or leave out bot.`);
  }
  const { id: _id, owner: _owner, account: _account, mode: _mode, ...tried }: BotSpec = spec;
  return { ...tried, timeframe: wish.timeframe ?? tried.timeframe };
}

/** A bot that is nowhere but in one backtest. Throws UserError in one sentence for what no bot could be. */
export function madeForTrial(wish: TriedWish, symbol: string, strategies: Strategies): NewBot {
  const { strategy, params, enter, exit } = wish;
  const decider: { strategy: string; params: NewBot["params"]; rules?: BotRules } = deciderOf(
    { strategy, params, enter, exit },
    strategies.strategyNamed,
  );
  if (wish.timeframe === undefined) throw new UserError("timeframe: expected the candles that it decides on, such as 5m; give one.");
  refuseCurrency("stop", wish.stop?.currency, [symbol]);
  const protection: Protection = exitsFrom(stopAndTake(wish, decider.strategy, strategies));
  return { name: decider.strategy, group: undefined, symbol, timeframe: wish.timeframe, ...decider, ...sizeOf(wish, [symbol]), protection };
}

/** The command that makes a bot of what was tried. */
export function createLine({ strategy, params, rules, symbol, timeframe }: NewBot): string {
  const where = `bot create symbol:${symbol} timeframe:${timeframe}`;
  if (rules) return `${where} enter:"${rules.enter}" exit:"${rules.exit ?? "none"}"`;
  const numbers = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return `${where} strategy:${strategy}${numbers.length > 0 ? ` params:"${numbers.join(" ")}"` : ""}`;
}
