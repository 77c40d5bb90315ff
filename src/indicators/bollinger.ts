import type { Candle } from "../domain/candle.ts";
import type { IndicatorDefinition, Kernel } from "../domain/indicator.ts";
import { BAND_LINES, checkedFactor, checkedPeriod, type LinedSpec, WIDTH_MAX } from "./declare.ts";
import { Moments } from "./moments.ts";

/**
 * Bollinger bands of the close (John Bollinger), as TA-Lib's `TA_BBANDS` with a simple average: `middle` is the average of the newest
 * `period` closes, `upper` and `lower` lie `deviations` population standard deviations away. Equal closes give three equal lines.
 */
export const bollingerDefinition: IndicatorDefinition = {
  name: "bollinger",
  lines: BAND_LINES,
  create: ({ period, deviations }) => new BollingerKernel(checkedPeriod("bollinger", period), checkedDeviations(deviations)),
};

/** Declares Bollinger bands of the close. Throws RangeError for a period outside 1 to 1000 or deviations outside 0 (exclusive) to 10. */
export function bollinger(period: number, deviations: number): LinedSpec<(typeof BAND_LINES)[number]> {
  const params = { period: checkedPeriod("bollinger", period), deviations: checkedDeviations(deviations) };
  return { name: "bollinger", params, lines: BAND_LINES };
}

class BollingerKernel implements Kernel {
  readonly lines = BAND_LINES;
  readonly warmup: number;
  readonly #deviations: number;
  readonly #moments: Moments;

  constructor(period: number, deviations: number) {
    this.warmup = period;
    this.#deviations = deviations;
    this.#moments = new Moments(period);
  }

  push({ close }: Candle): void {
    this.#moments.push(close);
  }

  at(line: number): number {
    const { mean, deviation } = this.#moments;
    if (line === 0) return mean + this.#deviations * deviation;
    if (line === 1) return mean;
    return line === 2 ? mean - this.#deviations * deviation : Number.NaN;
  }
}

function checkedDeviations(deviations: number | undefined): number {
  return checkedFactor("bollinger", deviations, "deviations", WIDTH_MAX);
}
