import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { BAND_LINES, checkedFactor, checkedPeriod, type LinedSpec, WIDTH_MAX } from "./declare.ts";
import { Exponential } from "./exponential.ts";
import { AverageRange } from "./ranges.ts";
import { typicalPrice } from "./typical.ts";

/**
 * Keltner channel (Chester Keltner 1960, with Linda Raschke's average true range), as TA-Lib's `TA_KC`: `middle` is the exponential average of
 * `period` typical prices, `upper` and `lower` lie `ranges` average true ranges over `atr` candles away. The shorter of the two leaves out so many candles
 * that both have their first value at the same one. Flat prices give three equal lines.
 */
export const keltnerDefinition: IndicatorDefinition = {
  name: "keltner",
  lines: BAND_LINES,
  create: (params) => new KeltnerKernel(checked(params)),
};

/** Declares a Keltner channel. Throws RangeError for a period outside 1 to 1000 or ranges outside 0 (exclusive) to 10. */
export function keltner(period: number, atr: number, ranges: number): LinedSpec<(typeof BAND_LINES)[number]> {
  return { name: "keltner", params: { ...checked({ period, atr, ranges }) }, lines: BAND_LINES };
}

interface Params {
  readonly period: number;
  readonly atr: number;
  readonly ranges: number;
}

class KeltnerKernel implements Kernel {
  readonly lines = BAND_LINES;
  readonly warmup: number;
  readonly #middle: Exponential;
  readonly #range: AverageRange;
  readonly #ranges: number;
  /** The candles at which the average and the range begin. */
  readonly #middleFrom: number;
  readonly #rangeFrom: number;
  #seen = 0;

  constructor({ period, atr, ranges }: Params) {
    this.warmup = Math.max(period, atr + 1);
    this.#middleFrom = this.warmup - period;
    this.#rangeFrom = this.warmup - atr - 1;
    this.#middle = new Exponential(period);
    this.#range = new AverageRange(atr);
    this.#ranges = ranges;
  }

  push(candle: Candle): void {
    if (this.#seen >= this.#middleFrom) this.#middle.push(typicalPrice(candle));
    if (this.#seen >= this.#rangeFrom) this.#range.push(candle);
    if (this.#seen < this.warmup) this.#seen += 1;
  }

  at(line: number): number {
    const middle = this.#middle.value;
    const width = this.#ranges * this.#range.value;
    if (line === 0) return middle + width;
    if (line === 2) return middle - width;
    return line === 1 ? middle : Number.NaN;
  }
}

function checked({ period, atr, ranges }: Readonly<Record<string, number>>): Params {
  return {
    period: checkedPeriod("keltner", period),
    atr: checkedPeriod("keltner", atr, "atr"),
    ranges: checkedFactor("keltner", ranges, "ranges", WIDTH_MAX),
  };
}
