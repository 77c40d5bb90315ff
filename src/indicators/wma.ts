import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";

/**
 * Linearly weighted moving average of the close, as TA-Lib's `TA_WMA`: the newest of `period` closes weighs `period`, the one before one less, the
 * oldest 1. Equal closes give exactly that close.
 */
export const wmaDefinition: IndicatorDefinition = {
  name: "wma",
  lines: SINGLE_LINE,
  create: ({ period }) => new WmaKernel(checkedPeriod("wma", period)),
};

/** Declares a weighted moving average of the close over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function wma(period: number): LinedSpec<"value"> {
  return { name: "wma", params: { period: checkedPeriod("wma", period) }, lines: SINGLE_LINE };
}

/**
 * In amortized O(1) and without subtracting what leaves, as `Moments`: closes are cut into blocks of `period`, and the window is the tail of the
 * finished block and the head of the current one. Both keep their simple and their weighted mean, which are merged.
 */
class WmaKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #block: Float64Array;
  /** Of the finished block, from an index to its end. */
  readonly #tailWeighted: Float64Array;
  #filled = 0;
  #full = false;
  #headMean = 0;
  #headWeighted = 0;
  #value = Number.NaN;

  constructor(period: number) {
    this.warmup = period;
    this.#block = new Float64Array(period);
    this.#tailWeighted = new Float64Array(period);
  }

  push({ close }: Candle): void {
    const period = this.warmup;
    this.#block[this.#filled] = close;
    this.#filled += 1;
    const head = this.#filled;
    this.#headMean += (close - this.#headMean) / head;
    this.#headWeighted += ((close - this.#headWeighted) * 2) / (head + 1);
    if (head === period) {
      this.#endBlock();
      return;
    }
    if (!this.#full) return;
    const tail = this.#tailWeighted[head]!;
    // Weights 1 to period - head for the tail; the head's own 1 to head, each raised by period - head.
    const ownShare = (head * (head + 1)) / (period * (period + 1));
    const raisedShare = (2 * head * (period - head)) / (period * (period + 1));
    this.#value = tail + (this.#headWeighted - tail) * ownShare + (this.#headMean - tail) * raisedShare;
  }

  at(line: number): number {
    return line === 0 ? this.#value : Number.NaN;
  }

  #endBlock(): void {
    this.#value = this.#headWeighted;
    let mean = 0;
    let weighted = 0;
    for (let index = this.warmup - 1; index >= 0; index -= 1) {
      const size = this.warmup - index;
      mean += (this.#block[index]! - mean) / size;
      // A close in front raises every weight behind it by one: the sum of weights grows by as many as there are.
      weighted += ((mean - weighted) * 2) / (size + 1);
      this.#tailWeighted[index] = weighted;
    }
    this.#filled = 0;
    this.#headMean = 0;
    this.#headWeighted = 0;
    this.#full = true;
  }
}
