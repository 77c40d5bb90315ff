import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";

/**
 * Average true range (J. Welles Wilder 1978), as TA-Lib's `TA_ATR`: the true range of a candle is the largest of high - low and the distances of both
 * from the close before. The first candle has none. The average starts as the mean of the first `period` ranges and is smoothed as
 * (before x (period - 1) + range) / period.
 */
export const atrDefinition: IndicatorDefinition = {
  name: "atr",
  lines: SINGLE_LINE,
  create: ({ period }) => new AtrKernel(checkedPeriod("atr", period)),
};

/** Declares an average true range over `period` ranges, in quote. Throws RangeError for a period outside 1 to 1000. */
export function atr(period: number): LinedSpec<"value"> {
  return { name: "atr", params: { period: checkedPeriod("atr", period) }, lines: SINGLE_LINE };
}

class AtrKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #period: number;
  #close = Number.NaN;
  #ranges = 0;
  #seedSum = 0;
  #value = Number.NaN;

  constructor(period: number) {
    this.#period = period;
    this.warmup = period + 1;
  }

  push({ high, low, close }: Candle): void {
    const before = this.#close;
    this.#close = close;
    if (Number.isNaN(before)) return;
    const range = Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
    if (this.#ranges >= this.#period) {
      this.#value = (this.#value * (this.#period - 1) + range) / this.#period;
      return;
    }
    this.#ranges += 1;
    this.#seedSum += range;
    if (this.#ranges === this.#period) this.#value = this.#seedSum / this.#period;
  }

  at(line: number): number {
    return line === 0 ? this.#value : Number.NaN;
  }
}
