import { formingCandle, type TapeCandle } from "../tape.ts";
import type { SpotMarket } from "./market.ts";
import { Refusal } from "./refusal.ts";
import { type Json, money, symbolRow } from "./render.ts";
import { open, type Route, type Visit } from "./route.ts";

const MINUTE_MS = 60_000;
const KLINES_MAX = 1_000;
const KLINES_DEFAULT = 500;
const INTERVAL_MINUTES: Readonly<Record<string, number>> = {
  "1m": 1,
  "3m": 3,
  "5m": 5,
  "15m": 15,
  "30m": 30,
  "1h": 60,
  "2h": 120,
  "4h": 240,
  "6h": 360,
  "8h": 480,
  "12h": 720,
  "1d": 1_440,
};
const SYMBOLS = { symbol: "symbol", symbols: "json" } as const;

export const MARKET_ROUTES: readonly Route[] = [
  open("GET /api/v3/ping", 1, {}, () => ({})),
  open("GET /api/v3/time", 1, {}, ({ nowMs }) => ({ serverTime: nowMs })),
  open("GET /api/v3/exchangeInfo", 20, { ...SYMBOLS, permissions: "json", showPermissionSets: "boolean" }, exchangeInfo),
  open(
    "GET /api/v3/klines",
    2,
    { "symbol!": "symbol", "interval!": "text", startTime: "long", endTime: "long", limit: "long", timeZone: "text" },
    klines,
  ),
  open(
    "GET /api/v3/ticker/24hr",
    (sent) => (sent.has("symbol") ? 2 : sent.has("symbols") ? 40 : 80),
    { ...SYMBOLS, type: ["FULL"] },
    (visit) => each(visit, dayTicker),
  ),
  open(
    "GET /api/v3/ticker/price",
    (sent) => (sent.has("symbol") ? 2 : 4),
    SYMBOLS,
    (visit) => each(visit, (market, last) => ({ symbol: market.id, price: money(last) })),
  ),
  open(
    "GET /api/v3/ticker/bookTicker",
    (sent) => (sent.has("symbol") ? 2 : 4),
    SYMBOLS,
    (visit) => each(visit, bookTicker),
  ),
  open("GET /api/v3/depth", 5, { "symbol!": "symbol", limit: "long" }, (visit) => one(visit, depth)),
  open("GET /api/v3/avgPrice", 2, { "symbol!": "symbol" }, (visit) =>
    one(visit, (_market, last, seenMs) => ({ mins: 5, price: money(last), closeTime: seenMs })),
  ),
];

function exchangeInfo(visit: Visit): Json {
  const { core, nowMs, us, limits } = visit;
  const { weightPerMinute, ordersPerTenSeconds, ordersPerDay } = limits.options;
  const status = { trading: "TRADING", halted: "HALT", "cancel-only": "BREAK", delisted: "BREAK" } as const;
  return {
    timezone: "UTC",
    serverTime: nowMs,
    rateLimits: [
      { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: weightPerMinute },
      { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: ordersPerTenSeconds },
      { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, limit: ordersPerDay },
    ],
    exchangeFilters: [],
    symbols: asked(visit, [...core.markets.values()]).map((market) => symbolRow(market.shown, status[market.mode], us)),
    ...(us ? {} : { sors: [{ baseAsset: "BTC", symbols: ["BTCUSDT"] }] }),
  };
}

function klines({ core, parameters, seenMs, nowMs }: Visit): unknown[][] {
  const market = core.market(parameters.needed("symbol"));
  const minutes = INTERVAL_MINUTES[parameters.needed("interval")];
  if (minutes === undefined) throw new Refusal(-1120, "Invalid interval.");
  const spanMs = minutes * MINUTE_MS;
  const limit = Math.min(KLINES_MAX, parameters.long("limit") ?? KLINES_DEFAULT);
  const until = Math.min(seenMs, parameters.long("endTime") ?? Number.MAX_SAFE_INTEGER);
  const lastOpen = Math.floor(until / spanMs) * spanMs;
  const from = parameters.long("startTime");
  const first = from === undefined ? lastOpen - (limit - 1) * spanMs : Math.ceil(from / spanMs) * spanMs;
  const rows: unknown[][] = [];
  for (let openTimeMs = first; openTimeMs <= lastOpen && rows.length < limit; openTimeMs += spanMs) {
    const candle = folded(core.tape, market, openTimeMs, minutes, seenMs);
    if (candle) rows.push(klineRow(candle, spanMs));
  }
  return core.candleFault?.(market.id, rows, nowMs) ?? rows;
}

/** The minutes of a longer candle that have happened, put together. */
function folded(
  tape: Visit["core"]["tape"],
  market: SpotMarket,
  openTimeMs: number,
  minutes: number,
  seenMs: number,
): TapeCandle | undefined {
  let sum: TapeCandle | undefined;
  for (let minute = openTimeMs; minute < openTimeMs + minutes * MINUTE_MS && minute <= seenMs; minute += MINUTE_MS) {
    const whole = minute + MINUTE_MS <= seenMs;
    const candle = whole ? tape.candleAt(market.id, minute) : formingCandle(tape, market.id, seenMs);
    if (!candle) continue;
    if (!sum) sum = { ...candle, openTimeMs };
    else {
      const [high, low] = [Math.max(sum.high, candle.high), Math.min(sum.low, candle.low)];
      sum = { ...sum, high, low, close: candle.close, volume: sum.volume + candle.volume };
    }
  }
  return sum;
}

function klineRow(candle: TapeCandle, spanMs: number): unknown[] {
  const { openTimeMs, open: first, high, low, close, volume } = candle;
  const prices = [first, high, low, close, volume].map(money);
  const closeTimeMs = openTimeMs + spanMs - 1;
  return [openTimeMs, ...prices, closeTimeMs, money(volume * close), 308, money(volume / 2), money((volume * close) / 2), "0"];
}

function dayTicker(market: SpotMarket, last: number, seenMs: number): Json {
  const { first, high, low, volume } = market.day(seenMs);
  const change = last - first;
  return {
    symbol: market.id,
    priceChange: money(change),
    priceChangePercent: ((change / first) * 100).toFixed(3),
    weightedAvgPrice: money((first + last) / 2),
    prevClosePrice: money(first),
    lastPrice: money(last),
    lastQty: money(market.rules.lot),
    ...bookRow(market, last),
    openPrice: money(first),
    highPrice: money(Math.max(high, last)),
    lowPrice: money(Math.min(low, last)),
    volume: money(volume),
    quoteVolume: money((volume * (first + last)) / 2),
    openTime: seenMs - 1_440 * MINUTE_MS,
    closeTime: seenMs,
    firstId: 28_385,
    lastId: 28_460,
    count: 76,
  };
}

function bookTicker(market: SpotMarket, last: number): Json {
  return { symbol: market.id, ...bookRow(market, last) };
}

function bookRow(market: SpotMarket, last: number): Json {
  return { bidPrice: money(market.bid(last)), bidQty: money(1), askPrice: money(market.ask(last)), askQty: money(1) };
}

function depth(market: SpotMarket, last: number, seenMs: number): Json {
  const { tick } = market.rules;
  const levels = [0, 1, 2, 3, 4];
  return {
    lastUpdateId: Math.floor(seenMs / 100),
    bids: levels.map((away) => [money(market.bid(last).minus(tick.times(away))), money(1)]),
    asks: levels.map((away) => [money(market.ask(last).plus(tick.times(away))), money(1)]),
  };
}

function one(visit: Visit, row: (market: SpotMarket, last: number, seenMs: number) => Json): Json {
  const market = visit.core.market(visit.parameters.needed("symbol"));
  return row(market, market.last(visit.seenMs) ?? 0, visit.seenMs);
}

/** One object for `symbol`, a list otherwise. Symbols without a price are left out of lists. */
function each(visit: Visit, row: (market: SpotMarket, last: number, seenMs: number) => Json): Json | Json[] {
  if (visit.parameters.has("symbol")) return one(visit, row);
  return asked(visit, [...visit.core.markets.values()]).flatMap((market) => {
    const last = market.last(visit.seenMs);
    return last === undefined ? [] : [row(market, last, visit.seenMs)];
  });
}

function asked({ core, parameters }: Visit, all: readonly SpotMarket[]): readonly SpotMarket[] {
  const [symbol, symbols] = [parameters.text("symbol"), parameters.text("symbols")];
  if (symbol !== undefined && symbols !== undefined) throw new Refusal(-1128, "Combination of optional parameters invalid.");
  if (symbol !== undefined) return [core.market(symbol)];
  if (symbols === undefined) return all.filter(({ mode }) => mode !== "delisted");
  return namesOf(symbols).map((name) => core.market(name));
}

function namesOf(text: string): string[] {
  const legal = /^\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}")*\]$/;
  if (!legal.test(text))
    throw new Refusal(
      -1100,
      `Illegal characters found in parameter 'symbols'; legal range is '^\\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\\]$'.`,
    );
  return text.slice(2, -2).split('","');
}
