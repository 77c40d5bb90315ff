import type { Candle } from "../../domain/candle.ts";
import { MINUTE_MS } from "../../domain/time.ts";

const BLOCK_BITS = 14;
const BLOCK_ROWS = 1 << BLOCK_BITS;
const ROW_MASK = BLOCK_ROWS - 1;
const PRICE_COLUMNS = 5;

interface Block {
  /** Open times in minutes since the epoch. */
  readonly minutes: Int32Array;
  /** Open, high, low, close and volume of each row, one after another. */
  readonly numbers: Float64Array;
}

/** One-minute candles in typed arrays, 44 bytes a row; grows by whole blocks, so loading never copies what it has. */
export class CandleColumns {
  readonly #blocks: Block[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends a row; the caller has checked that its minute is later than the last one. */
  push(minute: number, open: number, high: number, low: number, close: number, volume: number): void {
    const row = this.#length & ROW_MASK;
    if (row === 0) this.#blocks.push({ minutes: new Int32Array(BLOCK_ROWS), numbers: new Float64Array(BLOCK_ROWS * PRICE_COLUMNS) });
    const block = this.#blocks[this.#length >>> BLOCK_BITS]!;
    block.minutes[row] = minute;
    const { numbers } = block;
    const at = row * PRICE_COLUMNS;
    numbers[at] = open;
    numbers[at + 1] = high;
    numbers[at + 2] = low;
    numbers[at + 3] = close;
    numbers[at + 4] = volume;
    this.#length += 1;
  }

  /** Open time of a row in minutes since the epoch; Infinity past the end. */
  minuteAt(index: number): number {
    return index < this.#length ? this.#blocks[index >>> BLOCK_BITS]!.minutes[index & ROW_MASK]! : Number.POSITIVE_INFINITY;
  }

  candleAt(index: number): Candle {
    const { minutes, numbers } = this.#blocks[index >>> BLOCK_BITS]!;
    const row = index & ROW_MASK;
    const at = row * PRICE_COLUMNS;
    return {
      openTimeMs: minutes[row]! * MINUTE_MS,
      open: numbers[at]!,
      high: numbers[at + 1]!,
      low: numbers[at + 2]!,
      close: numbers[at + 3]!,
      volume: numbers[at + 4]!,
    };
  }

  /** Index of the first row whose open minute is not before `minute`. */
  indexFrom(minute: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.minuteAt(middle) < minute) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Rows of [from, to) as candles, made while they are read. */
  *candles(from: number, to: number): Generator<Candle> {
    for (let index = from; index < to; index += 1) yield this.candleAt(index);
  }
}
