import type { Candle } from "../domain/candle.ts";

/** The typical price of a candle, (high + low + close) / 3, as TA-Lib's `TA_TYPPRICE`; exactly the price of a candle without a range. */
export function typicalPrice({ high, low, close }: Candle): number {
  return low + (high - low + (close - low)) / 3;
}

/** Differences below this share of what was subtracted are rounding; TA-Lib's `TA_EPSILON` in `TA_IS_ZERO_SCALED`. */
const ROUNDING = 1e-14;

/** Whether two typical prices are the same but for rounding. */
export function isSame(one: number, other: number): boolean {
  return Math.abs(one - other) <= ROUNDING * (Math.abs(one) + Math.abs(other));
}
