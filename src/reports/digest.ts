import type { AccountState, BotState } from "../domain/books.ts";
import type { Mode } from "../domain/bot.ts";
import type { Digest, DigestBot, DigestTotal } from "../domain/digest.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { isFlat, isPerpetual, unrealizedAt } from "../domain/position.ts";
import { NO_RESULT } from "../domain/result.ts";
import { type PeriodOf, resultsByPeriod } from "./periods.ts";
import { type ResultGroup, resultGroups } from "./result-groups.ts";
import { dayReader, resultsByDay } from "./statistics.ts";

/** The last price of a symbol where an account trades. */
type PriceOf = (symbol: string, account: string) => Decimal | undefined;
/** The local day that is told of each mode: paper follows the market's calendar, exchanges that of the wall. */
type DayOf = (mode: Mode) => string;
type Books = Readonly<AccountState>;
type ModeBot = DigestBot & { readonly mode: Mode };

/**
 * The statistics of one local day as facts: per bot that exists or traded on that day, and in all per mode and currency. A position whose
 * price is not known counts at its cost.
 */
export function digestOf(
  states: readonly Books[],
  dayOf: DayOf,
  timeZone: string,
  priceOf: PriceOf,
  periodOf: PeriodOf = (day) => day,
): Digest {
  const readDay = dayReader(timeZone);
  const bots: ModeBot[] = [];
  for (const bot of states.flatMap((state) => [...state.bots.values()])) {
    const { name, mode, symbol } = bot.spec;
    const { realized, fees, fills } = resultsByPeriod(resultsByDay(bot, readDay), periodOf).get(periodOf(dayOf(mode))) ?? NO_RESULT;
    if (bot.deleted && fills === 0) continue;
    const status = bot.deleted ? "deleted" : bot.status;
    bots.push({
      name,
      mode,
      symbol,
      status,
      realized,
      unrealized: unrealizedOf(bot, priceOf),
      fees,
      fills,
      positionQuantity: bot.position.quantity,
    });
  }
  bots.sort((a, b) => (a.name < b.name ? -1 : 1));
  const groups = resultGroups(bots, states);
  const totals = groups.map((group) => totalOf(group, states, dayOf(group.mode), priceOf));
  const [first] = totals;
  return {
    day: dayOf("paper"),
    currency: states.length === 0 ? "" : (first?.currency ?? ""),
    market: states[0]?.market ?? "",
    equity: first?.equity ?? ZERO,
    realized: first?.realized ?? ZERO,
    unrealized: first?.unrealized ?? ZERO,
    fees: first?.fees ?? ZERO,
    fills: first?.fills ?? 0,
    bots: groups.flatMap((group) => group.bots),
    totals,
  };
}

function totalOf({ mode, currency, bots }: ResultGroup<ModeBot>, states: readonly Books[], day: string, priceOf: PriceOf): DigestTotal {
  const accounts = states.filter((state) => state.mode === mode && state.currency === currency);
  const sum = (value: (bot: ModeBot) => Decimal) => bots.reduce((total, bot) => total.plus(value(bot)), ZERO);
  const total = {
    ...{ mode, currency, day },
    realized: sum(({ realized }) => realized),
    unrealized: sum(({ unrealized }) => unrealized),
    fees: sum(({ fees }) => fees),
    fills: bots.reduce((fills, bot) => fills + bot.fills, 0),
  };
  if (accounts.length === 0) return total;
  return { ...total, equity: accounts.reduce((equity, state) => equity.plus(equityOf(state, priceOf)), ZERO) };
}

function unrealizedOf({ position, spec }: Readonly<BotState>, priceOf: PriceOf): Decimal {
  if (isFlat(position)) return ZERO;
  const price = priceOf(spec.symbol, spec.account);
  return price === undefined ? ZERO : unrealizedAt(position, price);
}

/** Cash and what is held at the last prices, in the account's currency. At an exchange only what bots hold counts beside the cash: other coins there are the person's own. */
function equityOf(state: Books, priceOf: PriceOf): Decimal {
  const cash = state.balances.get(state.currency) ?? ZERO;
  const bots = [...state.bots.values()];
  const contracts = bots.filter(({ spec }) => isPerpetual(spec.symbol));
  const backed = contracts.reduce((sum, bot) => sum.plus(unrealizedOf(bot, priceOf)), cash);
  if (state.mode !== "paper") {
    const spot = bots.filter(({ spec }) => !isPerpetual(spec.symbol));
    return spot.reduce((sum, bot) => sum.plus(bot.position.cost).plus(unrealizedOf(bot, priceOf)), backed);
  }
  let equity = backed;
  for (const [coin, balance] of state.balances) {
    if (coin === state.currency || balance.isZero()) continue;
    const symbol = `${coin}/${state.currency}`;
    const price = priceOf(symbol, state.account);
    equity = equity.plus(price === undefined ? costOf(bots, symbol) : balance.times(price));
  }
  return equity;
}

function costOf(bots: readonly Readonly<BotState>[], symbol: string): Decimal {
  return bots.filter(({ spec }) => spec.symbol === symbol).reduce((sum, { position }) => sum.plus(position.cost), ZERO);
}
