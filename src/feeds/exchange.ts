import type { Candle } from "../domain/candle.ts";
import { ConfigError, messageOf, TransientError, UserError } from "../domain/errors.ts";
import { exchangeName } from "../domain/exchange-names.ts";
import type { Instrument } from "../domain/instrument.ts";
import { exchangeMarketKey } from "../domain/market-key.ts";
import { HOUR_MS, type MarketMs, MINUTE_MS, marketMs, minuteText, SECOND_MS, spanText } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market, MarketStep, PriceReading } from "../ports/market.ts";
import type { MarketData } from "../ports/marketData.ts";
import { HALF_SPREAD_BPS, SLIPPAGE_BPS } from "./assumptions.ts";
import {
  CLOSE_GRACE_MS,
  ClosedCandles,
  closedBound,
  type FinalCandles,
  isGivenUp,
  LATE_RETRY_MS,
  minuteBound,
  PAGE_MINUTES,
} from "./exchange/closed-candles.ts";
import { LivePrices } from "./exchange/live-prices.ts";

/** Minutes missed for longer than this are skipped: a decision on them would be worth nothing. */
export const BACKFILL_MAX_MS = 24 * HOUR_MS;
/** The most history that one question gets. */
export const HISTORY_MINUTES_MAX = 50_000;
/** Symbols asked for at a time; the exchange's own limiter spaces the requests. */
const PARALLEL_MAX = 8;
/** Symbols and their rules are read again after this; sooner when a question about one of them failed, because it may be gone, and soonest while there is no list. */
const LIST_EVERY_MS = HOUR_MS;
const LIST_AGAIN_MS = MINUTE_MS;
const LIST_FIRST_MS = 2 * SECOND_MS;

export interface ExchangeMarketOptions {
  readonly data: MarketData;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Prices of the exchange's demo world. */
  readonly demo?: boolean;
}

/**
 * Opens the public prices of an exchange as a live market. The caller's `data` is closed with it. While the exchange does not answer, the market has no
 * symbols and throws TransientError when it is asked for prices; it lists them as soon as it can.
 */
export async function openExchange(options: ExchangeMarketOptions): Promise<Market> {
  const market = new ExchangeMarket(options);
  try {
    await market.list();
  } catch (failure) {
    if (!(failure instanceof TransientError)) throw failure;
    options.logger.warn({ market: market.key, problem: messageOf(failure) }, "the exchange does not answer yet; it is asked again");
    market.keepAsking();
  }
  return market;
}

class ExchangeMarket implements Market {
  readonly key: string;
  readonly label: string;
  readonly pace = "live";
  readonly startMs: MarketMs;
  readonly #instruments = new Map<string, Instrument>();
  readonly assumptions: readonly string[];
  readonly #data: MarketData;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #closed = new Map<string, ClosedCandles>();
  readonly #prices: LivePrices;
  #skippedMs = 0;
  /** Monotonic: when the list was read last, or was tried to be. */
  #listedMs = Number.NEGATIVE_INFINITY;
  #listing: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #isListed = false;
  #listFailure: unknown;
  #hasFailed = false;

  constructor({ data, clock, logger, demo = false }: ExchangeMarketOptions) {
    this.#data = data;
    this.#clock = clock;
    this.#logger = logger;
    this.key = exchangeMarketKey(data.exchangeId, demo);
    this.label = demo ? `DEMO prices of ${exchangeName(data.exchangeId)}` : `live prices of ${exchangeName(data.exchangeId)}`;
    this.startMs = marketMs(clock.wall());
    this.#prices = new LivePrices({ data, clock, logger });
    this.assumptions = [
      `Ticks, lots, minimum notionals and fees are those that ${exchangeName(data.exchangeId)} lists for everybody; an account's own fees may differ.`,
      `Half of the spread is assumed to be ${HALF_SPREAD_BPS} bps of the price.`,
      `Slippage of a market order is assumed to be ${SLIPPAGE_BPS} bps beyond the spread.`,
    ];
  }

  get instruments(): ReadonlyMap<string, Instrument> {
    return this.#instruments;
  }

  get problem(): string | undefined {
    return this.#isListed ? undefined : `its symbols are not known yet: ${messageOf(this.#listFailure)}`;
  }

  /** Reads which symbols trade and by which rules; again after a while, because rules change. Throws TransientError while there is no list at all. */
  async list(): Promise<void> {
    const now = this.#clock.monotonicMs();
    const againMs = !this.#isListed ? LIST_FIRST_MS : this.#hasFailed ? LIST_AGAIN_MS : LIST_EVERY_MS;
    if (this.#listing || now >= this.#listedMs + againMs) {
      this.#listing ??= this.#read(now).finally(() => {
        this.#listing = undefined;
      });
      if (!this.#isListed) await this.#listing;
    } else if (!this.#isListed) throw this.#listFailure;
  }

  /** Asks for the list until there is one: a desk without bots asks for nothing else. */
  keepAsking(): void {
    const { signal } = this.#closing;
    const again = async () => {
      while (!this.#isListed && !signal.aborted) {
        await this.#clock.sleep(LIST_FIRST_MS, signal);
        if (!signal.aborted) await this.list().catch((failure: unknown) => this.#logger.debug({ failure }, "still no list of symbols"));
      }
    };
    void again();
  }

  async #read(now: number): Promise<void> {
    this.#listedMs = now;
    this.#hasFailed = false;
    try {
      this.#take(await this.#data.instruments());
    } catch (thrown) {
      // What is wrong only later, as when the exchange halts everything, is no reason to end a desk.
      const failure = this.#listFailure && thrown instanceof ConfigError ? new TransientError(thrown.message) : thrown;
      this.#listFailure = failure;
      if (!this.#isListed) throw failure;
      const problem = messageOf(failure);
      this.#logger.warn({ market: this.key, problem }, "the list of symbols could not be read again; the known one holds");
    }
  }

  #take(listed: ReadonlyMap<string, Instrument>): void {
    for (const symbol of this.#instruments.keys()) if (!listed.has(symbol)) this.#instruments.delete(symbol);
    for (const [symbol, rules] of listed)
      this.#instruments.set(symbol, { ...rules, halfSpreadBps: HALF_SPREAD_BPS, slippageBps: SLIPPAGE_BPS });
    for (const symbol of this.#closed.keys()) if (!listed.has(symbol)) this.#closed.delete(symbol);
    this.#isListed = true;
  }

  /** The earlier of this machine's time and the exchange's: a candle is closed when both say so. */
  readonly #now = (): number => Math.min(this.#clock.wall(), this.#data.nowMs?.() ?? Number.POSITIVE_INFINITY);

  async history(symbol: string, before: MarketMs, minutes: number): Promise<Iterable<Candle>> {
    await this.list();
    if (!this.instruments.has(symbol))
      throw new UserError(`${symbol} is not among the spot symbols of ${exchangeName(this.#data.exchangeId)}.`);
    const endMs = minuteBound(Math.min(before, this.#now()));
    const graceMs = endMs + CLOSE_GRACE_MS - this.#now();
    if (graceMs > 0) await this.#clock.sleep(graceMs);
    if (minutes > HISTORY_MINUTES_MAX)
      this.#logger.warn({ symbol, minutes, given: HISTORY_MINUTES_MAX }, "less history than was asked for");
    const found: Candle[] = [];
    for (let atMs = endMs - Math.min(minutes, HISTORY_MINUTES_MAX) * MINUTE_MS; atMs < endMs; atMs += PAGE_MINUTES * MINUTE_MS)
      for (const candle of await this.#page(symbol, atMs, Math.min(endMs, atMs + PAGE_MINUTES * MINUTE_MS))) found.push(candle);
    return found;
  }

  /** Final candles of a span that has passed; waits for one that is late as long as a decision would. */
  async #page(symbol: string, fromMs: number, toMs: number): Promise<readonly Candle[]> {
    const page = new ClosedCandles(symbol, this.#data, this.#clock, this.#now);
    for (;;) {
      const { candles, untilMs } = await page.between(fromMs, toMs);
      if (untilMs >= toMs) return candles;
      await this.#clock.sleep(LATE_RETRY_MS);
    }
  }

  async advance(
    after: MarketMs,
    until: MarketMs,
    symbols: ReadonlySet<string>,
    limit: number,
  ): Promise<{ steps: MarketStep[]; ended: boolean }> {
    if (symbols.size > 0) await this.list();
    const asked = [...symbols].filter((symbol) => this.instruments.has(symbol));
    const closedMs = Math.min(minuteBound(until), closedBound(this.#now()));
    if (asked.length === 0 || closedMs <= minuteBound(after)) return { steps: [], ended: false };
    for (let fromMs = this.#backfillFrom(minuteBound(after), closedMs); fromMs < closedMs; fromMs += PAGE_MINUTES * MINUTE_MS) {
      const toMs = Math.min(closedMs, fromMs + PAGE_MINUTES * MINUTE_MS);
      const finals = await this.#finals(asked, fromMs, toMs);
      const finalMs = Math.min(...[...finals.values()].map(({ untilMs }) => untilMs));
      const steps = stepsOf(finals, finalMs, limit);
      // A window that is final and empty is an outage of the exchange: what follows it must still be reached.
      if (steps.length > 0 || finalMs < toMs) return { steps, ended: false };
    }
    return { steps: [], ended: false };
  }

  async prices(symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    if (symbols.size > 0) await this.list();
    try {
      return await this.#prices.read(this.#listed(symbols));
    } catch (failure) {
      this.#hasFailed = true;
      throw failure;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#prices.close(), this.#data.close()]);
  }

  /** Those of the symbols that are listed: nearly always all of them. */
  #listed(symbols: ReadonlySet<string>): ReadonlySet<string> {
    for (const symbol of symbols)
      if (!this.instruments.has(symbol)) return new Set([...symbols].filter((each) => this.instruments.has(each)));
    return symbols;
  }

  /** Where to go on after a pause; says once what is skipped. */
  #backfillFrom(fromMs: number, closedMs: number): number {
    const earliestMs = closedMs - BACKFILL_MAX_MS;
    if (fromMs >= earliestMs) return fromMs;
    if (this.#skippedMs < fromMs) {
      const skipped = `${minuteText(fromMs)} to ${minuteText(earliestMs)} UTC`;
      this.#logger.warn({ skipped }, `candles older than ${spanText(BACKFILL_MAX_MS)} are skipped`);
    }
    this.#skippedMs = fromMs;
    return earliestMs;
  }

  /** Final candles per symbol. One that cannot be asked does not hold up the others for longer than a late candle does; when none can, it throws. */
  async #finals(symbols: readonly string[], fromMs: number, toMs: number): Promise<Map<string, FinalCandles>> {
    const found = new Map<string, FinalCandles>();
    const failures = new Map<string, unknown>();
    for (let index = 0; index < symbols.length; index += PARALLEL_MAX) {
      const batch = symbols.slice(index, index + PARALLEL_MAX);
      const answers = await Promise.allSettled(batch.map((symbol) => this.#closedOf(symbol).between(fromMs, toMs)));
      for (const [at, answer] of answers.entries()) {
        if (answer.status === "fulfilled") found.set(batch[at]!, answer.value);
        else failures.set(batch[at]!, answer.reason);
      }
    }
    if (failures.size > 0) this.#hasFailed = true;
    if (found.size === 0) throw failures.values().next().value;
    const givenUp = isGivenUp(toMs, this.#now());
    for (const [symbol, failure] of failures) {
      if (givenUp) this.#logger.warn({ symbol, reason: messageOf(failure) }, "candles could not be read; the others go on without them");
      found.set(symbol, { candles: [], untilMs: givenUp ? toMs : fromMs });
    }
    return found;
  }

  #closedOf(symbol: string): ClosedCandles {
    const known = this.#closed.get(symbol) ?? new ClosedCandles(symbol, this.#data, this.#clock, this.#now);
    this.#closed.set(symbol, known);
    return known;
  }
}

/** The candles that close at or before `finalMs`, minute by minute. */
function stepsOf(finals: ReadonlyMap<string, FinalCandles>, finalMs: number, limit: number): MarketStep[] {
  const minutes = new Map<number, Map<string, Candle>>();
  for (const [symbol, { candles }] of finals) {
    for (const candle of candles) {
      if (candle.openTimeMs >= finalMs) break;
      const bySymbol = minutes.get(candle.openTimeMs) ?? new Map<string, Candle>();
      minutes.set(candle.openTimeMs, bySymbol.set(symbol, candle));
    }
  }
  return [...minutes]
    .sort(([a], [b]) => a - b)
    .slice(0, limit)
    .map(([openTimeMs, candles]) => ({ atMs: marketMs(openTimeMs + MINUTE_MS), candles }));
}
