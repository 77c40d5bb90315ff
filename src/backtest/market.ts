import type { Candle } from "../domain/candle.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type MarketMs, MINUTE_MS, marketMs } from "../domain/time.ts";
import type { Market, MarketStep } from "../ports/market.ts";
import { type CandleChunk, candleAt, rowsOf } from "./chunks.ts";
import type { CandleSource } from "./source.ts";

export interface BacktestMarketOptions {
  readonly key: string;
  readonly label: string;
  readonly instrument: Instrument;
  readonly fromMs: number;
  readonly toMs: number;
  readonly source: CandleSource;
  /** Called with the first and every later candle of the span that is handed out. */
  readonly onCandle: (candle: Candle) => void;
}

/** One symbol's past as a market of its own: stepped, begun at the span's start, ended at its end. Read once, forward. */
export class BacktestMarket implements Market {
  readonly key: string;
  readonly label: string;
  readonly pace = "stepped";
  readonly startMs: MarketMs;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly assumptions: readonly string[] = [];
  readonly #options: BacktestMarketOptions;
  readonly #past: CandleChunk[] = [];
  #isPastRead = false;
  #chunk: CandleChunk = new Float64Array(0);
  #row = 0;
  #isOver = false;

  constructor(options: BacktestMarketOptions) {
    this.#options = options;
    this.key = options.key;
    this.label = options.label;
    this.startMs = marketMs(options.fromMs);
    this.instruments = new Map([[options.instrument.symbol, options.instrument]]);
  }

  async history(_symbol: string, _before: MarketMs, minutes: number): Promise<Iterable<Candle>> {
    for (; !this.#isPastRead; ) {
      const chunk = await this.#options.source.before(minutes);
      if (chunk) this.#past.push(chunk);
      else this.#isPastRead = true;
    }
    const past = this.#past;
    return {
      *[Symbol.iterator]() {
        for (const chunk of past) for (let row = 0; row < rowsOf(chunk); row += 1) yield candleAt(chunk, row);
      },
    };
  }

  /** Nothing before the start: a first price comes with the first candle. */
  async advance(
    after: MarketMs,
    until: MarketMs,
    _symbols: ReadonlySet<string>,
    limit: number,
  ): Promise<{ steps: MarketStep[]; ended: boolean }> {
    const steps: MarketStep[] = [];
    if (after < this.startMs) return { steps, ended: false };
    while (steps.length < limit && (await this.#hasNext())) {
      const candle = candleAt(this.#chunk, this.#row);
      const atMs = marketMs(candle.openTimeMs + MINUTE_MS);
      if (atMs > until) break;
      this.#row += 1;
      this.#options.onCandle(candle);
      steps.push({ atMs, candles: new Map([[this.#options.instrument.symbol, candle]]) });
    }
    return { steps, ended: !(await this.#hasNext()) };
  }

  /** Open of the first candle of the span; undefined where it has none. */
  async firstPrice(): Promise<number | undefined> {
    return (await this.#hasNext()) ? candleAt(this.#chunk, this.#row).open : undefined;
  }

  async #hasNext(): Promise<boolean> {
    while (this.#row >= rowsOf(this.#chunk) && !this.#isOver) {
      const chunk = await this.#options.source.next();
      this.#row = 0;
      if (chunk) this.#chunk = chunk;
      else this.#isOver = true;
    }
    return !this.#isOver;
  }

  async prices(): Promise<never[]> {
    return [];
  }

  async close(): Promise<void> {}
}
