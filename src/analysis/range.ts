import type { Candle } from "../domain/candle.ts";
import { atr } from "../indicators/atr.ts";
import { createKernel } from "../indicators/registry.ts";

export const ATR_PERIOD = 14;

/** Average true ranges as bots and charts have them, one for each candle from the fifteenth on. */
export function averageRanges(candles: readonly Candle[]): readonly number[] {
  const kernel = createKernel(atr(ATR_PERIOD));
  return candles.flatMap((candle) => {
    kernel.push(candle);
    const range = kernel.at(0);
    return Number.isNaN(range) ? [] : [range];
  });
}
