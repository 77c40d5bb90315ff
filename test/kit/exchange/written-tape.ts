import type { Tape, TapeCandle } from "./tape.ts";

const MINUTE_MS = 60_000;

/** Candles that are written down, for tests that need a certain price in a certain minute. */
export class WrittenTape implements Tape {
  readonly #candles = new Map<string, Map<number, TapeCandle>>();
  readonly #flat = new Map<string, number>();

  get symbols(): readonly string[] {
    return [...this.#flat.keys()];
  }

  /** Where a symbol stands in every minute that nothing else was written for. */
  flat(symbol: string, price: number): this {
    this.#flat.set(symbol, price);
    return this;
  }

  /** Writes one minute: open, low, high and close, in the order in which the path visits them. */
  minute(symbol: string, openTimeMs: number, path: readonly [open: number, low: number, high: number, close: number]): this {
    const [open, low, high, close] = path;
    const list = this.#candles.get(symbol) ?? new Map<number, TapeCandle>();
    list.set(openTimeMs, { openTimeMs, open, high, low, close, volume: 10 });
    this.#candles.set(symbol, list);
    return this;
  }

  candleAt(symbol: string, atMs: number): TapeCandle | undefined {
    const openTimeMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const written = this.#candles.get(symbol)?.get(openTimeMs);
    const price = this.#flat.get(symbol);
    if (written || price === undefined) return written;
    return { openTimeMs, open: price, high: price, low: price, close: price, volume: 10 };
  }
}
