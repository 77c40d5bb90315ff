import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedFactor, checkedPeriod, type LinedSpec, WIDTH_MAX } from "./declare.ts";
import { AverageRange } from "./ranges.ts";

const LINES = ["value", "direction"] as const;
/** Candles after which it no longer matters that the first trend is taken to rise: longer than trends last. */
const SETTLES_CANDLES = 300;
/** As many warm-ups let the average range settle. */
const SETTLES_WARMUPS = 10;

/**
 * Supertrend (Olivier Seban), as TA-Lib's `TA_SUPERTREND`: bands lie `ranges` average true ranges over `period` candles above and below the middle of
 * high and low. Each band only moves towards the price, and is let go when a candle closed beyond it. A close below the lower band turns the trend
 * down, a close above the upper one turns it up. `value` is the lower band in a rise and the upper band in a fall, `direction` 1 or -1.
 *
 * The first trend is taken to rise. Flat prices keep the direction, and the line ends at the price.
 */
export const supertrendDefinition: IndicatorDefinition = {
  name: "supertrend",
  lines: LINES,
  create: (params) => new SupertrendKernel(checked(params)),
};

/** Declares a Supertrend. Throws RangeError for a period outside 1 to 1000 or ranges outside 0 (exclusive) to 10. */
export function supertrend(period: number, ranges: number): LinedSpec<(typeof LINES)[number]> {
  return { name: "supertrend", params: { ...checked({ period, ranges }) }, lines: LINES };
}

interface Params {
  readonly period: number;
  readonly ranges: number;
}

class SupertrendKernel implements Kernel {
  readonly lines = LINES;
  readonly warmup: number;
  readonly settles: { readonly candles: number };
  readonly #range: AverageRange;
  readonly #ranges: number;
  #close = Number.NaN;
  #upper = Number.NaN;
  #lower = Number.NaN;
  #direction = 1;

  constructor({ period, ranges }: Params) {
    this.warmup = period + 1;
    this.settles = { candles: Math.max(SETTLES_CANDLES, this.warmup * SETTLES_WARMUPS) };
    this.#range = new AverageRange(period);
    this.#ranges = ranges;
  }

  push(candle: Candle): void {
    const { high, low, close } = candle;
    const before = this.#close;
    this.#close = close;
    this.#range.push(candle);
    const width = this.#ranges * this.#range.value;
    if (Number.isNaN(width)) return;
    const upper = (high + low) / 2 + width;
    const lower = (high + low) / 2 - width;
    if (Number.isNaN(this.#upper)) {
      this.#upper = upper;
      this.#lower = lower;
      return;
    }
    if (upper < this.#upper || before > this.#upper) this.#upper = upper;
    if (lower > this.#lower || before < this.#lower) this.#lower = lower;
    if (this.#direction > 0 && close < this.#lower) this.#direction = -1;
    else if (this.#direction < 0 && close > this.#upper) this.#direction = 1;
  }

  at(line: number): number {
    if (Number.isNaN(this.#upper)) return Number.NaN;
    if (line === 0) return this.#direction > 0 ? this.#lower : this.#upper;
    return line === 1 ? this.#direction : Number.NaN;
  }
}

function checked({ period, ranges }: Readonly<Record<string, number>>): Params {
  return { period: checkedPeriod("supertrend", period), ranges: checkedFactor("supertrend", ranges, "ranges", WIDTH_MAX) };
}
