import { type Decimal, ZERO } from "./money.ts";

/** Results are kept per quarter of an hour, because every time zone's day begins on one. */
export const RESULT_BUCKET_MS = 15 * 60_000;

export interface Result {
  readonly realized: Decimal;
  readonly fees: Decimal;
  readonly fills: number;
  readonly closes: number;
  readonly wins: number;
}

export const NO_RESULT: Result = { realized: ZERO, fees: ZERO, fills: 0, closes: 0, wins: 0 };
