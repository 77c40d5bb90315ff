/** One-minute candle of the exchange: money as the text that the exchange would print. */
export interface TapeCandle {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In base. */
  readonly volume: number;
}

/**
 * The prices that a simulated exchange trades at: one-minute candles, and a path through each of them. Within a minute the price goes from the open to
 * the low, to the high and to the close, each leg a third of the minute: a stop below is met before a target above.
 */
export interface Tape {
  readonly symbols: readonly string[];
  /** The candle of the minute that an instant lies in, as if it were closed; undefined in a gap. */
  candleAt(symbol: string, atMs: number): TapeCandle | undefined;
}

const LEG_MS = 20_000;

/** Price at an instant; undefined where there is none. */
export function priceAt(tape: Tape, symbol: string, atMs: number): number | undefined {
  const candle = tape.candleAt(symbol, atMs);
  if (!candle) return undefined;
  const into = atMs - candle.openTimeMs;
  const points = [candle.open, candle.low, candle.high, candle.close];
  const leg = Math.min(2, Math.floor(into / LEG_MS));
  const share = (into - leg * LEG_MS) / LEG_MS;
  const from = points[leg]!;
  return from + (points[leg + 1]! - from) * share;
}

/** What an exchange shows of a minute that is still forming: only what has happened by `atMs`. */
export function formingCandle(tape: Tape, symbol: string, atMs: number): TapeCandle | undefined {
  const whole = tape.candleAt(symbol, atMs);
  const price = priceAt(tape, symbol, atMs);
  if (!whole || price === undefined) return undefined;
  const into = atMs - whole.openTimeMs;
  const low = into >= LEG_MS ? whole.low : price;
  const high = into >= 2 * LEG_MS ? whole.high : Math.max(whole.open, price);
  return { ...whole, low, high, close: price, volume: (whole.volume * into) / 60_000 };
}
