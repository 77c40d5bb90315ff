import { type Decimal, ZERO } from "./money.ts";
import type { MarketMs } from "./time.ts";

/** What limits ask of the past of a bot or an account. A fold of events, so that a restart knows the same. */
export interface RiskRecord {
  /** Closed positions in a row that lost, with when and on which day of the books the last of them did. */
  losses: number;
  lastLossMs: MarketMs | undefined;
  lastLossDay: string | undefined;
  /** Entries decided on in a day of the books. */
  entriesDay: string | undefined;
  entries: number;
  /** Closed results after fees: all of them, the highest that this sum ever was, and those of a day of the books. */
  result: Decimal;
  resultPeak: Decimal;
  resultDay: string | undefined;
  dayResult: Decimal;
  /** How much worse than their price of reference the newest fills were, in basis points, oldest first. */
  slippages: number[];
}

export interface RecentOrder {
  readonly atMs: MarketMs;
  readonly botId: string;
  readonly symbol: string;
}

/** Nothing was traded yet. */
export function emptyRecord(): RiskRecord {
  return {
    losses: 0,
    lastLossMs: undefined,
    lastLossDay: undefined,
    entriesDay: undefined,
    entries: 0,
    result: ZERO,
    resultPeak: ZERO,
    resultDay: undefined,
    dayResult: ZERO,
    slippages: [],
  };
}
