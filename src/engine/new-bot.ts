import { BOT_NAME, type BotRules, type BotSpec, OWN_RULES, type Protection } from "../domain/bot.ts";
import { UserError } from "../domain/errors.ts";
import { type Instrument, priceOnTick, splitSymbol } from "../domain/instrument.ts";
import { type Decimal, decimal, toDouble } from "../domain/money.ts";
import type { NewBot } from "../ports/engine.ts";
import type { Market } from "../ports/market.ts";
import type { Plan } from "../ports/strategy.ts";
import { exitsProblem } from "../risk/exits.ts";
import { checkLeverage, checkLeveragedStop } from "../risk/leverage.ts";
import { sizingProblem } from "../risk/sizing.ts";
import { RuleError } from "../rules/errors.ts";
import { enterRule, exitRule } from "../rules/use.ts";
import { strategyNamed } from "../strategies/registry.ts";
import { planOf } from "./building.ts";

export interface BotIdentity {
  readonly id: string;
  readonly owner: string;
  readonly account: string;
  readonly currency: string;
}

/** A checked spec of a new paper bot. Throws UserError with one sentence for the first thing that cannot be. */
export function specOf(
  wish: NewBot,
  identity: BotIdentity,
  market: Pick<Market, "instruments">,
  priceOf: (symbol: string) => Decimal | undefined,
): BotSpec {
  if (!BOT_NAME.test(wish.name)) {
    throw new UserError(
      `A bot's name is 1 to 32 lower-case letters, digits and dashes and begins with a letter; "${wish.name.slice(0, 40)}" is not. Choose another name.`,
    );
  }
  const instrument = instrumentOf(market, wish.symbol);
  if (!instrument) throw new UserError(`This market has no symbol ${wish.symbol.slice(0, 40)}. Choose one of ${someSymbols(market)}.`);
  const { symbol } = instrument;
  if (instrument.quote !== identity.currency) {
    throw new UserError(
      `${symbol} is paid in ${instrument.quote}, and bots of a paper account trade in its one currency, here ${identity.currency} (the first of PAPER_BALANCE when it was made). Choose a symbol quoted in ${identity.currency}.`,
    );
  }
  const { stopPct = Number.POSITIVE_INFINITY, trailingPct, trailAfterPct } = wish.protection;
  const price = priceOf(symbol);
  const { name, group, timeframe, sizing, sizeMax, strategy, leverage, advice } = wish;
  const decider = strategy === OWN_RULES ? { params: {}, rules: rulesOf(wish) } : { params: paramsOf(wish, price) };
  const plan = planOf({ strategy, params: decider.params });
  const protection = withStop(wish.protection, plan, instrument);
  const wrong =
    exitsProblem(protection, instrument, price) ??
    plan?.refuse(protection, instrument, price && toDouble(price)) ??
    sizingProblem(sizing, protection, sizeMax);
  if (wrong) throw new UserError(`${wrong[0]?.toUpperCase()}${wrong.slice(1)}.`);
  if (leverage !== undefined) {
    const trailing = trailAfterPct === undefined ? (trailingPct ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    checkLeverage(instrument, leverage);
    checkLeveragedStop(instrument, "buy", leverage, Math.min(stopPct, trailing));
  }
  const { id, owner, account } = identity;
  return {
    id,
    name,
    group,
    owner,
    account,
    mode: "paper",
    symbol,
    timeframe,
    strategy,
    ...decider,
    sizing,
    protection,
    ...(sizeMax === undefined ? {} : { sizeMax }),
    ...(leverage === undefined ? {} : { leverage }),
    ...(advice === undefined ? {} : { advice }),
  };
}

/** The exits with the stop that a plan brings itself, where none was wished. */
function withStop(protection: Protection, plan: Plan | undefined, instrument: Instrument): Protection {
  const { stopPct, stopAtr, stopPrice } = protection;
  if (plan?.stopPrice === undefined || (stopPct ?? stopAtr ?? stopPrice) !== undefined) return protection;
  return { ...protection, stopPrice: priceOnTick(instrument, decimal(plan.stopPrice), "sell") };
}

/** What is traded under a typed symbol: `BTC/USDT` is the perpetual contract where there is nothing else of that name. */
function instrumentOf({ instruments }: Pick<Market, "instruments">, typed: string): Instrument | undefined {
  const symbol = splitSymbol(typed)?.symbol ?? typed;
  return instruments.get(symbol) ?? instruments.get(`${symbol}:${symbol.split("/")[1]}`);
}

/** The rules of a new bot in their canonical text. */
function rulesOf({ rules, protection }: NewBot): BotRules {
  if (!rules) throw new UserError("A bot with rules of its own needs one to enter. Give it with enter.");
  const { stopPct, takePct, trailingPct } = protection;
  const closes = stopPct ?? takePct ?? trailingPct;
  if (rules.exit === undefined && closes === undefined)
    throw new UserError("exit: without a rule, a stop or a target nothing would ever close what this bot buys; give one of them.");
  const enter = readRule("enter", () => enterRule(rules.enter).text);
  return { enter, exit: rules.exit === undefined ? undefined : readRule("exit", () => exitRule(rules.exit!).text) };
}

function readRule(name: "enter" | "exit", read: () => string): string {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof RuleError) throw new UserError(`${name}: ${thrown.sentence}.`);
    throw thrown;
  }
}

function paramsOf(wish: NewBot, price: Decimal | undefined): Readonly<Record<string, number>> {
  const strategy = strategyNamed(wish.strategy);
  const parsed = strategy.params.safeParse(wish.params);
  if (parsed.success) {
    const given = parsed.data as Record<string, number>;
    const settled = strategy.settle?.(given, price && toDouble(price)) ?? given;
    if (typeof settled !== "string") return settled;
    throw new UserError(`The parameters of ${strategy.name} do not fit: ${settled}.`);
  }
  const issue = parsed.error.issues[0];
  const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new UserError(`The parameters of ${strategy.name} do not fit: ${where}${issue?.message}.`);
}

function someSymbols(market: Pick<Market, "instruments">): string {
  const symbols = [...market.instruments.keys()].sort();
  return symbols.length <= 12 ? symbols.join(", ") : `${symbols.slice(0, 12).join(", ")} and ${symbols.length - 12} more`;
}
