import { z } from "zod";
import { type Candle, candleProblem } from "../../domain/candle.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/time.ts";
import type { SharedCache } from "../../ports/cache.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Environment } from "../../ports/live-venue.ts";
import type { MarketData } from "../../ports/marketData.ts";

/** An hour that ended so long ago changes no more at any exchange. */
const SETTLED_MS = 5 * MINUTE_MS;
const KEEP_MS = 7 * DAY_MS;
const MINUTES = HOUR_MS / MINUTE_MS;

/** Sixty minutes as open, high, low, close and volume; when they open follows from the key. */
const HOUR = z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()])).length(MINUTES);

export interface CacheOptions {
  readonly cache: SharedCache;
  readonly clock: Clock;
  /** The exchange's demo world has its own prices. */
  readonly environment: Environment;
}

/**
 * Public data whose whole past hours are taken from a cache where it has them, so that a restart, and other desks behind the same address, do not ask for
 * them again. Only hours with all their minutes are kept; from the first one that is missing on, the exchange is asked.
 */
export function withCachedCandles(data: MarketData, { cache, clock, environment }: CacheOptions): MarketData {
  const keyOf = (symbol: string, hourMs: number) => `candles:1:${data.exchangeId}:${environment}:${symbol}:${hourMs}`;
  // A clock of this machine that is ahead must not keep a minute that still forms: others read it, and for days.
  const settledMs = () => Math.min(clock.wall(), data.nowMs?.() ?? Number.POSITIVE_INFINITY) - SETTLED_MS;
  const keep = (symbol: string, candles: readonly Candle[]) => {
    const hours = wholeHours(candles, settledMs());
    if (hours.size > 0) cache.put(new Map([...hours].map(([hourMs, rows]) => [keyOf(symbol, hourMs), textOf(rows)])), KEEP_MS);
  };
  const candles = async (symbol: string, fromMs: number, limit: number): Promise<Candle[]> => {
    const endMs = Math.min(fromMs + limit * MINUTE_MS, settledMs());
    const hours: number[] = [];
    for (let hourMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS; hourMs + HOUR_MS <= endMs; hourMs += HOUR_MS) hours.push(hourMs);
    const found = await cache.get(hours.map((hourMs) => keyOf(symbol, hourMs)));
    const cached: Candle[] = [];
    for (const [index, hourMs] of hours.entries()) {
      const rows = rowsOf(found[index], hourMs);
      if (rows === undefined) break;
      cached.push(...rows.filter(({ openTimeMs }) => openTimeMs >= fromMs));
    }
    if (cached.length >= limit) return cached.slice(0, limit);
    const nextMs = cached.at(-1)?.openTimeMs;
    const asked = await data.candles(symbol, nextMs === undefined ? fromMs : nextMs + MINUTE_MS, limit - cached.length);
    keep(symbol, asked);
    return [...cached, ...asked];
  };
  return {
    exchangeId: data.exchangeId,
    instruments: () => data.instruments(),
    candles,
    prices: (symbols) => data.prices(symbols),
    ...(data.pushes ? { pushes: data.pushes } : {}),
    ...(data.nowMs ? { nowMs: () => data.nowMs?.() } : {}),
    close: () => data.close(),
  };
}

/** The hours of which every minute is there and that have settled, by their beginning. */
function wholeHours(candles: readonly Candle[], settledMs: number): Map<number, Candle[]> {
  const hours = Map.groupBy(candles, ({ openTimeMs }) => Math.floor(openTimeMs / HOUR_MS) * HOUR_MS);
  return new Map([...hours].filter(([hourMs, rows]) => rows.length === MINUTES && hourMs + HOUR_MS <= settledMs));
}

function textOf(rows: readonly Candle[]): string {
  return JSON.stringify(rows.map(({ open, high, low, close, volume }) => [open, high, low, close, volume]));
}

/** What the cache has is judged like what an exchange says: others may write there. */
function rowsOf(text: string | undefined, hourMs: number): Candle[] | undefined {
  if (text === undefined) return undefined;
  const parsed = HOUR.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const rows = parsed.data.map(([open, high, low, close, volume], minute) => {
    return { openTimeMs: hourMs + minute * MINUTE_MS, open, high, low, close, volume };
  });
  return rows.every((row) => candleProblem(row) === undefined) ? rows : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
