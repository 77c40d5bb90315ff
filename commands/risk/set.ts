import { accountHeld, type VenueAccount } from "../../src/chat/account-cards.ts";
import { accountNameFor } from "../../src/chat/account-names.ts";
import { moneyText, quantityDigits } from "../../src/chat/amounts.ts";
import type { Money } from "../../src/chat/args.ts";
import * as limits from "../../src/chat/args-limits.ts";
import { accountName, amount, leverage } from "../../src/chat/args-venue.ts";
import {
  type BreakerWish,
  breakerAt,
  breakerName,
  breakerSpan,
  loosensLiveBreaker,
  looserBreakerQuestion,
  reactionChoice,
  setBreaker,
  wishesBreaker,
} from "../../src/chat/breaker-wish.ts";
import { type Call, defineCommand } from "../../src/chat/command.ts";
import { type LimitWish, loosensLive, looserQuestion, setLimits, wishesLimits } from "../../src/chat/limit-wish.ts";
import { type Card, card } from "../../src/chat/view.ts";
import { isAtWork } from "../../src/domain/books.ts";
import { UserError } from "../../src/domain/errors.ts";
import { exchangeName } from "../../src/domain/exchange-names.ts";
import { LEVERAGE_LIMIT_MOST } from "../../src/risk/leverage.ts";
import { ORDERS_MOST } from "../../src/risk/limits.ts";

interface Wish extends LimitWish, BreakerWish {
  readonly ceiling?: Money | undefined;
  readonly account?: string | undefined;
  readonly leverage?: number | undefined;
}

export default defineCommand({
  summary: "Sets limits and breakers of a bot, a symbol, an account or all; lowers the live ceiling, which chat can never raise",
  role: "trader",
  factor: true,
  factorUnless(call) {
    if (wishesBreaker(call.args)) return !loosensLiveBreaker(call);
    return wishesLimits(call.args) ? !loosensLive(call) : raisedOf(call) === undefined;
  },
  args: {
    ceiling: amount.describe("The new ceiling of live trading, below the one in force").optional(),
    account: accountName.describe("Whose leverage is limited").optional(),
    leverage: leverage.describe(`The most leverage that anything there may have (1 to ${LEVERAGE_LIMIT_MOST})`).optional(),
    on: limits.scopeWords
      .describe("What the limits below are about: all (when not given), symbol:BTC/USDT, bot:NAME, account:paper")
      .optional(),
    position: limits.moneyLimit.describe("Notional of one position").optional(),
    exposure: limits.moneyLimit.describe("Notional of all positions and working entries together").optional(),
    positions: limits.countLimit(1, 500).describe("Open positions").optional(),
    orders: limits.countLimit(1, ORDERS_MOST).describe("Orders a minute").optional(),
    entries: limits.countLimit(1, 10_000).describe("Entries a day").optional(),
    daily_loss: limits.percentLimit.describe("Loss of a day, of the equity").optional(),
    drawdown: limits.percentLimit.describe("Below the highest result, of the equity").optional(),
    losses: limits.countLimit(1, 100).describe("Losses in a row that end the entries of a day").optional(),
    cool_down: limits.spanLimit.describe("No entry so long after a loss").optional(),
    session: limits.sessionLimit.describe("Hours in which entries are made, in the desk's time zone").optional(),
    allow: limits.symbolsLimit.describe("Only these symbols").optional(),
    deny: limits.symbolsLimit.describe("Never these symbols").optional(),
    spread: limits.spreadLimit.describe("Distance of bid and ask; an unknown one denies").optional(),
    volume: limits.moneyLimit.describe("The least that is traded in a candle").optional(),
    breaker: breakerName.describe("Which breaker is set, alone: with at, reaction and for").optional(),
    at: breakerAt.describe("From where on it opens, in its unit; off, or default").optional(),
    reaction: reactionChoice.describe("What it does beside denying entries").optional(),
    for: breakerSpan.describe("How long it stays open: a span, day, or reset").optional(),
  },
  danger(call) {
    if (wishesBreaker(call.args)) return looserBreakerQuestion(call);
    if (wishesLimits(call.args)) return looserQuestion(call);
    const account = raisedOf(call, { demoToo: true });
    if (!account) return undefined;
    const { from, to, name } = account;
    return `Let ${name} take a leverage of up to ${to} instead of ${from}? At leverage ${to} a position is liquidated when the price has gone about ${(100 / to).toFixed(0)}% against it, and its stop must lie before that.`;
  },
  run: (call) => {
    const { ceiling, account, leverage } = call.args;
    if (wishesBreaker(call.args)) {
      const { on: _on, account: _account, ...limit } = call.args;
      if (ceiling !== undefined || wishesLimits(limit)) throw new UserError("breaker: it is set alone; leave limits and the ceiling out.");
      return setBreaker(call);
    }
    if (wishesLimits(call.args)) {
      if (ceiling !== undefined) throw new UserError("ceiling: it is set alone; leave the other limits out.");
      return setLimits(call);
    }
    if ((ceiling === undefined) === (leverage === undefined))
      throw new UserError("Say what is to be set: ceiling:... or account:... leverage:..., one at a time.");
    if (ceiling !== undefined && account !== undefined)
      throw new UserError("account: the ceiling holds over all live accounts together, found an account with it; leave account out.");
    return ceiling === undefined ? limitLeverage(call) : lowerCeiling(call, ceiling);
  },
});

interface Raised {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

/** What is to be raised, where anything is; test money is asked about and needs no second factor. */
function raisedOf(call: Call<Wish>, { demoToo = false } = {}): Raised | undefined {
  const { account: name, leverage: to } = call.args;
  if (name === undefined || to === undefined || call.args.ceiling !== undefined) return undefined;
  const account = accountHeld(call, name);
  const from = account.venue.leverageLimit;
  if (from === undefined || to <= from || to > LEVERAGE_LIMIT_MOST || (account.venue.environment === "demo" && !demoToo)) return undefined;
  return { from, to, name: accountNameFor(account.state, call.caller.user) };
}

async function limitLeverage(call: Call<Wish>): Promise<Card> {
  const { args, engine, caller } = call;
  const { account: name, leverage: limit } = args;
  if (name === undefined || limit === undefined)
    throw new UserError("account: leverage is limited for one account, and none was named; add account:...");
  const account = accountHeld(call, name);
  const shown = accountNameFor(account.state, caller.user);
  if (account.venue.leverageLimit === undefined)
    throw new UserError(
      `leverage: it exists on perpetual contracts, and ${shown} trades spot at ${exchangeName(account.venue.exchangeId)}; choose an account with perpetual contracts.`,
    );
  await engine.limitLeverage(name, limit, caller, account.venue.leverageLimit);
  return card(`${shown} takes a leverage of at most ${limit} now`).good().line(concernedText(account, limit));
}

/** Bots that were made for more. */
function concernedText({ state }: VenueAccount, limit: number): string | undefined {
  const above = [...state.bots.values()].filter((bot) => !bot.deleted && (bot.spec.leverage ?? 1) > limit && isAtWork(bot));
  if (above.length === 0) return undefined;
  const names = above.map(({ spec }) => spec.name).join(", ");
  return `Made for more: ${names}. Nothing new is opened by them; what is held keeps its leverage, its stop and its exits.`;
}

async function lowerCeiling({ engine, caller }: Call<Wish>, { value, currency: typed }: Money): Promise<Card> {
  const now = engine.ceiling();
  if (!now)
    throw new UserError(
      "This process allows no live trading, so there is no ceiling to lower. LIVE_CEILING in its settings would allow some.",
    );
  const currency = typed ?? now.currency;
  if (currency !== now.currency)
    throw new UserError(`ceiling: it is counted in ${now.currency}, found ${currency}; give it in ${now.currency}.`);
  if (!value.isLessThan(now.limit))
    throw new UserError(
      `ceiling: chat can only lower it below ${moneyText(now.limit, now.currency)}, found ${quantityDigits(value)}. Raising it takes LIVE_CEILING and a restart.`,
    );
  const { limit, atRisk, currency: unit } = await engine.lowerCeiling(value, caller);
  const isOver = !atRisk || atRisk.isGreaterThan(limit);
  const answer = card(`The ceiling of live trading is ${moneyText(limit, unit)} now`).line(
    atRisk
      ? `${moneyText(atRisk, unit)} are at risk.`
      : `What is at risk is not known in ${unit}, for a price between currencies is missing.`,
    isOver && atRisk ? "That is more than the ceiling: nothing new is opened, and what is held is not sold by this." : undefined,
  );
  return isOver ? answer.warning() : answer.good();
}
