import type { Candle } from "../domain/candle.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { PriceReading } from "./market.ts";

/**
 * Public data of one exchange: no keys, no orders. Contract: an answer is whole or an error. Empty, torn, wrong-shaped, late or refused answers throw
 * TransientError without any address in the text; an empty list means that the exchange really said "none".
 */
export interface MarketData {
  readonly exchangeId: string;
  /** Spot instruments that trade now, with the exchange's own steps, minimums and fees. It has no modeled costs: half spread and slippage are 0. */
  instruments(): Promise<ReadonlyMap<string, Instrument>>;
  /** One-minute candles that open at or after an instant, ascending, at most `limit` (up to `CANDLES_MAX`); the last one may be forming. */
  candles(symbol: string, fromMs: number, limit: number): Promise<Candle[]>;
  /** Last prices of all symbols in one request; `wallMs` is the wall time right before asking. */
  prices(symbols: ReadonlySet<string>): Promise<PriceReading[]>;
  close(): Promise<void>;
}

/** The most candles that one request may ask for, on any exchange. */
export const CANDLES_MAX = 1_000;
