import type { Exchange } from "ccxt";
import { z } from "zod";
import { type Candle, candleProblem } from "../../domain/candle.ts";
import { ConfigError, TransientError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { quoteOf } from "../../domain/quote.ts";
import { MINUTE_MS, spanText } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Environment } from "../../ports/live-venue.ts";
import type { PriceReading } from "../../ports/market.ts";
import { CANDLES_MAX, type MarketData, type PriceListener, type PriceStream, type PushedPrices } from "../../ports/marketData.ts";
import { Governor } from "../governor.ts";
import { type AskPage, pagedBackwards } from "./candle-pages.ts";
import { guardedExchange } from "./guard.ts";
import { instrumentOf } from "./instrument.ts";
import { loadExchangeClass } from "./load-class.ts";
import { openConnection } from "./price-stream/connection.ts";
import { STREAM_DIALECTS, type StreamDialect } from "./price-stream/dialects.ts";
import { CcxtPriceStream } from "./price-stream.ts";
import { PublicGate } from "./public-gate.ts";
import { pricesPerRequest } from "./public-weight.ts";
import { VenueTimeKeeper } from "./venue-time.ts";

/** Exchanges that take no beginning of a span, by the most candles that one page of theirs has: their candles are read backwards from its end. */
const BACKWARDS: ReadonlyMap<string, number> = new Map([["blofin", 100]]);
/** What some of ccxt's classes of errors mean. */
const SAID: ReadonlyMap<string, string> = new Map([
  ["BadSymbol", "a symbol is not traded there any more: delisted or renamed"],
  ["DDoSProtection", "it asks for silence"],
  ["RateLimitExceeded", "it asks for silence"],
  ["RequestTimeout", "no answer in time"],
  ["NetworkError", "no connection"],
  ["ExchangeNotAvailable", "it is not available"],
]);
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
  /** Longest time for one whole call, its body and the waiting for its turn included. */
  readonly timeoutMs: number;
  /** The request budget that this machine's address has at the exchange, shared with its accounts. Without one, only silence is kept. */
  readonly governor?: Governor | undefined;
}

/** Public data of an exchange through ccxt. Loads only that exchange's class. Symbols are spot, or perpetual contracts where the exchange has nothing else. Throws ConfigError for an unknown exchange or one without candles or prices. */
export async function openCcxtMarketData(options: CcxtMarketDataOptions): Promise<MarketData> {
  const { apiUrl, timeoutMs, exchangeId, environment = "live", clock } = options;
  const closing = new AbortController();
  const dialect = STREAM_DIALECTS.get(exchangeId);
  const time = dialect && new VenueTimeKeeper(() => clock.monotonicMs());
  const governor = options.governor ?? new Governor({ clock, weightLimits: [], orderLimits: [] });
  const gate = new PublicGate({ exchangeId, clock, governor, time: dialect?.clock === "date-header" ? time : undefined });
  const isPaced = options.governor !== undefined;
  const guard = { apiUrl, environment, timeoutMs, closing: closing.signal, gate, isPaced };
  const exchange = guardedExchange(await loadExchangeClass(exchangeId), guard);
  const has: Record<string, unknown> = exchange.has;
  const lacks = ["fetchOHLCV", "fetchTickers"].filter((name) => has[name] !== true);
  if (lacks.length > 0 || !("1m" in (exchange.timeframes ?? {}))) {
    const problem = `${exchangeId} does not offer ${lacks.includes("fetchTickers") ? "prices of several symbols at once" : "one-minute candles"}`;
    throw new ConfigError([{ setting: "MARKET", problem, remedy: "Name another exchange, as binance, or use MARKET=simulated" }]);
  }
  return new CcxtMarketData(exchange, options, { closing, gate, dialect, time });
}

interface Parts {
  readonly closing: AbortController;
  readonly gate: PublicGate;
  readonly dialect: StreamDialect | undefined;
  readonly time: VenueTimeKeeper | undefined;
}

class CcxtMarketData implements MarketData {
  readonly exchangeId: string;
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #options: CcxtMarketDataOptions;
  readonly #parts: Parts;
  readonly pushes?: PushedPrices;

  constructor(exchange: Exchange, options: CcxtMarketDataOptions, parts: Parts) {
    this.exchangeId = options.exchangeId;
    this.#exchange = exchange;
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs;
    this.#options = options;
    this.#parts = parts;
    const { dialect, time } = parts;
    if (dialect && time)
      this.pushes = {
        time: () => time.now(),
        measure: () => this.#measure(dialect, time),
        open: (listener) => this.#stream(dialect, listener),
      };
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

  nowMs(): number | undefined {
    const measured = this.#parts.time?.now();
    return measured && this.#clock.monotonicMs() + measured.offsetMs - measured.uncertaintyMs;
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
      throw new TransientError(`${exchangeName(this.exchangeId)} answered candles of ${symbol} that hold something else than six numbers`);
    const candles = withoutDoubles(rows.data).map(([openTimeMs, open, high, low, close, volume]) => ({
      openTimeMs,
      open,
      high,
      low,
      close,
      volume,
    }));
    for (const [index, candle] of candles.entries()) {
      const problem = orderProblem(candle, candles[index - 1]) ?? candleProblem(candle);
      if (problem) throw new TransientError(`${exchangeName(this.exchangeId)} answered an impossible candle of ${symbol}: ${problem}`);
    }
    return candles;
  }

  async prices(symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    if (symbols.size === 0) return [];
    const wallMs = this.#clock.wall();
    const wanted = [...symbols];
    const most = pricesPerRequest(this.exchangeId) ?? wanted.length;
    const parts = Array.from({ length: Math.ceil(wanted.length / most) }, (_, n) => wanted.slice(n * most, (n + 1) * most));
    const answers = await this.#call("prices", async () => {
      if (!this.#exchange.markets) await this.#load();
      return Promise.all(parts.map((part) => this.#exchange.fetchTickers(part)));
    });
    const tickers = new Map(answers.flatMap((answer) => Object.entries(answer)));
    const readings = wanted.flatMap((symbol): PriceReading[] => {
      const { last: price, bid, ask } = tickers.get(symbol) ?? {};
      const quote = quoteOf(bid, ask);
      return price !== undefined && price > 0 ? [{ symbol, price, wallMs, ...(quote && { quote }) }] : [];
    });
    if (readings.length === 0)
      throw new TransientError(`${exchangeName(this.exchangeId)} answered no price of ${wanted.slice(0, 3).join(", ")}`);
    return readings;
  }

  async close(): Promise<void> {
    this.#parts.closing.abort();
  }

  #stream(dialect: StreamDialect, listener: PriceListener): PriceStream {
    const { exchangeId, environment = "live", apiUrl, clock } = this.#options;
    return new CcxtPriceStream({
      dialect,
      listener,
      clock,
      connect: (heard) => openConnection({ exchangeId, environment, apiUrl, dialect, heard }),
      idOf: (symbol) => this.#exchange.markets?.[symbol]?.id,
      silenceMs: () => this.#parts.gate.silenceMs,
    });
  }

  /** Where the exchange has no call for its time, any answer tells it. */
  async #measure(dialect: StreamDialect, time: VenueTimeKeeper): Promise<void> {
    await this.#call("its time", async () => {
      if (dialect.clock === "date-header") {
        if (this.#exchange.markets) await this.#exchange.fetchTicker(this.#exchange.symbols[0] ?? "");
        else await this.#load();
        return;
      }
      const askedMs = this.#clock.monotonicMs();
      const venueMs = await this.#exchange.fetchTime();
      if (venueMs === undefined) throw new TransientError(`${exchangeName(this.exchangeId)} answered no time`);
      time.learn({ venueLowMs: venueMs, venueHighMs: venueMs + 1, askedMs, answeredMs: this.#clock.monotonicMs() });
    });
  }

  /** Always asks anew: ccxt keeps a failed first answer and would repeat it for ever. */
  #load(): ReturnType<Exchange["loadMarkets"]> {
    return this.#exchange.loadMarkets(true);
  }

  /** One call inside the deadline; every failure comes out as TransientError or ConfigError, without addresses in its text. */
  async #call<Answer>(what: string, run: () => Promise<Answer>): Promise<Answer> {
    const answered = new AbortController();
    const closing = this.#parts.closing.signal;
    const deadline = this.#clock.sleep(this.#timeoutMs, AbortSignal.any([answered.signal, closing])).then((): never => {
      const why = closing.aborted ? "before the desk closed" : `within ${spanText(this.#timeoutMs)}`;
      throw new TransientError(`${exchangeName(this.exchangeId)} did not answer ${what} ${why}`);
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
    if (LIMIT_CLASSES.has(kind)) this.#parts.gate.limited();
    return new TransientError(`${exchangeName(this.exchangeId)} could not be asked for ${what} (${SAID.get(kind) ?? kind})`, {
      cause: kind,
    });
  }
}

/** A candle that came twice is one; two of one minute that differ are left for the check of order. */
function withoutDoubles<Row extends readonly number[]>(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row, index) => index === 0 || row.some((value, column) => value !== rows[index - 1]?.[column]));
}

function orderProblem(candle: Candle, before: Candle | undefined): string | undefined {
  if (candle.openTimeMs % MINUTE_MS !== 0) return `its time ${candle.openTimeMs} is not on a minute`;
  if (before && candle.openTimeMs <= before.openTimeMs) return `its time ${candle.openTimeMs} is not after the one before`;
  return undefined;
}
