import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { BAND_LINES, checkedPeriod, type LinedSpec } from "./declare.ts";
import { Extreme } from "./extreme.ts";

/**
 * Donchian channel (Richard Donchian), as TA-Lib's `TA_DONCHIAN`: `upper` is the highest high and `lower` the lowest low of the newest `period`
 * candles, this one included, `middle` their mean.
 */
export const donchianDefinition: IndicatorDefinition = {
  name: "donchian",
  lines: BAND_LINES,
  create: ({ period }) => new DonchianKernel(checkedPeriod("donchian", period)),
};

/** Declares a Donchian channel over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function donchian(period: number): LinedSpec<(typeof BAND_LINES)[number]> {
  return { name: "donchian", params: { period: checkedPeriod("donchian", period) }, lines: BAND_LINES };
}

class DonchianKernel implements Kernel {
  readonly lines = BAND_LINES;
  readonly warmup: number;
  readonly #high: Extreme;
  /** Of the lows below zero: the largest of them is the lowest low. */
  readonly #low: Extreme;

  constructor(period: number) {
    this.warmup = period;
    this.#high = new Extreme(period);
    this.#low = new Extreme(period);
  }

  push({ high, low }: Candle): void {
    this.#high.push(high);
    this.#low.push(-low);
  }

  at(line: number): number {
    if (line === 0) return this.#high.value;
    if (line === 1) return (this.#high.value - this.#low.value) / 2;
    return line === 2 ? -this.#low.value : Number.NaN;
  }
}
