import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Moments } from "./moments.ts";
import { isSame, typicalPrice } from "./typical.ts";

/** Lambert's constant: it puts most readings between -100 and 100. */
const LAMBERT = 0.015;

/**
 * Commodity channel index (Donald Lambert 1980), as TA-Lib's `TA_CCI`: the distance of the typical price from its simple average over `period`
 * candles, divided by 0.015 x the mean of the absolute distances of all of them from that average.
 *
 * A typical price at its average is 0, also where none of them moved; what is left there in doubles is rounding. The mean absolute distance is the
 * one number in this room that costs O(period) a candle: the average moves under all of its terms.
 */
export const cciDefinition: IndicatorDefinition = {
  name: "cci",
  lines: SINGLE_LINE,
  create: ({ period }) => new CciKernel(checkedPeriod("cci", period)),
};

/** Declares a commodity channel index over `period` candles. Throws RangeError for a period outside 1 to 1000. */
export function cci(period: number): LinedSpec<"value"> {
  return { name: "cci", params: { period: checkedPeriod("cci", period) }, lines: SINGLE_LINE };
}

class CciKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #prices: Float64Array;
  readonly #moments: Moments;
  #next = 0;
  #value = Number.NaN;

  constructor(period: number) {
    this.warmup = period;
    this.#prices = new Float64Array(period);
    this.#moments = new Moments(period);
  }

  push(candle: Candle): void {
    const price = typicalPrice(candle);
    this.#prices[this.#next] = price;
    this.#next = (this.#next + 1) % this.#prices.length;
    this.#moments.push(price);
    const { mean } = this.#moments;
    if (Number.isNaN(mean)) return;
    let distances = 0;
    for (let index = 0; index < this.#prices.length; index += 1) distances += Math.abs(this.#prices[index]! - mean);
    this.#value = isSame(price, mean) ? 0 : (price - mean) / (LAMBERT * (distances / this.#prices.length));
  }

  at(line: number): number {
    return line === 0 ? this.#value : Number.NaN;
  }
}
