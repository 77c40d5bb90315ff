import type { Candle, FoldedCandle } from "../../src/domain/candle.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";

export const START_MS = Date.UTC(2022, 0, 3);

/** Minutes that open where the one before closed, at these closes; the first opens at the first close. */
export function minutesAt(closes: readonly number[], volumeAt: (index: number) => number = () => 1): Candle[] {
  return closes.map((close, index) => {
    const open = closes[index - 1] ?? close;
    const openTimeMs = START_MS + index * MINUTE_MS;
    return { openTimeMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: volumeAt(index) };
  });
}

/** One-minute candles as folded ones, none missing. */
export function whole(candles: readonly Candle[]): FoldedCandle[] {
  return candles.map((candle) => ({ ...candle, missingMinutes: 0 }));
}

/** The instant right after the last candle. */
export function endOf(candles: readonly Candle[]): number {
  return candles.at(-1)!.openTimeMs + MINUTE_MS;
}

/** A path of so many closes. */
export function path(length: number, at: (index: number) => number): number[] {
  return Array.from({ length }, (_, index) => at(index));
}
