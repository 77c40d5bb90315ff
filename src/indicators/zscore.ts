import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Moments } from "./moments.ts";

/**
 * Standard score of the close: (close - mean) / population standard deviation, both over the newest `period` closes, this one included.
 * Equal closes have no deviation, and the score is then NaN: it says nothing, and is neither high nor low.
 */
export const zscoreDefinition: IndicatorDefinition = {
  name: "zscore",
  lines: SINGLE_LINE,
  create: ({ period }) => new ZscoreKernel(checkedPeriod("zscore", period)),
};

/** Declares a standard score of the close over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function zscore(period: number): LinedSpec<"value"> {
  return { name: "zscore", params: { period: checkedPeriod("zscore", period) }, lines: SINGLE_LINE };
}

class ZscoreKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #moments: Moments;
  #close = Number.NaN;

  constructor(period: number) {
    this.warmup = period;
    this.#moments = new Moments(period);
  }

  push({ close }: Candle): void {
    this.#close = close;
    this.#moments.push(close);
  }

  at(line: number): number {
    const { mean, deviation } = this.#moments;
    return line === 0 && deviation > 0 ? (this.#close - mean) / deviation : Number.NaN;
  }
}
