import type { AccountState } from "../../domain/books.ts";
import type { Rates } from "../../domain/conversion.ts";
import { type Decimal, decimal, min, ZERO } from "../../domain/money.ts";
import { isProtective, remainingOf } from "../../domain/order.ts";
import type { CeilingFacts } from "../../ports/venue-facts.ts";
import { Counter } from "../../risk/counter.ts";

export interface CeilingLimit {
  readonly amount: Decimal;
  readonly currency: string;
}

export interface CeilingOptions {
  readonly limit: CeilingLimit | undefined;
  /** To what a person has lowered it. */
  readonly lowered: () => Decimal | undefined;
  /** Every account whose money is real. */
  readonly live: () => readonly Held[];
  readonly rates: Rates;
}

interface Held {
  readonly state: AccountState;
  readonly priceOf: (symbol: string) => number | undefined;
}

/** The most that live accounts may hold at risk together: the process's own limit, or what a person has lowered it to. */
export class Ceiling {
  readonly #limit: CeilingLimit | undefined;
  readonly #lowered: () => Decimal | undefined;
  readonly #live: () => readonly Held[];
  readonly #rates: Rates;
  /** What entries that are being written down will put at risk, by currency. */
  readonly #held = new Map<string, Decimal>();

  constructor({ limit, lowered, live, rates }: CeilingOptions) {
    this.#limit = limit;
    this.#lowered = lowered;
    this.#live = live;
    this.#rates = rates;
  }

  /** Undefined where this process allows no live trading. */
  facts(counter = new Counter(this.#rates, "live")): CeilingFacts | undefined {
    if (!this.#limit) return undefined;
    const { currency } = this.#limit;
    const lowered = this.#lowered();
    const limit = lowered ? min(lowered, this.#limit.amount) : this.#limit.amount;
    const atRisk = this.#live().reduce<Decimal | undefined>((sum, each) => {
      const counted = counter.convert(atRiskOf(each), each.state.currency, currency);
      return counted && sum?.plus(counted);
    }, ZERO);
    return { limit, currency, atRisk };
  }

  /** What may still be put at risk, in a currency; zero without a ceiling, and where a price is missing that it would be counted by. */
  room(currency: string, counter = new Counter(this.#rates, "live")): Decimal {
    const facts = this.facts(counter);
    if (!facts?.atRisk) return ZERO;
    let room = facts.limit.minus(facts.atRisk);
    for (const [from, amount] of this.#held) {
      const counted = counter.convert(amount, from, facts.currency);
      if (!counted) return ZERO;
      room = room.minus(counted);
    }
    return counter.convert(room, facts.currency, currency) ?? ZERO;
  }

  /** Whether more is at risk than may be, as after a person has lowered it, or nobody can say: what is durable and not sent yet is then not sent. */
  get exceeded(): boolean {
    const facts = this.facts();
    return !facts?.atRisk || facts.atRisk.isGreaterThan(facts.limit);
  }

  /** Holds an amount back while its entries are being written down. */
  async hold(amount: Decimal, currency: string, writing: () => Promise<void>): Promise<void> {
    this.#held.set(currency, (this.#held.get(currency) ?? ZERO).plus(amount));
    try {
      await writing();
    } finally {
      this.#held.set(currency, (this.#held.get(currency) ?? ZERO).minus(amount));
    }
  }
}

/** Positions at the higher of their cost and their worth, and what working entries may still buy. */
function atRiskOf({ state, priceOf }: Held): Decimal {
  let sum = ZERO;
  for (const { position, spec } of state.bots.values()) {
    const price = priceOf(spec.symbol);
    const cost = position.cost.abs();
    const worth = price === undefined ? cost : position.quantity.abs().times(decimal(price));
    sum = sum.plus(worth.isGreaterThan(cost) ? worth : cost);
  }
  for (const order of state.orders.values()) {
    if (order.purpose !== "entry" || isProtective(order)) continue;
    const price = order.price ?? decimal(priceOf(order.symbol) ?? 0);
    sum = sum.plus(remainingOf(order).times(price));
  }
  return sum;
}
