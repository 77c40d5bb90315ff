import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";

/** Averages whose sum is below this count as no movement; TA-Lib's `TA_EPSILON`. */
const NO_MOVEMENT = 1e-14;

/**
 * Relative strength index of the close (J. Welles Wilder 1978), as TA-Lib's `TA_RSI`: 100 x average gain / (average gain + average loss).
 * Both averages start as the simple average of the first `period` changes and are smoothed as (before x (period - 1) + change) / period.
 *
 * Without movement, when both averages are 0, the output is 0 as in TA-Lib: there, 0 does not mean oversold, and a
 * strategy that buys weakness has to leave readings of exactly 0 alone.
 */
export const rsiDefinition: IndicatorDefinition = {
  name: "rsi",
  lines: SINGLE_LINE,
  create: ({ period }) => new RsiKernel(checkedPeriod("rsi", period)),
};

/** Declares a relative strength index of the close over `period` changes, 0 to 100. Throws RangeError for a period outside 1 to 1000. */
export function rsi(period: number): LinedSpec<"value"> {
  return { name: "rsi", params: { period: checkedPeriod("rsi", period) }, lines: SINGLE_LINE };
}

class RsiKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #period: number;
  #changes = -1;
  #close = Number.NaN;
  #gain = 0;
  #loss = 0;
  #value = Number.NaN;

  constructor(period: number) {
    this.#period = period;
    this.warmup = period + 1;
  }

  push({ close }: Candle): void {
    const change = close - this.#close;
    this.#close = close;
    if (this.#changes < this.#period) {
      this.#changes += 1;
      if (this.#changes > 0) this.#seed(change);
      return;
    }
    this.#gain = (this.#gain * (this.#period - 1) + Math.max(change, 0)) / this.#period;
    this.#loss = (this.#loss * (this.#period - 1) + Math.max(-change, 0)) / this.#period;
    this.#value = strength(this.#gain, this.#loss);
  }

  at(line: number): number {
    return line === 0 ? this.#value : Number.NaN;
  }

  #seed(change: number): void {
    if (change > 0) this.#gain += change;
    else this.#loss -= change;
    if (this.#changes < this.#period) return;
    this.#gain /= this.#period;
    this.#loss /= this.#period;
    this.#value = strength(this.#gain, this.#loss);
  }
}

function strength(gain: number, loss: number): number {
  const movement = gain + loss;
  return movement < NO_MOVEMENT ? 0 : 100 * (gain / movement);
}
