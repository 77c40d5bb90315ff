import type { Candle } from "../domain/candle.ts";
import { type Figure, median, tooFew } from "./figure.ts";
import { ATR_PERIOD } from "./range.ts";

/** Ranges that say what is usual. */
const USUAL_RANGES = 30;
const WHOLE = 100;
const CALM = 0.7;
const WILD = 1.5;

export interface Volatility {
  readonly figure: Figure;
  /** The newest range as a multiple of the usual one; undefined where that is not known. */
  readonly ratio: number | undefined;
}

/** How far a candle moves on average, in percent of the price, and against its own past. It has no side, so no vote. */
export function volatility(candles: readonly Candle[], ranges: readonly number[]): Volatility {
  const range = ranges.at(-1);
  const close = candles.at(-1)?.close;
  if (range === undefined || close === undefined) return { figure: tooFew("Volatility", ATR_PERIOD + 1, candles.length), ratio: undefined };
  const usual = ranges.length < USUAL_RANGES ? 0 : median(ranges);
  const ratio = usual > 0 ? range / usual : undefined;
  const value = (range / close) * WHOLE;
  const text = `${value.toFixed(2)}%`;
  const meaning = range === 0 ? "The price has not moved." : `A candle spans ${text} of the price on average, ${comparedWith(ratio)}.`;
  return { figure: { name: "Volatility", value, text, meaning, vote: undefined }, ratio };
}

function comparedWith(ratio: number | undefined): string {
  if (ratio === undefined) return "with too few candles to say whether that is usual";
  const times = `${ratio.toFixed(1)} times what is usual here`;
  if (ratio > WILD) return `${times}: wild`;
  return ratio < CALM ? `${times}: calm` : times;
}
