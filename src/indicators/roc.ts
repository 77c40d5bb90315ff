import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";

/** Rate of change of the close in percent, as TA-Lib's `TA_ROC`: (close / close `period` candles ago - 1) x 100. */
export const rocDefinition: IndicatorDefinition = {
  name: "roc",
  lines: SINGLE_LINE,
  create: ({ period }) => new RocKernel(checkedPeriod("roc", period)),
};

/** Declares a rate of change of the close over `period` candles, in percent. Throws RangeError for a period outside 1 to 1000. */
export function roc(period: number): LinedSpec<"value"> {
  return { name: "roc", params: { period: checkedPeriod("roc", period) }, lines: SINGLE_LINE };
}

class RocKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  /** The newest `period` closes; NaN where there was none yet, which makes the first outputs NaN. */
  readonly #closes: Float64Array;
  #next = 0;
  #value = Number.NaN;

  constructor(period: number) {
    this.warmup = period + 1;
    this.#closes = new Float64Array(period).fill(Number.NaN);
  }

  push({ close }: Candle): void {
    this.#value = (close / this.#closes[this.#next]! - 1) * 100;
    this.#closes[this.#next] = close;
    this.#next = (this.#next + 1) % this.#closes.length;
  }

  at(line: number): number {
    return line === 0 ? this.#value : Number.NaN;
  }
}
