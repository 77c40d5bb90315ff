import type { Candle } from "../domain/candle.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Quote } from "../domain/quote.ts";
import type { MarketMs, WallMs } from "../domain/time.ts";

/** All one-minute candles that closed at one instant. Symbols without a trade in that minute, or in a gap, are absent. */
export interface MarketStep {
  /** The minute bound at which these candles closed. */
  readonly atMs: MarketMs;
  readonly candles: ReadonlyMap<string, Candle>;
}

/**
 * A source of closed one-minute candles for paper accounts (and later of a live account's exchange). Contract:
 * candles are valid, aligned to the minute, ascending per symbol and never revised; `history` ends before, and `advance` continues at, the asked instant;
 * two processes that open an equal `stepped` market see equal candles.
 */
export interface Market {
  /** Identity that ties a store's paper books to the market they traded on. */
  readonly key: string;
  /** What a person should know about these prices, as `simulated market (invented prices)`. */
  readonly label: string;
  /** `stepped`: market time moves as fast as `MARKET_SPEED` says. `live`: market time is wall time, candles arrive, and prices are seen between them. */
  readonly pace: "stepped" | "live";
  /** Market time of a fresh desk. History exists before it, so that a bot may act at its first slot. */
  readonly startMs: MarketMs;
  /** Set where `advance` never ends. */
  readonly endless?: true;
  /** Set on a recording: where its last candle closes. */
  readonly recordedUntilMs?: MarketMs;
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** How instrument rules, spread and fees were come by, one sentence each, for start-up and `market price`. */
  readonly assumptions: readonly string[];
  /** Why nothing can trade on it at all, while that is so. */
  readonly problem?: string | undefined;
  /** Closed one-minute candles before an instant, ascending: all since the origin on a stepped market (so that indicators are equal after a restart), at least `minutes` where there are that many on a live one. */
  history(symbol: string, before: MarketMs, minutes: number): Promise<Iterable<Candle>>;
  /** Steps after an instant up to and including another, at most `limit`; `ended` when the market has none after them. */
  advance(after: MarketMs, until: MarketMs, symbols: ReadonlySet<string>, limit: number): Promise<{ steps: MarketStep[]; ended: boolean }>;
  /** The newest prices on a live market; a stepped one has none between its candles. */
  prices(symbols: ReadonlySet<string>): Promise<PriceReading[]>;
  close(): Promise<void>;
}

export interface PriceReading {
  readonly symbol: string;
  readonly price: number;
  readonly wallMs: WallMs;
  /** The best bid and ask of then, where the source tells them. */
  readonly quote?: Quote;
}
