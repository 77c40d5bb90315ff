import type { IndicatorSpec } from "../domain/signal.ts";

/** Longest period that an indicator accepts, in candles. */
export const PERIOD_MAX = 1_000;

/** Widest band that is accepted, in standard deviations or average ranges. */
export const WIDTH_MAX = 10;

/** A declaration that knows the names of its lines, so that a strategy reads `values.band.upper` by type. */
export interface LinedSpec<Line extends string> extends IndicatorSpec {
  readonly lines: readonly Line[];
}

/** Lines of an indicator with one output. */
export const SINGLE_LINE = ["value"] as const;

/** Lines of an indicator that lies around the price. */
export const BAND_LINES = ["upper", "middle", "lower"] as const;

/** A period in candles that is allowed: a whole number from 1 to `PERIOD_MAX`. Throws RangeError naming the indicator and the parameter. */
export function checkedPeriod(indicator: string, period: number | undefined, name = "period"): number {
  if (period !== undefined && Number.isInteger(period) && period >= 1 && period <= PERIOD_MAX) return period;
  throw new RangeError(
    `${indicator}: ${name} must be a whole number of candles from 1 to ${PERIOD_MAX}, found ${period}; choose one in that range`,
  );
}

/** A number above 0 and at most `max`. Throws RangeError naming the indicator and the parameter. */
export function checkedFactor(indicator: string, factor: number | undefined, name: string, max: number): number {
  if (factor !== undefined && factor > 0 && factor <= max) return factor;
  throw new RangeError(`${indicator}: ${name} must be a number above 0 and at most ${max}, found ${factor}; choose one in that range`);
}
