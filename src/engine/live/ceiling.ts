import type { AccountState } from "../../domain/books.ts";
import { type Decimal, decimal, min, ZERO } from "../../domain/money.ts";
import { isProtective, remainingOf } from "../../domain/order.ts";
import type { CeilingFacts } from "../../ports/venue-facts.ts";

export interface CeilingLimit {
  readonly amount: Decimal;
  readonly currency: string;
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
  /** What entries that are being written down will put at risk. */
  #held = ZERO;

  constructor(limit: CeilingLimit | undefined, lowered: () => Decimal | undefined, live: () => readonly Held[]) {
    this.#limit = limit;
    this.#lowered = lowered;
    this.#live = live;
  }

  /** Undefined where this process allows no live trading. */
  facts(): CeilingFacts | undefined {
    if (!this.#limit) return undefined;
    const lowered = this.#lowered();
    const limit = lowered ? min(lowered, this.#limit.amount) : this.#limit.amount;
    const atRisk = this.#live().reduce((sum, each) => sum.plus(atRiskOf(each)), ZERO);
    return { limit, currency: this.#limit.currency, atRisk };
  }

  /** What may still be put at risk; zero without a ceiling. */
  room(): Decimal {
    const facts = this.facts();
    return facts ? facts.limit.minus(facts.atRisk).minus(this.#held) : ZERO;
  }

  /** Whether more is at risk than may be, as after a person has lowered it: what is durable and not sent yet is then not sent. */
  get exceeded(): boolean {
    const facts = this.facts();
    return facts === undefined || facts.atRisk.isGreaterThan(facts.limit);
  }

  /** Holds an amount back while its entries are being written down. */
  async hold(amount: Decimal, writing: () => Promise<void>): Promise<void> {
    this.#held = this.#held.plus(amount);
    try {
      await writing();
    } finally {
      this.#held = this.#held.minus(amount);
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
