import type { AccountState, BotState } from "../domain/books.ts";
import { baseOf } from "../domain/instrument.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { isPerpetual, netRealized } from "../domain/position.ts";
import { quoteOf } from "./result-groups.ts";

/** The cash side of an account, exactly: cash = start + entries + others. */
export interface CashBook {
  readonly currency: string;
  readonly start: Decimal;
  /** Sum of all bots' movements in this currency, deleted bots included. */
  readonly entries: Decimal;
  /** What moved by no bot's fill: deposits, withdrawals, orders by hand, funding. Only at an exchange; a paper account has no such thing. */
  readonly others: Decimal;
  readonly cash: Decimal;
  readonly addsUp: boolean;
}

/** One coin of an account, exactly. On paper the bots' positions and the balance are both what was bought less what was sold; at an exchange the balance covers what bots claim. */
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
  readonly kind: "paper" | "exchange";
  readonly cash: CashBook;
  readonly coins: readonly CoinBook[];
  readonly addsUp: boolean;
}

/** An account's books, computed in two independent ways: balances on one side, the bots' own sums and positions on the other. */
export function booksOf(state: Readonly<AccountState>): Books {
  const kind = state.mode === "paper" ? "paper" : "exchange";
  const entries = new Map<string, Decimal>();
  const positions = new Map<string, Decimal>();
  for (const bot of state.bots.values()) {
    const { symbol } = bot.spec;
    add(entries, quoteOf(symbol), cashMoved(bot));
    if (isPerpetual(symbol)) continue;
    const base = baseOf(symbol);
    add(entries, base, bot.baseEntries);
    add(positions, base, bot.position.quantity);
  }
  const start = state.startBalances.get(state.currency) ?? ZERO;
  const moved = entries.get(state.currency) ?? ZERO;
  const cash = state.balances.get(state.currency) ?? ZERO;
  const others = cash.minus(start).minus(moved);
  const book = { currency: state.currency, start, entries: moved, others, cash, addsUp: kind === "exchange" || others.isZero() };
  const names = new Set([...state.balances.keys(), ...entries.keys()].filter((coin) => coin !== state.currency));
  const coins = [...names].sort().map((coin) => coinBook(state, coin, entries.get(coin) ?? ZERO, positions.get(coin) ?? ZERO));
  return { kind, cash: book, coins, addsUp: book.addsUp && coins.every(({ addsUp }) => addsUp) };
}

/** What a bot has moved in its quote. A contract moves no coins: its results are paid out. */
function cashMoved({ spec, position, quoteEntries }: BotState): Decimal {
  return isPerpetual(spec.symbol) ? netRealized(position) : quoteEntries;
}

function coinBook(state: Readonly<AccountState>, coin: string, entries: Decimal, position: Decimal): CoinBook {
  const start = state.startBalances.get(coin) ?? ZERO;
  const balance = state.balances.get(coin) ?? ZERO;
  const addsUp =
    state.mode === "paper"
      ? balance.isEqualTo(start.plus(entries)) && position.isEqualTo(entries)
      : balance.isGreaterThanOrEqualTo(position);
  return { coin, start, entries, position, balance, addsUp };
}

function add(sums: Map<string, Decimal>, name: string, value: Decimal): void {
  sums.set(name, (sums.get(name) ?? ZERO).plus(value));
}
