import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { checkedPeriod, type LinedSpec, SINGLE_LINE } from "./declare.ts";
import { Moments } from "./moments.ts";

/** 3 - 2 sqrt(2), as Corwin and Schultz write it. */
const K = 3 - 2 * Math.SQRT2;

/**
 * The spread between bid and ask as a part of the price, estimated from highs and lows (Corwin and Schultz 2012, "A Simple Way to Estimate Bid-Ask
 * Spreads from Daily High and Low Prices"): a range holds volatility, which grows with time, and the spread, which does not, so one candle beside two
 * tells them apart. Of each pair of candles in a row: beta is the sum of both squared log ranges, gamma that of the range over both,
 * alpha = (sqrt(2 beta) - sqrt(beta)) / K - sqrt(gamma / K), and the spread is 2 (e^alpha - 1) / (1 + e^alpha), 0 where that is negative. The value is
 * the mean of the newest `period` pairs.
 *
 * NaN while one of these pairs did not move at all: where nothing was traded the formula says 0, which would look like the best of markets.
 */
export const spreadDefinition: IndicatorDefinition = {
  name: "spread",
  lines: SINGLE_LINE,
  create: ({ period }) => new SpreadKernel(checkedPeriod("spread", period)),
};

/** Declares an estimate of the spread over `period` pairs of candles, as a part of the price. Throws RangeError for a period outside 1 to 1000. */
export function spread(period: number): LinedSpec<"value"> {
  return { name: "spread", params: { period: checkedPeriod("spread", period) }, lines: SINGLE_LINE };
}

class SpreadKernel implements Kernel {
  readonly lines = SINGLE_LINE;
  readonly warmup: number;
  readonly #period: number;
  readonly #moments: Moments;
  #before: Candle | undefined;
  /** Pairs in a row that moved. */
  #moved = 0;

  constructor(period: number) {
    this.warmup = period + 1;
    this.#period = period;
    this.#moments = new Moments(period);
  }

  push(candle: Candle): void {
    const before = this.#before;
    this.#before = candle;
    if (before === undefined) return;
    const gamma = Math.log(Math.max(before.high, candle.high) / Math.min(before.low, candle.low)) ** 2;
    this.#moved = gamma > 0 ? this.#moved + 1 : 0;
    this.#moments.push(gamma > 0 ? estimateOf(before, candle, gamma) : 0);
  }

  at(line: number): number {
    return line === 0 && this.#moved >= this.#period ? this.#moments.mean : Number.NaN;
  }
}

function estimateOf(one: Candle, other: Candle, gamma: number): number {
  const beta = Math.log(one.high / one.low) ** 2 + Math.log(other.high / other.low) ** 2;
  const alpha = (Math.sqrt(2 * beta) - Math.sqrt(beta)) / K - Math.sqrt(gamma / K);
  return Math.max(0, (2 * (Math.exp(alpha) - 1)) / (1 + Math.exp(alpha)));
}
