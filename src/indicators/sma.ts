import type { IndicatorDefinition } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { MeanKernel } from "./mean-kernel.ts";

/** Simple moving average of the close, as TA-Lib's `TA_SMA`: the mean of the newest `period` closes. */
export const smaDefinition: IndicatorDefinition = {
  name: "sma",
  lines: SINGLE_LINE,
  create: ({ period }) => new MeanKernel(checkedPeriod("sma", period), "close"),
};

/** Declares a simple moving average of the close over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function sma(period: number): LinedSpec<"value"> {
  return { name: "sma", params: { period: checkedPeriod("sma", period) }, lines: SINGLE_LINE };
}
