import { type Candle, CandleFolder } from "../domain/candle.ts";
import { type MarketMs, MINUTE_MS } from "../domain/time.ts";
import { type Timeframe, timeframeMs } from "../domain/timeframe.ts";
import type { Market } from "../ports/market.ts";

/** Most candles that one question gets. */
export const CANDLES_MAX = 6_000;

/** The newest closed candles of a timeframe before an instant, folded from the market's minutes; none where it does not know the symbol. */
export async function newestCandles(
  market: Market,
  before: MarketMs,
  symbol: string,
  timeframe: Timeframe,
  count: number,
): Promise<readonly Candle[]> {
  if (!market.instruments.has(symbol)) return [];
  const wanted = Math.min(count, CANDLES_MAX);
  // One more, because the instant mostly lies within a candle, and the first one may be cut by where the history begins.
  const minutes = Math.ceil(((wanted + 2) * timeframeMs(timeframe)) / MINUTE_MS);
  const folder = new CandleFolder(timeframe);
  const kept: Candle[] = [];
  for (const minute of await market.history(symbol, before, minutes)) {
    kept.push(...folder.push(minute));
    if (kept.length > 2 * wanted) kept.splice(0, kept.length - wanted);
  }
  return kept.slice(-wanted);
}
