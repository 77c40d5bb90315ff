import type { Candle } from "./candle.ts";

/**
 * An indicator as an incremental kernel: O(1) per closed candle, state in plain numbers. Outputs are NaN until `warmup` candles were pushed.
 * A kernel with several lines (Bollinger) names them in `lines`; a single line is named `value`.
 */
export interface Kernel {
  readonly lines: readonly string[];
  /** Candles needed before the first output. */
  readonly warmup: number;
  push(candle: Candle): void;
  /** The newest output of a line. */
  at(line: number): number;
}

export interface IndicatorDefinition {
  readonly name: string;
  readonly lines: readonly string[];
  /** Throws RangeError when a parameter is not one that the definition allows. */
  create(params: Readonly<Record<string, number>>): Kernel;
}

/** The newest value of each line of an indicator and the one before it. */
export interface Reading {
  readonly now: number;
  readonly before: number;
}
