import type { BotRules, BotSpec, Protection, Sizing } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import { decimal, plain } from "../domain/money.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import type { BotFacts, NewBot } from "../ports/engine.ts";
import { type ExitWish, exitsFrom } from "./args-exits.ts";
import type { SizeWish } from "./args-size.ts";
import { coinsOf } from "./coins.ts";
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

/** The command that makes the bot that was tried, with the size, the stop and the target that it had. */
export function createLine({ strategy, params, rules, symbol, timeframe, sizing, protection }: NewBot): string {
  const { quote } = coinsOf(symbol);
  const where = `bot create symbol:${symbol} timeframe:${timeframe}`;
  const exits = `size:"${sizeText(sizing, quote)}" stop:"${stopText(protection, quote)}" take:"${takeText(protection)}"`;
  if (rules) return `${where} enter:"${rules.enter}" exit:"${rules.exit ?? "none"}" ${exits}`;
  const numbers = Object.entries(params).map(([name, value]) => `${name}=${numberText(value)}`);
  return `${where} strategy:${strategy}${numbers.length > 0 ? ` params:"${numbers.join(" ")}"` : ""} ${exits}`;
}

/** A size as `size:` reads it. */
function sizeText(sizing: Sizing, quote: string): string {
  switch (sizing.kind) {
    case "notional":
      return `${plain(sizing.notional)} ${quote}`;
    case "equity-percent":
      return `${numberText(sizing.pct)}%`;
    case "risk-percent":
      return `risk ${numberText(sizing.pct)}%`;
    case "volatility-percent":
      return `vol ${numberText(sizing.pct)}%`;
  }
}

/** A stop as `stop:` reads it. */
function stopText({ stopPct, stopAtr, stopPrice }: Protection, quote: string): string {
  if (stopPct !== undefined) return `${numberText(stopPct)}%`;
  if (stopAtr !== undefined) return `${numberText(stopAtr)} atr`;
  return stopPrice ? `${plain(stopPrice)} ${quote}` : "none";
}

/** A target, or several, as `take:` reads them. */
function takeText({ takePct, takes }: Protection): string {
  if (takes) return takes.map(({ pct, sharePct }) => `${numberText(sharePct)}% at ${numberText(pct)}%`).join(", ");
  return takePct === undefined ? "none" : `${numberText(takePct)}%`;
}

/** Digits as people type them, never an exponent. */
function numberText(value: number): string {
  return plain(decimal(value));
}
