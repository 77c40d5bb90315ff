import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Extreme } from "./extreme.ts";

/** The highest high of the newest `period` candles, this one included, as TA-Lib's `TA_MAX` of the highs; the upper line of a Donchian channel (Richard Donchian). */
export const highestDefinition: IndicatorDefinition = {
  name: "highest",
  lines: SINGLE_LINE,
  create: ({ period }) => new HighestKernel(checkedPeriod("highest", period)),
};

/** Declares the highest high of `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function highest(period: number): LinedSpec<"value"> {
  return { name: "highest", params: { period: checkedPeriod("highest", period) }, lines: SINGLE_LINE };
}

class HighestKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #extreme: Extreme;

  constructor(period: number) {
    this.warmup = period;
    this.#extreme = new Extreme(period);
  }

  push({ high }: Candle): void {
    this.#extreme.push(high);
  }

  at(line: number): number {
    return line === 0 ? this.#extreme.value : Number.NaN;
  }
}
