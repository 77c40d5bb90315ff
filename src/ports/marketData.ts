import type { Candle } from "../domain/candle.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Quote } from "../domain/quote.ts";
import type { PriceReading } from "./market.ts";

/**
 * Public data of one exchange: no keys, no orders. Contract: an answer is whole or an error. Empty, torn, wrong-shaped, late or refused answers throw
 * TransientError without any address in the text; an empty list means that the exchange really said "none". While the exchange asks for silence,
 * nothing is asked and everything throws TransientError.
 */
export interface MarketData {
  readonly exchangeId: string;
  /** Spot instruments that trade now, with the exchange's own steps, minimums and fees. It has no modeled costs: half spread and slippage are 0. */
  instruments(): Promise<ReadonlyMap<string, Instrument>>;
  /** One-minute candles that open at or after an instant, ascending, at most `limit` (up to `CANDLES_MAX`); the last one may be forming. */
  candles(symbol: string, fromMs: number, limit: number): Promise<Candle[]>;
  /** Last prices, with the best bid and ask where the exchange tells them, in as few requests as the exchange counts cheapest; symbols without one are left out. `wallMs` is the wall time right before asking. */
  prices(symbols: ReadonlySet<string>): Promise<PriceReading[]>;
  /** Prices that the exchange sends by itself; absent where it does not do so soundly. */
  readonly pushes?: PushedPrices;
  /** The exchange's own time, at the least, as far as it was measured: candles close by its clock, not by ours. */
  nowMs?(): number | undefined;
  close(): Promise<void>;
}

/** The most candles that one request may ask for, on any exchange. */
export const CANDLES_MAX = 1_000;

/** The exchange's clock, as last measured against our monotonic one. */
export interface VenueTime {
  /** Exchange time less our monotonic time. */
  readonly offsetMs: number;
  /** How far the offset may be off, either way. */
  readonly uncertaintyMs: number;
}

/** Where an exchange sends last prices by itself. A price is only as good as its time: how old one is follows from the exchange's own clock. */
export interface PushedPrices {
  /** Undefined before the first measurement. */
  time(): VenueTime | undefined;
  /** Measures the exchange's clock anew. Throws TransientError. */
  measure(): Promise<void>;
  /** Opens a stream that has no symbols yet. */
  open(listener: PriceListener): PriceStream;
}

/** A last price that came by itself. */
export interface PushedPrice {
  readonly symbol: string;
  readonly price: number;
  /** The best bid and ask of then, where they come with it. */
  readonly quote?: Quote;
  /** The exchange's own time of it, by its own clock. */
  readonly venueMs: number;
}

/** Hears what happens on a stream, at the moment of its arrival. Events may be doubled, missing, late or out of order: the stream judges none of it. */
export interface PriceListener {
  pushed(price: PushedPrice): void;
  /** The connection broke, or was refused; the stream opens another one by itself. What was sent meanwhile is lost. */
  lost(reason: string): void;
}

/** A stream of last prices. It keeps itself connected, with growing pauses, while it has symbols. */
export interface PriceStream {
  /** The symbols that are wanted from now on, at most `STREAMED_MAX`; all others are given up. */
  watch(symbols: ReadonlySet<string>): void;
  /** Resolves when nothing of it is left. */
  close(): Promise<void>;
}

/** The most symbols of one stream. What is wanted beyond them is asked for. */
export const STREAMED_MAX = 200;
