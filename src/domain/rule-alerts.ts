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
