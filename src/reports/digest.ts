import type { AccountState, BotState } from "../domain/books.ts";
import { NO_RESULT } from "../domain/books.ts";
import type { Digest, DigestBot } from "../domain/events.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { isFlat, unrealizedAt } from "../domain/position.ts";
import { addResults, dayReader, resultsByDay } from "./statistics.ts";

type PriceOf = (symbol: string) => Decimal | undefined;

/**
 * The statistics of one local day as facts: per bot that exists or traded on that day, and in all. Accounts in another currency than
 * the first are left out. A position whose price is not known counts at its cost.
 */
export function digestOf(states: readonly Readonly<AccountState>[], day: string, timeZone: string, priceOf: PriceOf): Digest {
  const currency = states[0]?.currency ?? "";
  const accounts = states.filter((state) => state.currency === currency);
  const readDay = dayReader(timeZone);
  const bots: DigestBot[] = [];
  let total = NO_RESULT;
  let unrealized = ZERO;
  for (const bot of accounts.flatMap((state) => [...state.bots.values()])) {
    const result = resultsByDay(bot, readDay).get(day) ?? NO_RESULT;
    if (bot.deleted && result.fills === 0) continue;
    const open = unrealizedOf(bot, priceOf);
    bots.push({
      name: bot.spec.name,
      mode: bot.spec.mode,
      symbol: bot.spec.symbol,
      status: bot.deleted ? "deleted" : bot.status,
      realized: result.realized,
      unrealized: open,
      fees: result.fees,
      fills: result.fills,
      positionQuantity: bot.position.quantity,
    });
    total = addResults(total, result);
    unrealized = unrealized.plus(open);
  }
  bots.sort((a, b) => (a.name < b.name ? -1 : 1));
  const equity = accounts.reduce((sum, state) => sum.plus(equityOf(state, priceOf)), ZERO);
  return {
    day,
    currency,
    market: states[0]?.market ?? "",
    equity,
    realized: total.realized,
    unrealized,
    fees: total.fees,
    fills: total.fills,
    bots,
  };
}

function unrealizedOf(bot: Readonly<BotState>, priceOf: PriceOf): Decimal {
  if (isFlat(bot.position)) return ZERO;
  const price = priceOf(bot.spec.symbol);
  return price === undefined ? ZERO : unrealizedAt(bot.position, price);
}

/** Cash and coins at the last prices, in the account's currency. */
function equityOf(state: Readonly<AccountState>, priceOf: PriceOf): Decimal {
  let equity = state.balances.get(state.currency) ?? ZERO;
  for (const [coin, balance] of state.balances) {
    if (coin === state.currency || balance.isZero()) continue;
    const price = priceOf(`${coin}/${state.currency}`);
    equity = equity.plus(price === undefined ? costOf(state, coin) : balance.times(price));
  }
  return equity;
}

function costOf(state: Readonly<AccountState>, coin: string): Decimal {
  const holders = [...state.bots.values()].filter(({ spec }) => spec.symbol === `${coin}/${state.currency}`);
  return holders.reduce((sum, { position }) => sum.plus(position.cost), ZERO);
}
