import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { analyze, minutesWanted } from "../../analysis/analyze.ts";
import { visibleAccounts } from "../../chat/access.ts";
import { marketPlace } from "../../chat/market-place.ts";
import { foldMinutes } from "../../domain/candle.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { plain } from "../../domain/money.ts";
import { DAY_MS, MINUTE_MS } from "../../domain/time.ts";
import { TIMEFRAMES, timeframeMs } from "../../domain/timeframe.ts";
import type { AccountFacts } from "../../ports/engine.ts";
import { type MarketPlace, READING_MINUTES_MAX } from "../../ports/market-reader.ts";
import { sightOf } from "./bearer.ts";
import { CANDLES_MAX, PAIRS_A_PAGE } from "./limits.ts";
import type { Parts } from "./parts.ts";
import { errorBody, type Server } from "./server.ts";
import { defaultExchange, exchangeQuery, instId, instIdOf, symbolAt } from "./symbols.ts";

const CANDLES_PRESET = 100;
/** As many digits of a sum of doubles as adding them leaves alone. */
const SUM_DIGITS = 12;
const timeframe = z.enum(TIMEFRAMES);

const symbolsBody = z.object({
  market: z.string(),
  total: z.number(),
  pairs: z.array(
    z.object({
      inst_id: z.string(),
      symbol: z.string(),
      base: z.string(),
      quote: z.string(),
      tick_size: z.string(),
      lot_size: z.string(),
      notional_min: z.string(),
      taker_fee_bps: z.number(),
      perpetual: z.boolean(),
    }),
  ),
});

const candle = z.object({
  open_time_ms: z.number(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
  missing_minutes: z.number(),
});
const dataBody = z.object({
  market: z.string(),
  inst_id: z.string(),
  timeframe,
  at_ms: z.number(),
  last: z.number().nullable(),
  candles: z.array(candle),
});

const reading = z.object({
  timeframe,
  candles: z.number(),
  score: z.number(),
  coverage: z.number(),
  figures: z.array(
    z.object({ name: z.string(), value: z.number().nullable(), text: z.string(), meaning: z.string(), vote: z.number().nullable() }),
  ),
});
const analysisBody = z.object({
  market: z.string(),
  inst_id: z.string(),
  at_ms: z.number(),
  recommendation: z.object({
    action: z.enum(["buy", "sell", "hold"]),
    confidence_pct: z.number(),
    score: z.number(),
    reasons: z.array(z.string()),
  }),
  readings: z.array(reading),
  limits: z.array(z.string()),
});

/** Prices and what they say, for whoever holds any role. */
export function marketRoutes(app: Server, parts: Parts): void {
  symbolsRoute(app, parts);
  const params = z.object({ inst_id: instId });
  const data = {
    summary: "Closed candles of a symbol, oldest first",
    tags: ["market"],
    params,
    querystring: z.strictObject({
      exchange: exchangeQuery,
      timeframe: timeframe.default("1m"),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(CANDLES_MAX)
        .default(CANDLES_PRESET)
        .meta({
          description: `How many at most. No more than the last ${(READING_MINUTES_MAX * MINUTE_MS) / DAY_MS} days are read, so there are fewer of long ones`,
        }),
    }),
    response: { 200: dataBody, default: errorBody },
  };
  app.get("/api/market/data/:inst_id", { schema: data }, async (request) => {
    const { exchange, timeframe: length, limit } = request.query;
    const place = await placeFor(request, parts, "market price", exchange);
    const symbol = symbolAt(place, request.params.inst_id);
    const perCandle = timeframeMs(length) / MINUTE_MS;
    // One more, for the first may have begun before the first minute.
    const wanted = Math.min(READING_MINUTES_MAX, (limit + 1) * perCandle);
    const minutes = await parts.door().options.engine.candles(place.key, symbol, wanted);
    const candles = foldMinutes(minutes, length).slice(-limit);
    return {
      market: place.label,
      inst_id: instIdOf(symbol),
      timeframe: length,
      at_ms: place.atMs,
      last: minutes.at(-1)?.close ?? null,
      candles: candles.map(({ openTimeMs, open, high, low, close, volume, missingMinutes }) => {
        return { open_time_ms: openTimeMs, open, high, low, close, volume: withoutNoise(volume), missing_minutes: missingMinutes };
      }),
    };
  });
  analyzeRoute(app, parts);
}

/** A sum of doubles as its parts were written: the last digits are only what adding them left there. */
function withoutNoise(sum: number): number {
  return Number(sum.toPrecision(SUM_DIGITS));
}

function symbolsRoute(app: Server, parts: Parts): void {
  const schema = {
    summary: "The symbols of a market with their rules",
    tags: ["market"],
    querystring: z.strictObject({ exchange: exchangeQuery, page: z.coerce.number().int().min(1).max(1_000).default(1) }),
    response: { 200: symbolsBody, default: errorBody },
  };
  app.get("/api/market/pairs", { schema }, async (request) => {
    const { exchange, page } = request.query;
    const { label, instruments } = await placeFor(request, parts, "market pairs", exchange);
    const all = [...instruments.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    return { market: label, total: all.length, pairs: all.slice((page - 1) * PAIRS_A_PAGE, page * PAIRS_A_PAGE).map(ruleOf) };
  });
}

function analyzeRoute(app: Server, parts: Parts): void {
  const schema = {
    summary: "Trend, momentum, volatility, volume and levels of a symbol, and what they add up to",
    tags: ["market"],
    params: z.object({ inst_id: instId }),
    querystring: z.strictObject({ exchange: exchangeQuery, timeframe: timeframe.default("15m") }),
    response: { 200: analysisBody, default: errorBody },
  };
  app.get("/api/analyze/:inst_id", { schema }, async (request) => {
    const { exchange, timeframe: length } = request.query;
    const place = await placeFor(request, parts, "market analyze", exchange);
    const symbol = symbolAt(place, request.params.inst_id);
    const candles = await parts.door().options.engine.candles(place.key, symbol, Math.min(READING_MINUTES_MAX, minutesWanted(length)));
    // What closed while the exchange answered counts, too.
    const atMs = Math.max(place.atMs, (candles.at(-1)?.openTimeMs ?? -MINUTE_MS) + MINUTE_MS);
    const { recommendation, readings, limits } = analyze(candles, length, atMs);
    const { action, confidencePct, score, reasons } = recommendation;
    return {
      market: place.label,
      inst_id: instIdOf(symbol),
      at_ms: atMs,
      recommendation: { action, confidence_pct: confidencePct, score, reasons: [...reasons] },
      readings: readings.map(({ timeframe: each, candles: count, score: says, coverage, figures }) => ({
        ...{ timeframe: each, candles: count, score: says, coverage },
        figures: figures.map(({ name, value, text, meaning, vote }) => ({ name, value: value ?? null, text, meaning, vote: vote ?? null })),
      })),
      limits: [...limits],
    };
  });
}

/** The accounts that a bearer may see. */
export async function accountsFor(request: FastifyRequest, { door }: Parts, path: string): Promise<readonly AccountFacts[]> {
  const { people, asker } = await sightOf(request, door(), path);
  return visibleAccounts(people, asker, door().options.engine.accounts());
}

async function placeFor(request: FastifyRequest, parts: Parts, path: string, exchange: string | undefined): Promise<MarketPlace> {
  const accounts = await accountsFor(request, parts, path);
  const { engine } = parts.door().options;
  return marketPlace(engine, accounts, exchange?.toLowerCase() ?? defaultExchange(engine, accounts));
}

function ruleOf({ symbol, base, quote, tickSize, lotSize, notionalMin, takerFeeBps, contract }: Instrument) {
  return {
    ...{ inst_id: instIdOf(symbol), symbol, base, quote },
    ...{ tick_size: plain(tickSize), lot_size: plain(lotSize), notional_min: plain(notionalMin) },
    taker_fee_bps: takerFeeBps,
    perpetual: contract !== undefined,
  };
}
