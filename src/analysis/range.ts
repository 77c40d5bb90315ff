import { ATR } from "technicalindicators";
import type { Candle } from "../domain/candle.ts";

export const ATR_PERIOD = 14;

/** Average true ranges (Wilder, the first true range is skipped, as TA-Lib), one for each candle from the fifteenth on. */
export function averageRanges(candles: readonly Candle[]): readonly number[] {
  return ATR.calculate({
    period: ATR_PERIOD,
    high: candles.map(({ high }) => high),
    low: candles.map(({ low }) => low),
    close: candles.map(({ close }) => close),
  });
}
