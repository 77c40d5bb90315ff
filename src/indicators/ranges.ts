import type { Candle } from "../domain/candle.ts";

/** The true range of a candle: the largest of high - low and the distances of both from the close before (J. Welles Wilder 1978). */
export function trueRange({ high, low }: Candle, closeBefore: number): number {
  return Math.max(high - low, Math.abs(high - closeBefore), Math.abs(low - closeBefore));
}

/**
 * The average true range as TA-Lib's `TA_ATR`: the first candle has no range, the average begins as the mean of the first `period` ranges and is
 * smoothed as (before x (period - 1) + range) / period.
 */
export class AverageRange {
  readonly #period: number;
  #close = Number.NaN;
  #ranges = 0;
  #seedSum = 0;
  #value = Number.NaN;

  constructor(period: number) {
    this.#period = period;
  }

  /** NaN until `period` + 1 candles were pushed. */
  get value(): number {
    return this.#value;
  }

  push(candle: Candle): void {
    const before = this.#close;
    this.#close = candle.close;
    if (Number.isNaN(before)) return;
    const range = trueRange(candle, before);
    if (this.#ranges >= this.#period) {
      this.#value = (this.#value * (this.#period - 1) + range) / this.#period;
      return;
    }
    this.#ranges += 1;
    this.#seedSum += range;
    if (this.#ranges === this.#period) this.#value = this.#seedSum / this.#period;
  }
}
