import type { Candle } from "../domain/candle.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { MarketMs } from "../domain/time.ts";

/** The longest history that one reading gives. */
export const READING_MINUTES_MAX = 43_200;

/** A market that this desk reads: the one that it was started with, or an exchange where it has an account. */
export interface MarketPlace {
  readonly key: string;
  readonly label: string;
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Market time, up to which candles may have closed. */
  readonly atMs: MarketMs;
}

/** Prices for people who look at them. Nothing here may hold up what trades. */
export interface MarketReader {
  /** The market that the desk was started with comes first. */
  markets(): readonly MarketPlace[];
  /**
   * The newest closed one-minute candles, ascending, of the last `minutes` before now. The same question within a minute has the same answer, and a
   * few questions run at a time. Rejects with UserError when too many do or there is no such symbol, with TransientError when a live market does not answer.
   */
  candles(marketKey: string, symbol: string, minutes: number): Promise<readonly Candle[]>;
}
