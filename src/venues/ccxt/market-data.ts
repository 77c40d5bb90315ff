import type { Exchange } from "ccxt";
import { z } from "zod";
import { type Candle, candleProblem } from "../../domain/candle.ts";
import { ConfigError, TransientError } from "../../domain/errors.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { MINUTE_MS, SECOND_MS, spanText } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Environment } from "../../ports/live-venue.ts";
import type { PriceReading } from "../../ports/market.ts";
import { CANDLES_MAX, type MarketData } from "../../ports/marketData.ts";
import { type AskPage, pagedBackwards } from "./candle-pages.ts";
import { guardedExchange } from "./guard.ts";
import { instrumentOf } from "./instrument.ts";
import { loadExchangeClass } from "./load-class.ts";

/** Exchanges that take no beginning of a span, by the most candles that one page of theirs has: their candles are read backwards from its end. */
const BACKWARDS: ReadonlyMap<string, number> = new Map([["blofin", 100]]);
/** Waiting after a refusal for too many requests, when the exchange does not say how long, and the longest that is believed. */
const RETRY_AFTER_DEFAULT_MS = 60 * SECOND_MS;
const RETRY_AFTER_MAX_MS = 3 * 24 * 60 * MINUTE_MS;
const LIMIT_CLASSES: ReadonlySet<string> = new Set(["DDoSProtection", "RateLimitExceeded"]);
const ROWS = z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]));

export interface CcxtMarketDataOptions {
  /** ccxt's id, as `binance`. */
  readonly exchangeId: string;
  /** Which of the exchange's worlds, the real one unless said: its demo world has its own prices. A simulator has it under `/demo`. */
  readonly environment?: Environment;
  /** Base address of a simulator that is asked instead of the exchange. */
  readonly apiUrl?: string | undefined;
  readonly clock: Clock;
  /** Longest time for one whole call, its body and the waiting for the request limiter included. */
  readonly timeoutMs: number;
}

/** Public data of an exchange through ccxt. Loads only that exchange's class. Symbols are spot, or perpetual contracts where the exchange has nothing else. Throws ConfigError for an unknown exchange or one without candles or prices. */
export async function openCcxtMarketData(options: CcxtMarketDataOptions): Promise<MarketData> {
  const closing = new AbortController();
  const { apiUrl, timeoutMs, exchangeId, environment = "live" } = options;
  const exchange = guardedExchange(await loadExchangeClass(exchangeId), { apiUrl, environment, timeoutMs, closing: closing.signal });
  const has: Record<string, unknown> = exchange.has;
  const lacks = ["fetchOHLCV", "fetchTickers"].filter((name) => has[name] !== true);
  if (lacks.length > 0 || !("1m" in (exchange.timeframes ?? {}))) {
    const problem = `${exchangeId} does not offer ${lacks.includes("fetchTickers") ? "prices of several symbols at once" : "one-minute candles"}`;
    throw new ConfigError([{ setting: "MARKET", problem, remedy: "Name another exchange, as binance, or use MARKET=simulated" }]);
  }
  return new CcxtMarketData(exchange, options, closing);
}

class CcxtMarketData implements MarketData {
  readonly exchangeId: string;
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #closing: AbortController;
  #blockedUntilMs = 0;

  constructor(exchange: Exchange, { exchangeId, clock, timeoutMs }: CcxtMarketDataOptions, closing: AbortController) {
    this.exchangeId = exchangeId;
    this.#exchange = exchange;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#closing = closing;
  }

  async instruments(): Promise<ReadonlyMap<string, Instrument>> {
    const markets = await this.#call("instruments", () => this.#load());
    const found = Object.values(markets).flatMap((market) => instrumentOf(market, this.#exchange.precisionMode) ?? []);
    if (found.length === 0)
      throw new ConfigError([
        {
          setting: "MARKET",
          problem: `${this.exchangeId} lists no symbols that trade now`,
          remedy: "Name an exchange with spot markets, as binance",
        },
      ]);
    return new Map(found.map((instrument) => [instrument.symbol, instrument]));
  }

  async candles(symbol: string, fromMs: number, limit: number): Promise<Candle[]> {
    if (!(limit >= 1 && limit <= CANDLES_MAX)) throw new RangeError(`expected a limit from 1 to ${CANDLES_MAX}, found ${limit}`);
    const raw: unknown = await this.#call(`candles of ${symbol}`, async () => {
      if (!this.#exchange.markets) await this.#load();
      const page = BACKWARDS.get(this.exchangeId);
      if (page === undefined) return this.#exchange.fetchOHLCV(symbol, "1m", fromMs, limit);
      const ask: AskPage = (untilMs, rows) => this.#exchange.fetchOHLCV(symbol, "1m", undefined, rows, { until: untilMs });
      return pagedBackwards(ask, { fromMs, limit, page, nowMs: this.#clock.wall() });
    });
    const rows = ROWS.safeParse(raw);
    if (!rows.success)
      throw new TransientError(`${this.exchangeId} answered candles of ${symbol} that hold something else than six numbers`);
    const candles = rows.data.map(([openTimeMs, open, high, low, close, volume]) => ({ openTimeMs, open, high, low, close, volume }));
    for (const [index, candle] of candles.entries()) {
      const problem = orderProblem(candle, candles[index - 1]) ?? candleProblem(candle);
      if (problem) throw new TransientError(`${this.exchangeId} answered an impossible candle of ${symbol}: ${problem}`);
    }
    return candles;
  }

  async prices(symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    if (symbols.size === 0) return [];
    const wallMs = this.#clock.wall();
    const tickers = await this.#call("prices", async () => {
      if (!this.#exchange.markets) await this.#load();
      return this.#exchange.fetchTickers([...symbols]);
    });
    return [...symbols].map((symbol) => {
      const price = tickers[symbol]?.last;
      if (price === undefined || !(price > 0)) throw new TransientError(`${this.exchangeId} answered no price of ${symbol}`);
      return { symbol, price, wallMs };
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** Always asks anew: ccxt keeps a failed first answer and would repeat it for ever. */
  #load(): ReturnType<Exchange["loadMarkets"]> {
    return this.#exchange.loadMarkets(true);
  }

  /** One call inside the deadline; every failure comes out as TransientError or ConfigError, without addresses in its text. */
  async #call<Answer>(what: string, run: () => Promise<Answer>): Promise<Answer> {
    const blockedMs = this.#blockedUntilMs - this.#clock.wall();
    if (blockedMs > 0) throw new TransientError(`${this.exchangeId} asked to wait: no request for another ${spanText(blockedMs)}`);
    const answered = new AbortController();
    const deadline = this.#clock.sleep(this.#timeoutMs, answered.signal).then((): never => {
      throw new TransientError(`${this.exchangeId} did not answer ${what} within ${spanText(this.#timeoutMs)}`);
    });
    try {
      return await Promise.race([run(), deadline]);
    } catch (thrown) {
      throw this.#mapped(what, thrown);
    } finally {
      answered.abort();
    }
  }

  #mapped(what: string, thrown: unknown): Error {
    if (thrown instanceof TransientError || thrown instanceof ConfigError) return thrown;
    const kind = thrown instanceof Error ? thrown.constructor.name : typeof thrown;
    if (kind === "NotSupported")
      return new ConfigError([
        { setting: "MARKET", problem: `${this.exchangeId} does not offer ${what}`, remedy: "Name another exchange" },
      ]);
    if (LIMIT_CLASSES.has(kind)) this.#blockedUntilMs = this.#clock.wall() + this.#retryAfterMs();
    return new TransientError(`${this.exchangeId} could not be asked for ${what} (${kind})`, { cause: kind });
  }

  #retryAfterMs(): number {
    const headers: unknown = this.#exchange.last_response_headers;
    const text = z.object({ "Retry-After": z.string() }).safeParse(headers).data?.["Retry-After"];
    const waitMs = Number(text) * SECOND_MS;
    return waitMs > 0 ? Math.min(waitMs, RETRY_AFTER_MAX_MS) : RETRY_AFTER_DEFAULT_MS;
  }
}

function orderProblem(candle: Candle, before: Candle | undefined): string | undefined {
  if (candle.openTimeMs % MINUTE_MS !== 0) return `its time ${candle.openTimeMs} is not on a minute`;
  if (before && candle.openTimeMs <= before.openTimeMs) return `its time ${candle.openTimeMs} is not after the one before`;
  return undefined;
}
