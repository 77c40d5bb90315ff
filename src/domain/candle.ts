import { MINUTE_MS } from "./time.ts";
import { slotOf, type Timeframe, timeframeMs } from "./timeframe.ts";

/** One OHLCV bar. `openTimeMs` is market time in UTC epoch milliseconds; volume is in base. Prices are doubles: the ledger never computes with them. */
export interface Candle {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A candle of a coarser timeframe; `missingMinutes` counts one-minute candles that never came (they are marked, not invented). */
export interface FoldedCandle extends Candle {
  readonly missingMinutes: number;
}

/** Says what is wrong with a candle's numbers, or undefined when they can be true. */
export function candleProblem(candle: Candle): string | undefined {
  const { open, high, low, close, volume } = candle;
  if (![open, high, low, close, volume].every(Number.isFinite)) return "a price or the volume is not a number";
  if (low <= 0) return `low ${low} is not above zero`;
  if (volume < 0) return `volume ${volume} is below zero`;
  if (low > Math.min(open, close) || high < Math.max(open, close))
    return `open ${open} or close ${close} lies outside low ${low} to high ${high}`;
  return undefined;
}

/**
 * Folds one-minute candles into one timeframe on epoch bounds. `push` returns the candles that this minute closed, oldest first:
 * none in mid-candle, one at a bound, and two when a gap left an unfinished candle behind and the new minute is itself a bound.
 */
export class CandleFolder {
  readonly timeframe: Timeframe;
  readonly #lengthMs: number;
  #forming: { slotMs: number; open: number; high: number; low: number; close: number; volume: number; minutes: number } | undefined;

  constructor(timeframe: Timeframe) {
    this.timeframe = timeframe;
    this.#lengthMs = timeframeMs(timeframe);
  }

  push(minute: Candle): FoldedCandle[] {
    if (this.#lengthMs === MINUTE_MS) return [{ ...minute, missingMinutes: 0 }];
    const closed: FoldedCandle[] = [];
    const slotMs = slotOf(minute.openTimeMs, this.timeframe);
    if (this.#forming && this.#forming.slotMs !== slotMs) closed.push(this.#close());
    const { open, high, low, close, volume } = minute;
    const forming = this.#forming;
    if (forming) {
      forming.high = Math.max(forming.high, high);
      forming.low = Math.min(forming.low, low);
      forming.close = close;
      forming.volume += volume;
      forming.minutes += 1;
    } else {
      this.#forming = { slotMs, open, high, low, close, volume, minutes: 1 };
    }
    if (minute.openTimeMs + MINUTE_MS === slotMs + this.#lengthMs) closed.push(this.#close());
    return closed;
  }

  #close(): FoldedCandle {
    const { slotMs, minutes, ...prices } = this.#forming!;
    this.#forming = undefined;
    return {
      openTimeMs: slotMs,
      open: prices.open,
      high: prices.high,
      low: prices.low,
      close: prices.close,
      volume: prices.volume,
      missingMinutes: this.#lengthMs / MINUTE_MS - minutes,
    };
  }
}

/** Whole candles of a timeframe from closed one-minute ones, ascending. One that began before the first minute is left out. */
export function foldMinutes(minutes: readonly Candle[], timeframe: Timeframe): FoldedCandle[] {
  const folder = new CandleFolder(timeframe);
  const firstMs = minutes[0]?.openTimeMs ?? 0;
  return minutes.flatMap((minute) => folder.push(minute)).filter(({ openTimeMs }) => openTimeMs >= firstMs);
}
