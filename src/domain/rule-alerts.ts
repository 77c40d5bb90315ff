import type { MarketMs } from "./time.ts";
import type { Timeframe } from "./timeframe.ts";

/** A rule that somebody wants to be told of, once each time it becomes true. */
export interface RuleAlert {
  /** `a7`. */
  readonly id: string;
  readonly by: string;
  /** Where it was made, and is told. */
  readonly place: string;
  /** Key of the market whose candles it is asked at. */
  readonly market: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** In its canonical text. */
  readonly rule: string;
  /** Whether it was true at the candle that closed at `atMs`. It is told when it becomes so. */
  readonly isTrue: boolean;
  readonly atMs: MarketMs;
  /** When it was told last. */
  readonly firedMs?: MarketMs;
}

/** What is told of one. */
export type FiredAlert = Pick<RuleAlert, "place" | "symbol" | "timeframe" | "rule">;

/** What becomes of them. */
export type RuleAlertEvent =
  /** A rule is watched from now on; the fold gives it its id. */
  | { type: "alert-added"; alert: Omit<RuleAlert, "id"> }
  | { type: "alert-removed"; id: string; by: string }
  /** It became true at a closed candle, with what it was asked about, for it may be removed by the time that this is told. */
  | { type: "alert-fired"; id: string; closedMs: MarketMs; reason: string; close: number; alert: FiredAlert }
  /** It is no longer true, so that it may fire again. */
  | { type: "alert-rested"; id: string; closedMs: MarketMs };
