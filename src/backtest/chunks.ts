import type { Candle } from "../domain/candle.ts";

/** Candles in one typed array, which goes to a thread without a copy: six numbers a row, from the open time to the volume. */
export type CandleChunk = Float64Array<ArrayBuffer>;

const COLUMNS = 6;

/** Candles in one block of doubles, cheap to hand to a thread: six for each, in the order of `candleAt`. */
export function chunkOf(candles: readonly Candle[]): CandleChunk {
  const chunk = new Float64Array(candles.length * COLUMNS);
  let at = 0;
  for (const { openTimeMs, open, high, low, close, volume } of candles) {
    chunk[at] = openTimeMs;
    chunk[at + 1] = open;
    chunk[at + 2] = high;
    chunk[at + 3] = low;
    chunk[at + 4] = close;
    chunk[at + 5] = volume;
    at += COLUMNS;
  }
  return chunk;
}

/** How many candles a block holds. */
export function rowsOf(chunk: CandleChunk): number {
  return chunk.length / COLUMNS;
}

/** One candle of a block, by its row from zero. */
export function candleAt(chunk: CandleChunk, row: number): Candle {
  const at = row * COLUMNS;
  return {
    openTimeMs: chunk[at]!,
    open: chunk[at + 1]!,
    high: chunk[at + 2]!,
    low: chunk[at + 3]!,
    close: chunk[at + 4]!,
    volume: chunk[at + 5]!,
  };
}
