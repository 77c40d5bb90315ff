import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec } from "./declare.ts";
import { trueRange } from "./ranges.ts";

const LINES = ["value", "plus", "minus"] as const;

/** Sums below this count as no movement; TA-Lib's `TA_EPSILON`. */
const NO_MOVEMENT = 1e-14;

/**
 * Average directional index with its two directions (J. Welles Wilder, New Concepts in Technical Trading Systems, 1978), as TA-Lib's `TA_ADX`,
 * `TA_PLUS_DI` and `TA_MINUS_DI`, 0 to 100. Of a candle only the larger move beyond the one before counts: the high's upwards or the low's downwards.
 * Moves and true ranges are summed over `period` - 1 changes and from then on as before - before / period + new. `plus` and `minus` are 100 x sum of
 * moves / sum of ranges. Their difference over their sum is averaged over `period` candles, then smoothed as (before x (period - 1) + new) / period.
 *
 * Without any movement, the directions are 0 and the index stays what it was, as in TA-Lib. All lines begin together, with the index.
 */
export const adxDefinition: IndicatorDefinition = {
  name: "adx",
  lines: LINES,
  create: ({ period }) => new AdxKernel(checkedPeriod("adx", period)),
};

/** Declares an average directional index over `period` changes. Throws RangeError for a period outside 1 to 1000. */
export function adx(period: number): LinedSpec<(typeof LINES)[number]> {
  return { name: "adx", params: { period: checkedPeriod("adx", period) }, lines: LINES };
}

class AdxKernel implements Kernel {
  readonly lines = LINES;
  readonly warmup: number;
  readonly #period: number;
  #before: Candle | undefined;
  #changes = 0;
  #up = 0;
  #down = 0;
  #range = 0;
  #plus = 0;
  #minus = 0;
  #seedSum = 0;
  #value = Number.NaN;

  constructor(period: number) {
    this.#period = period;
    this.warmup = 2 * period;
  }

  push(candle: Candle): void {
    const before = this.#before;
    this.#before = candle;
    if (before === undefined) return;
    this.#changes += 1;
    this.#sum(candle, before);
    if (this.#changes < this.#period) return;
    const moved = this.#range >= NO_MOVEMENT;
    this.#plus = moved ? (100 * this.#up) / this.#range : 0;
    this.#minus = moved ? (100 * this.#down) / this.#range : 0;
    const both = this.#plus + this.#minus;
    this.#average(both >= NO_MOVEMENT ? (100 * Math.abs(this.#plus - this.#minus)) / both : undefined);
  }

  at(line: number): number {
    if (line === 0) return this.#value;
    if (Number.isNaN(this.#value)) return Number.NaN;
    if (line === 1) return this.#plus;
    return line === 2 ? this.#minus : Number.NaN;
  }

  #sum(candle: Candle, before: Candle): void {
    const up = candle.high - before.high;
    const down = before.low - candle.low;
    if (this.#changes >= this.#period) {
      this.#up -= this.#up / this.#period;
      this.#down -= this.#down / this.#period;
      this.#range -= this.#range / this.#period;
    }
    if (down > 0 && up < down) this.#down += down;
    else if (up > 0 && up > down) this.#up += up;
    this.#range += trueRange(candle, before.close);
  }

  /** Takes the newest directional movement; undefined says nothing and moves nothing. */
  #average(movement: number | undefined): void {
    if (this.#changes < this.warmup) {
      this.#seedSum += movement ?? 0;
      if (this.#changes === this.warmup - 1) this.#value = this.#seedSum / this.#period;
    } else if (movement !== undefined) {
      this.#value = (this.#value * (this.#period - 1) + movement) / this.#period;
    }
  }
}
