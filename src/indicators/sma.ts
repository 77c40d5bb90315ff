import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Moments } from "./moments.ts";

/** Simple moving average of the close, as TA-Lib's `TA_SMA`: the mean of the newest `period` closes. */
export const smaDefinition: IndicatorDefinition = {
  name: "sma",
  lines: SINGLE_LINE,
  create: ({ period }) => new SmaKernel(checkedPeriod("sma", period)),
};

/** Declares a simple moving average of the close over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function sma(period: number): LinedSpec<"value"> {
  return { name: "sma", params: { period: checkedPeriod("sma", period) }, lines: SINGLE_LINE };
}

class SmaKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #moments: Moments;

  constructor(period: number) {
    this.warmup = period;
    this.#moments = new Moments(period);
  }

  push({ close }: Candle): void {
    this.#moments.push(close);
  }

  at(line: number): number {
    return line === 0 ? this.#moments.mean : Number.NaN;
  }
}
