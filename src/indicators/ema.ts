import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Exponential } from "./exponential.ts";

/**
 * Exponential moving average of the close, as TA-Lib's `TA_EMA` in its default mode: the first output is the simple average of the
 * first `period` closes, every later one moves towards the close by k = 2 / (period + 1).
 */
export const emaDefinition: IndicatorDefinition = {
  name: "ema",
  lines: SINGLE_LINE,
  create: ({ period }) => new EmaKernel(checkedPeriod("ema", period)),
};

/** Declares an exponential moving average of the close over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function ema(period: number): LinedSpec<"value"> {
  return { name: "ema", params: { period: checkedPeriod("ema", period) }, lines: SINGLE_LINE };
}

class EmaKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #average: Exponential;

  constructor(period: number) {
    this.warmup = period;
    this.#average = new Exponential(period);
  }

  push({ close }: Candle): void {
    this.#average.push(close);
  }

  at(line: number): number {
    return line === 0 ? this.#average.value : Number.NaN;
  }
}
