import type { Candle } from "../domain/candle.ts";
import type { Kernel } from "../domain/indicator.ts";
import { SINGLE_LINE } from "./declare.ts";
import { Moments } from "./moments.ts";

/** The mean of one column of the newest `period` candles: NaN until there are so many. */
export class MeanKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #moments: Moments;
  readonly #column: "close" | "volume";

  constructor(period: number, column: "close" | "volume") {
    this.warmup = period;
    this.#moments = new Moments(period);
    this.#column = column;
  }

  push(candle: Candle): void {
    this.#moments.push(candle[this.#column]);
  }

  at(line: number): number {
    return line === 0 ? this.#moments.mean : Number.NaN;
  }
}
