import type { AccountState } from "../domain/books.ts";
import { type Decimal, decimal, max, ZERO } from "../domain/money.ts";
import { isProtective, remainingOf } from "../domain/order.ts";
import { isFlat, type Position } from "../domain/position.ts";
import { equityOf, type PriceOf } from "./valuation.ts";

/** What sums are taken over: one bot, one symbol, or everything. */
export type Part = { readonly botId: string } | { readonly symbol: string } | "everything";

interface Summed {
  readonly state: AccountState;
  readonly priceOf: PriceOf;
}

/** A sum with what it was counted from. */
interface Known<T> {
  readonly state: AccountState;
  readonly sequence: number;
  /** Every price that it asked for. */
  readonly prices: ReadonlyMap<string, number | undefined>;
  readonly value: T;
}

/** One kind of sum over one account, by part. */
class Sums<T> {
  readonly #account: Summed;
  readonly #count: (state: AccountState, part: Part, priceOf: PriceOf) => T;
  readonly #known = new Map<string, Known<T>>();

  constructor(account: Summed, count: (state: AccountState, part: Part, priceOf: PriceOf) => T) {
    this.#account = account;
    this.#count = count;
  }

  of(part: Part): T {
    const { state, priceOf } = this.#account;
    // One bot is counted as fast as it is looked up, and bots come and go.
    if (part !== "everything" && "botId" in part) return this.#count(state, part, priceOf);
    const name = part === "everything" ? "" : part.symbol;
    const known = this.#known.get(name);
    if (known?.state === state && known.sequence === state.sequence && isUnmoved(known.prices, priceOf)) return known.value;
    const prices = new Map<string, number | undefined>();
    const value = this.#count(state, part, (symbol) => {
      if (!prices.has(symbol)) prices.set(symbol, priceOf(symbol));
      return prices.get(symbol);
    });
    this.#known.set(name, { state, sequence: state.sequence, prices, value });
    return value;
  }
}

/**
 * What one account holds, works and is worth, counted again only when its books or a price that was asked for have moved: limits over a whole desk ask every
 * account of it at each entry, and between two entries nearly all of them stand still.
 */
export class AccountSums {
  readonly #exposure: Sums<Decimal>;
  readonly #open: Sums<ReadonlySet<string>>;
  readonly #entries: Sums<number>;
  readonly #equity: Sums<Decimal | undefined>;

  constructor(account: Summed) {
    this.#exposure = new Sums(account, exposureOf);
    this.#open = new Sums(account, openIn);
    this.#entries = new Sums(account, entriesOf);
    this.#equity = new Sums(account, (state, _part, priceOf) => equityOf(state, priceOf));
  }

  /** What positions are worth, at the higher of cost and price, and what working entries may still spend, in the account's currency. */
  exposure(part: Part): Decimal {
    return this.#exposure.of(part);
  }

  /** Bots that hold a position or have an entry at work. */
  open(part: Part): ReadonlySet<string> {
    return this.#open.of(part);
  }

  /** Entries of the books' local day. */
  entries(part: Part): number {
    return this.#entries.of(part);
  }

  /** In the account's currency; undefined while a held coin has no price. */
  equity(): Decimal | undefined {
    return this.#equity.of("everything");
  }
}

/** Whether something concerns a part. */
export function isIn(part: Part, { id, symbol }: { readonly id: string; readonly symbol: string }): boolean {
  if (part === "everything") return true;
  return "botId" in part ? part.botId === id : part.symbol === symbol;
}

/** A position at the higher of its cost and its worth. */
export function worthOf(position: Position, price: number | undefined): Decimal {
  return worthAt(position, price === undefined ? undefined : decimal(price));
}

function exposureOf(state: AccountState, part: Part, priceOf: PriceOf): Decimal {
  // Many positions have the same price, and reading one is the slow part.
  const read = new Map<string, Decimal | undefined>();
  const exact = (symbol: string): Decimal | undefined => {
    if (!read.has(symbol)) {
      const price = priceOf(symbol);
      read.set(symbol, price === undefined ? undefined : decimal(price));
    }
    return read.get(symbol);
  };
  let sum = ZERO;
  for (const { position, spec } of state.bots.values())
    if (!isFlat(position) && isIn(part, spec)) sum = sum.plus(worthAt(position, exact(spec.symbol)));
  for (const order of state.orders.values()) {
    if (order.purpose !== "entry" || isProtective(order) || !isIn(part, { id: order.botId, symbol: order.symbol })) continue;
    sum = sum.plus(remainingOf(order).times(order.price ?? exact(order.symbol) ?? ZERO));
  }
  return sum;
}

function openIn(state: AccountState, part: Part): ReadonlySet<string> {
  const open = new Set<string>();
  for (const { position, spec } of state.bots.values()) if (!isFlat(position) && isIn(part, spec)) open.add(spec.id);
  for (const order of state.orders.values())
    if (order.purpose === "entry" && !isProtective(order) && isIn(part, { id: order.botId, symbol: order.symbol })) open.add(order.botId);
  return open;
}

function entriesOf({ bots, day }: AccountState, part: Part): number {
  let count = 0;
  for (const { spec, risk } of bots.values()) if (risk.entriesDay === day?.day && isIn(part, spec)) count += risk.entries;
  return count;
}

function worthAt({ quantity, cost }: Position, price: Decimal | undefined): Decimal {
  const paid = cost.abs();
  return price === undefined ? paid : max(paid, quantity.abs().times(price));
}

function isUnmoved(prices: ReadonlyMap<string, number | undefined>, priceOf: PriceOf): boolean {
  for (const [symbol, price] of prices) if (priceOf(symbol) !== price) return false;
  return true;
}
