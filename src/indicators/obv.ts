import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { type LinedSpec, SINGLE_LINE } from "./declare.ts";

/**
 * On-balance volume (Joseph Granville 1963), in base, as TA-Lib's `TA_OBV`: it begins with the volume of the first candle, and each later one adds its
 * volume where the close rose, takes it away where the close fell, and changes nothing where it stayed. Its level depends on where it began: only its
 * changes mean something.
 */
export const obvDefinition: IndicatorDefinition = {
  name: "obv",
  lines: SINGLE_LINE,
  create: () => new ObvKernel(),
};

/** Declares an on-balance volume. */
export function obv(): LinedSpec<"value"> {
  return { name: "obv", params: {}, lines: SINGLE_LINE };
}

class ObvKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup = 1;
  #close = Number.NaN;
  #value = Number.NaN;

  push({ close, volume }: Candle): void {
    if (Number.isNaN(this.#close)) this.#value = volume;
    else if (close > this.#close) this.#value += volume;
    else if (close < this.#close) this.#value -= volume;
    this.#close = close;
  }

  at(line: number): number {
    return line === 0 ? this.#value : Number.NaN;
  }
}
