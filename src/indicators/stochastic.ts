import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec } from "./declare.ts";
import { Extreme } from "./extreme.ts";
import { Moments } from "./moments.ts";

const LINES = ["k", "d"] as const;

/**
 * Stochastic oscillator (George Lane), 0 to 100, as TA-Lib's `TA_STOCH` with simple averages: where the close lies between the lowest low (0) and the
 * highest high (100) of `period` candles. `k` is the average of the newest `smoothing` of these readings, `d` the average of `signal` values of k.
 * With a smoothing of 1 it is the fast stochastic, `TA_STOCHF`. Both lines begin together.
 *
 * A window without a range has no place in it. TA-Lib says 0 there, which looks oversold; here such a reading, and every average that it is part of,
 * is NaN: it says nothing.
 */
export const stochasticDefinition: IndicatorDefinition = {
  name: "stochastic",
  lines: LINES,
  create: (params) => new StochasticKernel(checked(params)),
};

/** Declares a stochastic oscillator; a smoothing of 1 is the fast one. Throws RangeError for a period outside 1 to 1000. */
export function stochastic(period: number, smoothing: number, signal: number): LinedSpec<(typeof LINES)[number]> {
  return { name: "stochastic", params: { ...checked({ period, smoothing, signal }) }, lines: LINES };
}

interface Periods {
  readonly period: number;
  readonly smoothing: number;
  readonly signal: number;
}

class StochasticKernel implements Kernel {
  readonly lines = LINES;
  readonly warmup: number;
  readonly #firstReading: number;
  readonly #firstK: number;
  readonly #high: Extreme;
  readonly #low: Extreme;
  readonly #k: Moments;
  readonly #d: Moments;
  #seen = 0;

  constructor({ period, smoothing, signal }: Periods) {
    this.#firstReading = period;
    this.#firstK = period + smoothing - 1;
    this.warmup = this.#firstK + signal - 1;
    this.#high = new Extreme(period);
    this.#low = new Extreme(period);
    this.#k = new Moments(smoothing);
    this.#d = new Moments(signal);
  }

  push({ high, low, close }: Candle): void {
    this.#high.push(high);
    this.#low.push(-low);
    this.#seen = Math.min(this.warmup, this.#seen + 1);
    if (this.#seen < this.#firstReading) return;
    const lowest = -this.#low.value;
    // 0 / 0 is NaN, as it should be.
    this.#k.push((100 * (close - lowest)) / (this.#high.value - lowest));
    if (this.#seen >= this.#firstK) this.#d.push(this.#k.mean);
  }

  at(line: number): number {
    if (this.#seen < this.warmup) return Number.NaN;
    if (line === 0) return this.#k.mean;
    return line === 1 ? this.#d.mean : Number.NaN;
  }
}

function checked({ period, smoothing, signal }: Readonly<Record<string, number>>): Periods {
  return {
    period: checkedPeriod("stochastic", period),
    smoothing: checkedPeriod("stochastic", smoothing, "smoothing"),
    signal: checkedPeriod("stochastic", signal, "signal"),
  };
}
