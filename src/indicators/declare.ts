import type { IndicatorSpec } from "../domain/signal.ts";

/** Longest period that an indicator accepts, in candles. */
export const PERIOD_MAX = 1_000;

/** A declaration that knows the names of its lines, so that a strategy reads `values.band.upper` by type. */
export interface LinedSpec<Line extends string> extends IndicatorSpec {
  readonly lines: readonly Line[];
}

/** Lines of an indicator with one output. */
export const SINGLE_LINE = ["value"] as const;

/** A period in candles that is allowed: a whole number from 1 to `PERIOD_MAX`. Throws RangeError naming the indicator. */
export function checkedPeriod(indicator: string, period: number | undefined): number {
  if (period !== undefined && Number.isInteger(period) && period >= 1 && period <= PERIOD_MAX) return period;
  throw new RangeError(
    `${indicator}: period must be a whole number of candles from 1 to ${PERIOD_MAX}, found ${period}; choose one in that range`,
  );
}
