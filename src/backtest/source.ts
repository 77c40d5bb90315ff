import type { Candle } from "../domain/candle.ts";
import { MINUTE_MS, marketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Market } from "../ports/market.ts";
import { type CandleChunk, chunkOf } from "./chunks.ts";

/** Two days of minutes: small enough to leave room for what trades, large enough that asking costs nothing. */
const CHUNK_MINUTES = 2_880;

/** Where a backtest gets its candles from, a piece at a time, so that any length fits into memory. */
export interface CandleSource {
  /** The next piece of what was before the span, of at least so many minutes where there are that many; undefined after the last. */
  before(minutes: number): Promise<CandleChunk | undefined>;
  /** The next piece of the span, possibly empty; undefined after the last. */
  next(): Promise<CandleChunk | undefined>;
}

export interface SourceSpan {
  readonly symbol: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Reads one symbol of a market that others trade on at the same time: between two pieces they have their turn. */
export class MarketSource implements CandleSource {
  readonly #market: Market;
  readonly #span: SourceSpan;
  readonly #clock: Clock;
  #past: AsyncGenerator<CandleChunk> | undefined;
  #atMs: number;

  constructor(market: Market, span: SourceSpan, clock: Clock) {
    this.#market = market;
    this.#span = span;
    this.#clock = clock;
    this.#atMs = span.fromMs;
  }

  async before(minutes: number): Promise<CandleChunk | undefined> {
    this.#past ??= this.#history(minutes);
    const { value, done } = await this.#past.next();
    return done ? undefined : value;
  }

  async *#history(minutes: number): AsyncGenerator<CandleChunk> {
    let piece: Candle[] = [];
    for (const candle of await this.#market.history(this.#span.symbol, marketMs(this.#span.fromMs), minutes)) {
      piece.push(candle);
      if (piece.length < CHUNK_MINUTES) continue;
      yield chunkOf(piece);
      piece = [];
      await this.#clock.breathe();
    }
    if (piece.length > 0) yield chunkOf(piece);
  }

  async next(): Promise<CandleChunk | undefined> {
    const { symbol, toMs } = this.#span;
    if (this.#atMs >= toMs) return undefined;
    const fromMs = this.#atMs;
    const untilMs = Math.min(toMs, fromMs + CHUNK_MINUTES * MINUTE_MS);
    const candles: Candle[] = [];
    if (this.#market.pace === "live") {
      for (const candle of await this.#market.history(symbol, marketMs(untilMs), (untilMs - fromMs) / MINUTE_MS))
        if (candle.openTimeMs >= fromMs) candles.push(candle);
    } else {
      const { steps } = await this.#market.advance(marketMs(fromMs), marketMs(untilMs), new Set([symbol]), CHUNK_MINUTES);
      for (const step of steps) for (const candle of step.candles.values()) candles.push(candle);
    }
    this.#atMs = untilMs;
    await this.#clock.breathe();
    return chunkOf(candles);
  }
}
