import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec } from "./declare.ts";
import { Exponential } from "./exponential.ts";

const LINES = ["value", "signal", "histogram"] as const;

/**
 * Moving average convergence divergence of the close (Gerald Appel), as TA-Lib's `TA_MACD`: `value` is the exponential average over `fast` closes
 * less the one over `slow`, `signal` the exponential average of `signal` such values, `histogram` the value less its signal. Both averages begin at
 * the same candle, so the fast one is seeded with the newest `fast` of the first `slow` closes. All lines begin together, with the signal.
 */
export const macdDefinition: IndicatorDefinition = {
  name: "macd",
  lines: LINES,
  create: (params) => new MacdKernel(checked(params)),
};

/** Declares a MACD of the close. Throws RangeError for a period outside 1 to 1000 and when the slow one is not the longer. */
export function macd(fast: number, slow: number, signal: number): LinedSpec<(typeof LINES)[number]> {
  return { name: "macd", params: { ...checked({ fast, slow, signal }) }, lines: LINES };
}

interface Periods {
  readonly fast: number;
  readonly slow: number;
  readonly signal: number;
}

class MacdKernel implements Kernel {
  readonly lines = LINES;
  readonly warmup: number;
  readonly #fast: Exponential;
  readonly #slow: Exponential;
  readonly #signal: Exponential;
  /** Closes that the fast average leaves out at the beginning. */
  #skipped: number;
  #value = Number.NaN;

  constructor({ fast, slow, signal }: Periods) {
    this.warmup = slow + signal - 1;
    this.#fast = new Exponential(fast);
    this.#slow = new Exponential(slow);
    this.#signal = new Exponential(signal);
    this.#skipped = slow - fast;
  }

  push({ close }: Candle): void {
    this.#slow.push(close);
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return;
    }
    this.#fast.push(close);
    const value = this.#fast.value - this.#slow.value;
    if (Number.isNaN(value)) return;
    this.#signal.push(value);
    this.#value = value;
  }

  at(line: number): number {
    const signal = this.#signal.value;
    if (line === 1) return signal;
    if (line === 2) return this.#value - signal;
    return line === 0 && !Number.isNaN(signal) ? this.#value : Number.NaN;
  }
}

function checked({ fast, slow, signal }: Readonly<Record<string, number>>): Periods {
  const periods = {
    fast: checkedPeriod("macd", fast, "fast"),
    slow: checkedPeriod("macd", slow, "slow"),
    signal: checkedPeriod("macd", signal, "signal"),
  };
  if (periods.fast < periods.slow) return periods;
  throw new RangeError(`macd: slow must be longer than fast, found ${slow} and ${fast}; choose for example 12 and 26`);
}
