import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Extreme } from "./extreme.ts";

/** The lowest low of the newest `period` candles, this one included, as TA-Lib's `TA_MIN` of the lows; the lower line of a Donchian channel (Richard Donchian). */
export const lowestDefinition: IndicatorDefinition = {
  name: "lowest",
  lines: SINGLE_LINE,
  create: ({ period }) => new LowestKernel(checkedPeriod("lowest", period)),
};

/** Declares the lowest low of `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function lowest(period: number): LinedSpec<"value"> {
  return { name: "lowest", params: { period: checkedPeriod("lowest", period) }, lines: SINGLE_LINE };
}

class LowestKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #extreme: Extreme;

  constructor(period: number) {
    this.warmup = period;
    this.#extreme = new Extreme(period);
  }

  push({ low }: Candle): void {
    this.#extreme.push(-low);
  }

  at(line: number): number {
    return line === 0 ? -this.#extreme.value : Number.NaN;
  }
}
