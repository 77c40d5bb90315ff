import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Moments } from "./moments.ts";
import { isSame, typicalPrice } from "./typical.ts";

/**
 * Money flow index (Gene Quong and Avrum Soudack 1989), 0 to 100, as TA-Lib's `TA_MFI`: the money flow of a candle is its typical price x volume,
 * with the direction in which the typical price moved; an equal one has none. The index is 100 x upward flow / all flow over `period` candles.
 *
 * Where nothing flowed, because no price moved or nothing was traded, TA-Lib says 0, which looks oversold; here it is NaN: it says nothing.
 */
export const mfiDefinition: IndicatorDefinition = {
  name: "mfi",
  lines: SINGLE_LINE,
  create: ({ period }) => new MfiKernel(checkedPeriod("mfi", period)),
};

/** Declares a money flow index over `period` changes. Throws RangeError for a period outside 1 to 1000. */
export function mfi(period: number): LinedSpec<"value"> {
  return { name: "mfi", params: { period: checkedPeriod("mfi", period) }, lines: SINGLE_LINE };
}

class MfiKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  /** Means instead of sums: a share is the same of both. */
  readonly #up: Moments;
  readonly #down: Moments;
  #price = Number.NaN;

  constructor(period: number) {
    this.warmup = period + 1;
    this.#up = new Moments(period);
    this.#down = new Moments(period);
  }

  push(candle: Candle): void {
    const before = this.#price;
    const price = typicalPrice(candle);
    this.#price = price;
    if (Number.isNaN(before)) return;
    const flow = isSame(price, before) ? 0 : price * candle.volume;
    this.#up.push(price > before ? flow : 0);
    this.#down.push(price > before ? 0 : flow);
  }

  at(line: number): number {
    const up = this.#up.mean;
    // 0 / 0 is NaN, as it should be.
    return line === 0 ? (100 * up) / (up + this.#down.mean) : Number.NaN;
  }
}
