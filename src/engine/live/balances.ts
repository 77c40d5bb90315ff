import type { AccountState, BotState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { type Decimal, decimal, max, min, ZERO } from "../../domain/money.ts";
import { isFlat, isPerpetual } from "../../domain/position.ts";
import type { Balance, OpenPositions } from "../../ports/live-venue.ts";
import { BALANCE_READINGS, BALANCE_SETTLE_MS, UNEXPLAINED_MS } from "./limits.ts";

/** A difference that was seen and is not believed yet. */
interface Suspect {
  readonly difference: Decimal;
  readonly firstMs: number;
  count: number;
  seenMs: number;
}

export interface BalanceReading {
  readonly balances: ReadonlyMap<string, Balance>;
  readonly positions: OpenPositions;
  readonly nowMs: number;
  readonly priceOf: (symbol: string) => Decimal | undefined;
  /** Venue time of the newest fill of a symbol that was not ours; undefined where none was seen. */
  readonly strangersMs: (symbol: string) => number | undefined;
}

/** Compares what the venue holds with the books. One reading is a hint; several that agree, each taken while no order of ours moves anything, are a fact. */
export class Balances {
  readonly #state: AccountState;
  readonly #suspects = new Map<string, Suspect>();

  constructor(state: AccountState) {
    this.#state = state;
  }

  /** Whether a difference waits to be confirmed. */
  get suspicious(): boolean {
    return this.#suspects.size > 0;
  }

  /** The events that a reading, taken at rest, confirms. */
  compare(reading: BalanceReading): AccountEvent[] {
    const events: AccountEvent[] = [];
    const { balances } = this.#state;
    for (const coin of new Set([...balances.keys(), ...reading.balances.keys()])) {
      const held = reading.balances.get(coin);
      const total = held ? held.free.plus(held.locked) : ZERO;
      const difference = total.minus(balances.get(coin) ?? ZERO);
      if (this.#confirmed(coin, difference, reading.nowMs)) {
        const entryId = `f${this.#state.sequence}-${coin}`;
        events.push({ type: "foreign-booked", coin, quantity: difference, entryId, reason: "no order of this desk made this change" });
        events.push(...this.#claims(coin, total, reading));
      } else if (difference.isZero()) events.push(...this.#overdrawn(coin, total, reading));
    }
    events.push(...this.#positions(reading));
    return events;
  }

  /** `leastMs`: how long readings must have agreed. */
  #confirmed(what: string, difference: Decimal, nowMs: number, leastMs = 0): boolean {
    if (difference.isZero()) {
      this.#suspects.delete(what);
      return false;
    }
    const known = this.#suspects.get(what);
    if (!known?.difference.isEqualTo(difference)) {
      this.#suspects.set(what, { difference, count: 1, firstMs: nowMs, seenMs: nowMs });
      return false;
    }
    if (nowMs - known.seenMs < BALANCE_SETTLE_MS) return false;
    known.count += 1;
    known.seenMs = nowMs;
    if (known.count < BALANCE_READINGS || nowMs - known.firstMs < leastMs) return false;
    this.#suspects.delete(what);
    return true;
  }

  /** The books know how much there is, and bots claim more: what one of them took along had left the account before. No sale would be taken, nor a stop. */
  #overdrawn(coin: string, total: Decimal, reading: BalanceReading): AccountEvent[] {
    const missing = max(this.#claimed(coin).minus(total), ZERO);
    return this.#confirmed(`claims on ${coin}`, missing, reading.nowMs) ? this.#claims(coin, total, reading) : [];
  }

  #holders(coin: string): BotState[] {
    return [...this.#state.bots.values()].filter(({ spec, position }) => holds(spec.symbol, coin) && !isFlat(position));
  }

  #claimed(coin: string): Decimal {
    return this.#holders(coin).reduce((sum, { position }) => sum.plus(position.quantity), ZERO);
  }

  /** Fewer coins than the bots claim: somebody sold or moved them. The newest claims give way first. */
  #claims(coin: string, total: Decimal, { priceOf }: BalanceReading): AccountEvent[] {
    let missing = this.#claimed(coin).minus(total);
    const events: AccountEvent[] = [];
    for (const bot of this.#holders(coin).reverse()) {
      if (missing.isLessThanOrEqualTo(0)) break;
      const quantity = min(missing, bot.position.quantity);
      events.push(reduced(bot, quantity, priceOf(bot.spec.symbol)));
      missing = missing.minus(quantity);
    }
    return events;
  }

  /**
   * A perpetual position that is smaller than the bot's was closed by hand, liquidated or deleveraged. Each of these is a fill, so that without one lists
   * without the position are rather empty ones, and are believed only when they have been so for longer than such an outage lasts.
   */
  #positions({ positions, nowMs, priceOf, strangersMs }: BalanceReading): AccountEvent[] {
    const events: AccountEvent[] = [];
    for (const bot of this.#state.bots.values()) {
      const { symbol } = bot.spec;
      // What cannot be read is not gone.
      if (!isPerpetual(symbol) || isFlat(bot.position) || positions.unreadable.has(symbol)) continue;
      const held = positions.held.find((position) => position.symbol === symbol)?.quantity ?? decimal(0);
      const sameSide = held.isZero() || held.isNegative() === bot.position.quantity.isNegative();
      const left = sameSide ? held.abs() : ZERO;
      const missing = bot.position.quantity.abs().minus(left);
      const shortfall = missing.isGreaterThan(0) ? missing : ZERO;
      const filledMs = strangersMs(symbol);
      const isExplained = filledMs !== undefined && filledMs >= (bot.position.openedMs ?? 0);
      if (this.#confirmed(symbol, shortfall, nowMs, isExplained ? 0 : UNEXPLAINED_MS))
        events.push(reduced(bot, shortfall, priceOf(symbol)));
    }
    return events;
  }
}

function holds(symbol: string, coin: string): boolean {
  return !isPerpetual(symbol) && symbol.startsWith(`${coin}/`);
}

function reduced(bot: BotState, quantity: Decimal, price: Decimal | undefined): AccountEvent {
  return { type: "claim-reduced", botId: bot.spec.id, quantity, price, reason: "sold or moved at the exchange, not by this desk" };
}
