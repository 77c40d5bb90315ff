import type { Quote } from "../../domain/quote.ts";
import type { PriceReading } from "../../ports/market.ts";
import type { PushedPrice, VenueTime } from "../../ports/marketData.ts";

/** A price, and since when it is known to hold: monotonic time. */
export interface KnownPrice {
  readonly price: number;
  readonly quote?: Quote | undefined;
  readonly atMs: number;
  /** How much older it may be than that. */
  readonly uncertaintyMs: number;
}

interface Pushed extends PushedPrice {
  readonly arrivedMs: number;
}

/** What a pushed price turned out to be when it came. `older`: doubled, out of order, or behind. `ahead`: from the future. `old`: too late to act on. */
export type Arrival = "new" | "older" | "ahead" | "old";

/** A price whose time lies further ahead than the clocks may differ is none. */
const AHEAD_MAX_MS = 500;
/** After so much silence a price counts as new even if its time does not: the exchange's clock was set back. */
const SILENCE_MS = 60_000;

/** The newest price of each symbol, pushed and asked for apart, by the time at which it was true. No price ever replaces one that is newer. */
export class PriceBook {
  readonly #pushed = new Map<string, Pushed>();
  readonly #asked = new Map<string, KnownPrice>();

  /** A price that came by itself, with the exchange's clock as it is known now. */
  push(pushed: PushedPrice, time: VenueTime, nowMs: number, oldMs: number): Arrival {
    const aheadMs = pushed.venueMs - time.offsetMs - nowMs;
    if (aheadMs > AHEAD_MAX_MS + time.uncertaintyMs) return "ahead";
    const known = this.#pushed.get(pushed.symbol);
    if (known && pushed.venueMs <= known.venueMs && nowMs - known.arrivedMs < SILENCE_MS) return "older";
    this.#pushed.set(pushed.symbol, { ...pushed, arrivedMs: nowMs });
    return -aheadMs > oldMs + time.uncertaintyMs ? "old" : "new";
  }

  /** A price that was asked for at an instant of monotonic time. */
  ask({ symbol, price, quote }: Pick<PriceReading, "symbol" | "price" | "quote">, askedMs: number): void {
    const known = this.#asked.get(symbol);
    if (!known || known.atMs < askedMs) this.#asked.set(symbol, { price, quote, atMs: askedMs, uncertaintyMs: 0 });
  }

  /** A pushed price is as old as its own time says, and at least as old as its arrival; without the exchange's clock nobody knows. */
  pushed(symbol: string, time: VenueTime | undefined): KnownPrice | undefined {
    const known = this.#pushed.get(symbol);
    if (!known || !time) return undefined;
    return {
      price: known.price,
      quote: known.quote,
      atMs: Math.min(known.venueMs - time.offsetMs, known.arrivedMs),
      uncertaintyMs: time.uncertaintyMs,
    };
  }

  asked(symbol: string): KnownPrice | undefined {
    return this.#asked.get(symbol);
  }

  forgetPushed(): void {
    this.#pushed.clear();
  }

  forget(symbol: string): void {
    this.#pushed.delete(symbol);
    this.#asked.delete(symbol);
  }
}

/** How old a price may be at most. */
export function ageMs({ atMs, uncertaintyMs }: KnownPrice, nowMs: number): number {
  return nowMs - atMs + uncertaintyMs;
}

/** The newer of two prices; of equals the first. */
export function newer(first: KnownPrice | undefined, second: KnownPrice | undefined): KnownPrice | undefined {
  if (!first || !second) return first ?? second;
  return second.atMs > first.atMs ? second : first;
}
