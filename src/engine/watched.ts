import type { MarketMs } from "../domain/time.ts";

/** Prices that come with longer pauses than this do not watch a symbol: what happened in between only candles tell. */
export const WATCHED_MS = 120_000;

/** Since when the prices of each symbol have been watched without a pause. */
export class Watched {
  readonly #spans = new Map<string, { readonly sinceMs: MarketMs; lastMs: MarketMs }>();

  /** A price between candles: the watch goes on, or begins anew after a pause. */
  saw(symbol: string, atMs: MarketMs): void {
    const known = this.#spans.get(symbol);
    if (known && atMs - known.lastMs <= WATCHED_MS) known.lastMs = atMs;
    else this.#spans.set(symbol, { sinceMs: atMs, lastMs: atMs });
  }

  /** Undefined before the first price. */
  since(symbol: string): MarketMs | undefined {
    return this.#spans.get(symbol)?.sinceMs;
  }
}
