import type { Tape, TapeCandle } from "./exchange/tape.ts";

const MINUTE_MS = 60_000;
/** A symbol's closes lie on alternating sides of its price, at most so far away: averages cross with every candle. */
const SWING_SHARE = 0.004;
/** How far a minute's low and high may lie beyond its open and close: stops and targets are reached within it. */
const REACH_SHARE = 0.012;
const CENTS = 100;

/** Prices that swing: every minute another way, far enough to trigger stops, the same for an equal seed. It has no end and no beginning. */
export class SwingTape implements Tape {
  readonly symbols: readonly string[];
  readonly #prices: ReadonlyMap<string, number>;
  readonly #seed: number;

  /** `prices`: around which price each symbol swings, in whole cents. */
  constructor(prices: ReadonlyMap<string, number>, seed: number) {
    this.symbols = [...prices.keys()];
    this.#prices = prices;
    this.#seed = seed;
  }

  candleAt(symbol: string, atMs: number): TapeCandle | undefined {
    const price = this.#prices.get(symbol);
    if (price === undefined) return undefined;
    const minute = Math.floor(atMs / MINUTE_MS);
    const [open, close] = [this.#close(symbol, price, minute - 1), this.#close(symbol, price, minute)];
    const low = Math.min(open, close) * (1 - REACH_SHARE * this.#draw(symbol, minute, 2));
    const high = Math.max(open, close) * (1 + REACH_SHARE * this.#draw(symbol, minute, 3));
    return { openTimeMs: minute * MINUTE_MS, open, high: cents(high), low: cents(low), close, volume: 1_000 };
  }

  #close(symbol: string, price: number, minute: number): number {
    const swing = SWING_SHARE * (0.3 + 0.7 * this.#draw(symbol, minute, 1));
    return cents(price * (1 + (minute % 2 === 0 ? swing : -swing)));
  }

  /** From 0 up to 1, by FNV-1a, mixed. */
  #draw(symbol: string, minute: number, salt: number): number {
    let hash = 0x811c9dc5;
    for (const letter of `${this.#seed} ${symbol} ${minute} ${salt}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
  }
}

function cents(price: number): number {
  return Math.round(price * CENTS) / CENTS;
}
