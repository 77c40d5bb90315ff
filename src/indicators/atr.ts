import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { AverageRange } from "./ranges.ts";

/**
 * Average true range (J. Welles Wilder, New Concepts in Technical Trading Systems, 1978), as TA-Lib's `TA_ATR`: the true range of a candle is the
 * largest of high - low and the distances of both from the close before. The first candle has none. The average starts as the mean of the first
 * `period` ranges and is smoothed as (before x (period - 1) + range) / period.
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
  readonly #range: AverageRange;

  constructor(period: number) {
    this.warmup = period + 1;
    this.#range = new AverageRange(period);
  }

  push(candle: Candle): void {
    this.#range.push(candle);
  }

  at(line: number): number {
    return line === 0 ? this.#range.value : Number.NaN;
  }
}
