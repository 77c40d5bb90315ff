import { type AccountState, type BotState, NO_RESULT, RESULT_BUCKET_MS, type Result } from "../domain/books.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { DAY_MS } from "../domain/time.ts";

/** A local day with its clock change is at most 25 hours long; two of them bound any day that touches an instant. */
const DAY_SPAN_MAX_MS = DAY_MS + 2 * 3_600_000;

/** Reads local days of one time zone. Keep one for many instants: making it is the slow part. */
export function dayReader(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  return (epochMs) => format.format(epochMs);
}

export function addResults(a: Result, b: Result): Result {
  return {
    realized: a.realized.plus(b.realized),
    fees: a.fees.plus(b.fees),
    fills: a.fills + b.fills,
    closes: a.closes + b.closes,
    wins: a.wins + b.wins,
  };
}

/** A bot's result on each local day on which it traded, from an instant on. */
export function resultsByDay(bot: Readonly<BotState>, day: (epochMs: number) => string, sinceMs = 0): Map<string, Result> {
  const days = new Map<string, Result>();
  for (const [bucketMs, result] of bot.results) {
    if (bucketMs + RESULT_BUCKET_MS <= sinceMs) continue;
    const name = day(bucketMs);
    days.set(name, addResults(days.get(name) ?? NO_RESULT, result));
  }
  return days;
}

/** A bot's result on the local day that contains an instant. */
export function resultOfDay(bot: Readonly<BotState>, atMs: number, day: (epochMs: number) => string): Result {
  return resultsByDay(bot, day, atMs - DAY_SPAN_MAX_MS).get(day(atMs)) ?? NO_RESULT;
}

/** The newest local days up to an instant, newest first. */
export function lastDays(atMs: number, days: number, day: (epochMs: number) => string): readonly string[] {
  const names: string[] = [];
  for (let ms = atMs; names.length < days; ms -= DAY_MS / 2) {
    const name = day(ms);
    if (names.at(-1) !== name) names.push(name);
  }
  return names;
}

/** The cash side of an account, exactly: cash = start + entries. */
export interface CashBook {
  readonly currency: string;
  readonly start: Decimal;
  /** Sum of all bots' movements in this currency, deleted bots included. */
  readonly entries: Decimal;
  readonly cash: Decimal;
  readonly addsUp: boolean;
}

/** One coin of an account, exactly: what the bots hold = what they bought less what they sold, and the balance says the same. */
export interface CoinBook {
  readonly coin: string;
  readonly start: Decimal;
  readonly entries: Decimal;
  /** Sum of the bots' positions. */
  readonly position: Decimal;
  readonly balance: Decimal;
  readonly addsUp: boolean;
}

export interface Books {
  readonly cash: CashBook;
  readonly coins: readonly CoinBook[];
  readonly addsUp: boolean;
}

/** An account's books, computed in two independent ways: balances on one side, the bots' own sums and positions on the other. */
export function booksOf(state: Readonly<AccountState>): Books {
  const entries = new Map<string, Decimal>();
  const positions = new Map<string, Decimal>();
  for (const { spec, baseEntries, quoteEntries, position } of state.bots.values()) {
    const [base = "", quote = ""] = spec.symbol.split("/");
    add(entries, base, baseEntries);
    add(entries, quote, quoteEntries);
    add(positions, base, position.quantity);
  }
  const start = state.startBalances.get(state.currency) ?? ZERO;
  const moved = entries.get(state.currency) ?? ZERO;
  const balance = state.balances.get(state.currency) ?? ZERO;
  const cash: CashBook = { currency: state.currency, start, entries: moved, cash: balance, addsUp: balance.isEqualTo(start.plus(moved)) };
  const names = new Set([...state.balances.keys(), ...entries.keys()].filter((coin) => coin !== state.currency));
  const coins = [...names].sort().map((coin) => coinBook(state, coin, entries.get(coin) ?? ZERO, positions.get(coin) ?? ZERO));
  return { cash, coins, addsUp: cash.addsUp && coins.every(({ addsUp }) => addsUp) };
}

function coinBook(state: Readonly<AccountState>, coin: string, entries: Decimal, position: Decimal): CoinBook {
  const start = state.startBalances.get(coin) ?? ZERO;
  const balance = state.balances.get(coin) ?? ZERO;
  const addsUp = balance.isEqualTo(start.plus(entries)) && position.isEqualTo(entries);
  return { coin, start, entries, position, balance, addsUp };
}

function add(sums: Map<string, Decimal>, name: string, value: Decimal): void {
  sums.set(name, (sums.get(name) ?? ZERO).plus(value));
}
