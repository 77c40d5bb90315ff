import type { Candle } from "./candle.ts";

/** As many warm-ups let a recursive average settle. */
const SETTLING_WARMUPS = 10;

/**
 * An indicator as an incremental kernel: O(1) per closed candle where its definition allows it, state in plain numbers. Outputs are NaN until
 * `warmup` candles were pushed, and where they would say nothing (no movement, no volume). Minutes that never came are not invented: a kernel counts
 * the candles that it is given. A kernel with several lines (Bollinger) names them in `lines`; a single or main line is named `value`.
 */
export interface Kernel {
  readonly lines: readonly string[];
  /** Candles needed before the first output. */
  readonly warmup: number;
  /** History after which outputs no longer depend on where it began, where ten warm-ups are not the answer. */
  readonly settles?: { readonly candles: number } | { readonly ms: number };
  push(candle: Candle): void;
  /** The newest output of a line. */
  at(line: number): number;
}

/** How much history to push into a fresh kernel before its outputs are those of one that ran all along, in milliseconds of market time. */
export function settlingMs({ settles, warmup }: Kernel, candleMs: number): number {
  if (settles === undefined) return warmup * SETTLING_WARMUPS * candleMs;
  return "ms" in settles ? settles.ms : settles.candles * candleMs;
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
