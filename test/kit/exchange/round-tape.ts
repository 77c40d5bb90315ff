import type { Tape, TapeCandle } from "./tape.ts";

const MINUTE_MS = 60_000;
/** Closes of eight minutes as shares of the price, over and over. */
const CLOSES = [1.01, 1.06, 1.03, 0.99, 0.985, 0.983, 0.982, 0.981];

export const ROUND_MINUTES = CLOSES.length;
/** In each round ema-cross with `fast=2 slow=5` enters when the first minute has closed; two minutes later a target of 4% was met. */
export const ENTRY_MINUTE = 1;
export const TAKEN_MINUTE = 2;

/** Prices that go round: up 3% in a minute, up to 6% in the next one, then slowly down again. What enters on the first jump sees a flat price for 20 s. */
export class RoundTape implements Tape {
  readonly #prices: Readonly<Record<string, number>>;

  constructor(prices: Readonly<Record<string, number>>) {
    this.#prices = prices;
  }

  get symbols(): readonly string[] {
    return Object.keys(this.#prices);
  }

  candleAt(symbol: string, atMs: number): TapeCandle | undefined {
    const price = this.#prices[symbol];
    if (price === undefined) return undefined;
    const minute = Math.floor(atMs / MINUTE_MS);
    const closeOf = (of: number) => Math.round((CLOSES[of % ROUND_MINUTES] ?? 1) * price * 100) / 100;
    const [open, close] = [closeOf(minute - 1 + ROUND_MINUTES), closeOf(minute)];
    return { openTimeMs: minute * MINUTE_MS, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 60 };
  }
}
