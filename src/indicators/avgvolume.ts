import type { IndicatorDefinition } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { MeanKernel } from "./mean-kernel.ts";

/** Simple moving average of the volume, as TA-Lib's `TA_SMA` of it: the mean volume of the newest `period` candles, in base currency. */
export const avgvolumeDefinition: IndicatorDefinition = {
  name: "avgvolume",
  lines: SINGLE_LINE,
  create: ({ period }) => new MeanKernel(checkedPeriod("avgvolume", period), "volume"),
};

/** Declares a simple moving average of the volume over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function avgvolume(period: number): LinedSpec<"value"> {
  return { name: "avgvolume", params: { period: checkedPeriod("avgvolume", period) }, lines: SINGLE_LINE };
}
