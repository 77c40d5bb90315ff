import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Moments } from "./moments.ts";

/** Simple moving average of the volume, as TA-Lib's `TA_SMA` of it: the mean volume of the newest `period` candles, in base currency. */
export const avgvolumeDefinition: IndicatorDefinition = {
  name: "avgvolume",
  lines: SINGLE_LINE,
  create: ({ period }) => new AvgvolumeKernel(checkedPeriod("avgvolume", period)),
};

/** Declares a simple moving average of the volume over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function avgvolume(period: number): LinedSpec<"value"> {
  return { name: "avgvolume", params: { period: checkedPeriod("avgvolume", period) }, lines: SINGLE_LINE };
}

class AvgvolumeKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #moments: Moments;

  constructor(period: number) {
    this.warmup = period;
    this.#moments = new Moments(period);
  }

  push({ volume }: Candle): void {
    this.#moments.push(volume);
  }

  at(line: number): number {
    return line === 0 ? this.#moments.mean : Number.NaN;
  }
}
