import { tickForPrice } from "../domain/instrument.ts";
import { decimal } from "../domain/money.ts";

/** What one number says about the closed candles of one timeframe. */
export interface Figure {
  readonly name: FigureName;
  /** Undefined where it cannot be known. */
  readonly value: number | undefined;
  /** The number for people, as `+1.30 ATR`; `-` where it cannot be known. */
  readonly text: string;
  /** What it means here, or why it cannot be known, in one sentence. */
  readonly meaning: string;
  /** From -1 (speaks for falling) to 1 (speaks for rising); undefined where it has no say. */
  readonly vote: number | undefined;
}

export type FigureName =
  | "Trend"
  | "RSI"
  | "Change"
  | "Volatility"
  | "Volume"
  | "Buying share"
  | "Support"
  | "Resistance"
  | "Room"
  | "Pattern";

/** A figure that the candles do not tell. */
export function unknownFigure(name: FigureName, meaning: string): Figure {
  return { name, value: undefined, text: "-", meaning, vote: undefined };
}

/** A figure that needs more candles than there are. */
export function tooFew(name: FigureName, needed: number, found: number): Figure {
  return unknownFigure(name, `It needs ${needed} closed candles, and there ${found === 1 ? "is" : "are"} ${found}.`);
}

/** The value itself, or the nearer end of the range where it lies outside. */
export function clamped(value: number, low = -1, high = 1): number {
  return Math.min(high, Math.max(low, value));
}

/** A number with its sign: `+1.30`, `-0.20`, `0.00`. */
export function signed(value: number, decimals = 2): string {
  const digits = value.toFixed(decimals).replace(/^-(?=[0.]+$)/, "");
  return value > 0 && /[1-9]/.test(digits) ? `+${digits}` : digits;
}

/** A price to the tick that its size suggests, at least two decimals, with its thousands apart as everywhere else. */
export function priceDigits(price: number): string {
  return decimal(price).toFormat(Math.max(2, tickForPrice(price).decimalPlaces() ?? 0));
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
