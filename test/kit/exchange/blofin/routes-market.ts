import { ceilToStep, type Decimal, decimal, floorToStep } from "../../../../src/domain/money.ts";
import type { PerpetualExchange } from "../perpetual/exchange.ts";
import type { Contract } from "../perpetual/types.ts";
import { FUNDING_MS } from "../perpetual/walk.ts";
import { formingCandle, type TapeCandle } from "../tape.ts";
import { type Ask, BadParameter, contractOf, type Route, text, whole } from "./ask.ts";
import type { Outcome } from "./wire-form.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const CANDLES_DEFAULT = 500;
const CANDLES_MAX = 1_440;
const PUBLIC = { right: "READ", trading: false } as const;

const BARS: Readonly<Record<string, number>> = {
  "1m": MINUTE_MS,
  "3m": 3 * MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1H": HOUR_MS,
  "2H": 2 * HOUR_MS,
  "4H": 4 * HOUR_MS,
  "6H": 6 * HOUR_MS,
  "8H": 8 * HOUR_MS,
  "12H": 12 * HOUR_MS,
  "1D": DAY_MS,
};

interface Day {
  readonly high: number;
  readonly low: number;
  readonly open: number;
  readonly volume: number;
}

/** The last 24 hours of a symbol, counted anew once an hour. */
export class DayStatistics {
  readonly #days = new Map<string, { readonly hour: number; readonly day: Day }>();

  of(ask: Ask, contract: Contract, last: number): Day {
    const hour = Math.floor(ask.seenMs / HOUR_MS);
    const known = this.#days.get(contract.instId);
    const day = known?.hour === hour ? known.day : counted(ask, contract, hour * HOUR_MS, last);
    this.#days.set(contract.instId, { hour, day });
    return { ...day, high: Math.max(day.high, last), low: Math.min(day.low, last) };
  }
}

function counted(ask: Ask, contract: Contract, endMs: number, last: number): Day {
  let day: Day = { high: last, low: last, open: last, volume: 0 };
  for (let atMs = endMs - MINUTE_MS; atMs >= endMs - DAY_MS; atMs -= MINUTE_MS) {
    const candle = ask.exchange.tape.candleAt(contract.tapeSymbol, atMs);
    if (!candle) continue;
    day = {
      high: Math.max(day.high, candle.high),
      low: Math.min(day.low, candle.low),
      open: candle.open,
      volume: day.volume + candle.volume,
    };
  }
  return day;
}

function listed(ask: Ask): Contract[] {
  return text(ask.params, "instId") === "" ? ask.exchange.contracts() : [contractOf(ask)];
}

function instruments(ask: Ask): Outcome {
  return {
    data: listed(ask).map((contract) => ({
      instId: contract.instId,
      baseCurrency: contract.base,
      quoteCurrency: "USDT",
      contractValue: contract.contractValue.toFixed(),
      listTime: String(contract.listedMs),
      expireTime: "4102444800000",
      maxLeverage: String(contract.leverageMax),
      minSize: contract.minSize.toFixed(),
      lotSize: contract.lotSize.toFixed(),
      tickSize: contract.tickSize.toFixed(),
      instType: "SWAP",
      contractType: "linear",
      maxLimitSize: contract.limitSizeMax.toFixed(),
      maxMarketSize: contract.marketSizeMax.toFixed(),
      state: ask.exchange.halted(contract.instId) ? "suspend" : "live",
      settleCurrency: "USDT",
    })),
  };
}

/** Bid, last and ask on ticks. */
export function bookOf(exchange: PerpetualExchange, contract: Contract): { bid: Decimal; last: Decimal; ask: Decimal } | undefined {
  const last = exchange.price(contract.instId);
  if (!last) return undefined;
  const bid = floorToStep(last, contract.tickSize);
  const offer = ceilToStep(last, contract.tickSize);
  return { bid, last: bid, ask: offer.isEqualTo(bid) ? bid.plus(contract.tickSize) : offer };
}

function tickers(ask: Ask, days: DayStatistics): Outcome {
  const rows = [];
  for (const contract of listed(ask)) {
    const prices = bookOf(ask.exchange, contract);
    if (!prices) continue;
    const day = days.of(ask, contract, prices.last.toNumber());
    const volume = decimal(day.volume);
    rows.push({
      instId: contract.instId,
      last: prices.last.toFixed(),
      lastSize: contract.lotSize.toFixed(),
      askPrice: prices.ask.toFixed(),
      askSize: contract.lotSize.times(100).toFixed(),
      bidPrice: prices.bid.toFixed(),
      bidSize: contract.lotSize.times(100).toFixed(),
      high24h: String(day.high),
      open24h: String(day.open),
      low24h: String(day.low),
      volCurrency24h: volume.toFixed(),
      vol24h: volume.dividedBy(contract.contractValue).toFixed(),
      ts: String(ask.seenMs),
    });
  }
  return { data: rows };
}

function books(ask: Ask): Outcome {
  const contract = contractOf(ask);
  const prices = bookOf(ask.exchange, contract);
  const levels = Math.min(whole(ask.params, "size") ?? 1, 100);
  const side = (from: Decimal, step: Decimal) =>
    Array.from({ length: levels }, (_, index) => [from.plus(step.times(index)).toFixed(), contract.lotSize.times(100 + index).toFixed()]);
  const data = prices
    ? { asks: side(prices.ask, contract.tickSize), bids: side(prices.bid, contract.tickSize.negated()), ts: String(ask.seenMs) }
    : { asks: [], bids: [], ts: String(ask.seenMs) };
  return { data: [data] };
}

function markPrice(ask: Ask): Outcome {
  const rows = listed(ask).map((contract) => ({ instId: contract.instId, price: ask.exchange.price(contract.instId) }));
  return {
    data: rows.flatMap(({ instId, price }) =>
      price ? [{ instId, indexPrice: price.toFixed(), markPrice: price.toFixed(), ts: String(ask.seenMs) }] : [],
    ),
  };
}

/** One bar from the minutes that have begun by the instant that the reader sees; undefined where the tape has none. */
function bar(ask: Ask, contract: Contract, openMs: number, spanMs: number): TapeCandle | undefined {
  let folded: TapeCandle | undefined;
  for (let atMs = openMs; atMs < openMs + spanMs && atMs <= ask.seenMs; atMs += MINUTE_MS) {
    const forming = atMs + MINUTE_MS > ask.seenMs;
    const { tape } = ask.exchange;
    const minute = forming ? formingCandle(tape, contract.tapeSymbol, ask.seenMs) : tape.candleAt(contract.tapeSymbol, atMs);
    if (!minute) continue;
    folded = folded
      ? {
          ...folded,
          high: Math.max(folded.high, minute.high),
          low: Math.min(folded.low, minute.low),
          close: minute.close,
          volume: folded.volume + minute.volume,
        }
      : { ...minute, openTimeMs: openMs };
  }
  return folded;
}

function candles(ask: Ask): Outcome {
  const contract = contractOf(ask);
  const spanMs = BARS[text(ask.params, "bar") || "1m"];
  if (spanMs === undefined) throw new BadParameter("152002", "Parameter bar error.");
  const limit = Math.min(whole(ask.params, "limit") ?? CANDLES_DEFAULT, CANDLES_MAX);
  const after = whole(ask.params, "after") ?? Number.POSITIVE_INFINITY;
  const before = whole(ask.params, "before") ?? -1;
  const newest = Math.floor(Math.min(ask.seenMs, after - 1) / spanMs) * spanMs;
  const rows: string[][] = [];
  for (let openMs = newest, looked = 0; openMs > before && rows.length < limit && looked < CANDLES_MAX; openMs -= spanMs, looked += 1) {
    const candle = bar(ask, contract, openMs, spanMs);
    if (!candle) continue;
    const volume = decimal(candle.volume);
    const prices = [candle.open, candle.high, candle.low, candle.close].map(String);
    const volumes = [volume.dividedBy(contract.contractValue), volume, volume.times(decimal(candle.close))].map((each) => each.toFixed());
    rows.push([String(openMs), ...prices, ...volumes, openMs + spanMs <= ask.seenMs ? "1" : "0"]);
  }
  return { data: rows };
}

function fundingRate(ask: Ask): Outcome {
  const next = String((Math.floor(ask.seenMs / FUNDING_MS) + 1) * FUNDING_MS);
  return { data: listed(ask).map(({ instId, fundingRate: rate }) => ({ instId, fundingRate: rate.toFixed(), fundingTime: next })) };
}

function positionTiers(ask: Ask): Outcome {
  const contract = contractOf(ask);
  const row = {
    symbol: contract.instId,
    marginMode: text(ask.params, "marginMode"),
    minSize: contract.minSize.toFixed(),
    maxSize: contract.limitSizeMax.toFixed(),
    maintenanceMarginRate: contract.maintenanceRate.toFixed(),
    maxLeverage: String(contract.leverageMax),
  };
  return { data: [row] };
}

/** Endpoints that need no key. */
export function marketRoutes(days: DayStatistics): Readonly<Record<string, Route<Ask>>> {
  const one = { ...PUBLIC, required: [], optional: ["instId"] };
  return {
    "GET /api/v1/market/instruments": { ...one, run: instruments },
    "GET /api/v1/market/tickers": { ...one, run: (ask) => tickers(ask, days) },
    "GET /api/v1/market/mark-price": { ...one, run: markPrice },
    "GET /api/v1/market/funding-rate": { ...one, run: fundingRate },
    "GET /api/v1/market/books": { ...PUBLIC, required: ["instId"], optional: ["size"], run: books },
    "GET /api/v1/market/candles": { ...PUBLIC, required: ["instId"], optional: ["bar", "after", "before", "limit"], run: candles },
    "GET /api/v1/market/position-tiers": { ...PUBLIC, required: ["instId", "marginMode"], optional: [], run: positionTiers },
  };
}
