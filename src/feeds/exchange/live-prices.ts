import { messageOf, TransientError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import { MINUTE_MS, SECOND_MS, spanText, wallMs } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { PriceReading } from "../../ports/market.ts";
import type { MarketData, PriceStream, PushedPrice } from "../../ports/marketData.ts";
import { ageMs, type KnownPrice, newer, PriceBook } from "./price-book.ts";
import { type Compared, DISTRUST_MS, StreamTrust } from "./stream-trust.ts";

/** Older prices are refused, and younger ones than `PRICE_REUSE_MS` are shared. */
export const PRICE_AGE_MAX_MS = 2 * SECOND_MS;
export const PRICE_REUSE_MS = SECOND_MS;
/** Streams send once a second; when their newest price is older than this, the exchange is asked, so that nobody waits for a stream that stands still. */
export const PUSHED_REUSE_MS = 1_500;
/** A symbol that nobody asks for any more keeps its place in the stream for so long. */
const KEPT_MS = MINUTE_MS;
/** The exchange's clock is measured again after this, sooner when prices contradict it, and soonest while it is unknown. */
const MEASURE_EVERY_MS = 10 * MINUTE_MS;
const MEASURE_AGAIN_MS = 30 * SECOND_MS;
const MEASURE_FIRST_MS = 5 * SECOND_MS;
/** A stream without a single price for so long is connected anew. */
const STILL_MAX_MS = 2 * MINUTE_MS;
/** The same trouble is said once in so long. */
const SAID_EVERY_MS = MINUTE_MS;

export interface LivePricesOptions {
  readonly data: MarketData;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Last prices of an exchange: pushed ones where they are fresh and believed, asked ones otherwise. How old a pushed price is follows from the exchange's
 * own time of it, corrected by its measured clock, so that a stream that stands still, or is behind, is noticed. Everything happens on being asked: no timers.
 */
export class LivePrices {
  readonly #options: LivePricesOptions;
  readonly #book = new PriceBook();
  readonly #trust = new StreamTrust();
  /** Symbols by when they were asked for last. */
  readonly #wanted = new Map<string, number>();
  #stream: PriceStream | undefined;
  #isClosed = false;
  #isTending = false;
  #measuredMs = Number.NEGATIVE_INFINITY;
  #isClockDoubtful = false;
  #heardMs: number | undefined;
  #saidMs = Number.NEGATIVE_INFINITY;

  constructor(options: LivePricesOptions) {
    this.#options = options;
  }

  /** Prices of the symbols, none older than `PRICE_AGE_MAX_MS`. Those that there is no fresh price of are left out; throws TransientError when there is none at all. */
  async read(symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    if (symbols.size === 0) return [];
    this.#want(symbols);
    this.#tend();
    const missing = [...symbols].filter((symbol) => !this.#isFresh(symbol));
    if (missing.length === 0) return this.#readings(symbols);
    const failure = await this.#ask(missing).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (failure !== undefined && !(failure instanceof TransientError)) throw failure;
    const readings = this.#readings(symbols);
    if (readings.length > 0) {
      if (failure) this.#say("some prices could not be asked for; those that are pushed go on", { problem: messageOf(failure) });
      return readings;
    }
    const { exchangeId } = this.#options.data;
    const tooLate = `${exchangeName(exchangeId)} took longer than ${spanText(PRICE_AGE_MAX_MS)} to answer prices; they are too old to act on`;
    throw failure ?? new TransientError(tooLate);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stream?.close();
  }

  #want(symbols: ReadonlySet<string>): void {
    const nowMs = this.#now();
    for (const symbol of symbols) this.#wanted.set(symbol, nowMs);
    if (this.#wanted.size > symbols.size)
      for (const [symbol, wantedMs] of this.#wanted) if (nowMs - wantedMs > KEPT_MS) this.#forget(symbol);
    const { pushes } = this.#options.data;
    if (!pushes || this.#isClosed) return;
    this.#stream ??= pushes.open({ pushed: (price) => this.#pushed(price), lost: (reason) => this.#lost(reason) });
    this.#heardMs ??= nowMs;
    const isStill = nowMs - this.#heardMs > STILL_MAX_MS;
    if (isStill) this.#say("the price stream stands still; it is connected anew", {});
    if (isStill || this.#trust.isDistrusted(nowMs)) this.#hangUp();
    else this.#stream.watch(new Set(this.#wanted.keys()));
  }

  #hangUp(): void {
    this.#stream?.watch(new Set());
    this.#book.forgetPushed();
    this.#heardMs = undefined;
  }

  #forget(symbol: string): void {
    this.#wanted.delete(symbol);
    this.#book.forget(symbol);
    this.#trust.forget(symbol);
  }

  #pushed(pushed: PushedPrice): void {
    const nowMs = this.#now();
    this.#heardMs = nowMs;
    const wantedMs = this.#wanted.get(pushed.symbol);
    if (wantedMs === undefined || nowMs - wantedMs > KEPT_MS) {
      this.#forget(pushed.symbol);
      if (this.#wanted.size === 0) this.#hangUp();
      return;
    }
    const time = this.#options.data.pushes?.time();
    if (!time) return;
    const arrival = this.#book.push(pushed, time, nowMs, PRICE_AGE_MAX_MS);
    if (arrival === "ahead" || arrival === "old") this.#isClockDoubtful = true;
  }

  #lost(reason: string): void {
    if (!this.#isClosed) this.#say("the price stream broke; prices are asked for until it is back", { problem: reason });
  }

  #say(message: string, facts: Record<string, unknown>): void {
    const nowMs = this.#now();
    if (nowMs - this.#saidMs < SAID_EVERY_MS) return;
    this.#saidMs = nowMs;
    const { logger, data } = this.#options;
    logger.warn({ exchange: data.exchangeId, ...facts }, message);
  }

  #believed(symbol: string): KnownPrice | undefined {
    if (!this.#stream) return undefined;
    return this.#trust.trusts(symbol, this.#now()) ? this.#book.pushed(symbol, this.#options.data.pushes?.time()) : undefined;
  }

  #isFresh(symbol: string): boolean {
    const [nowMs, pushed, asked] = [this.#now(), this.#believed(symbol), this.#book.asked(symbol)];
    return (
      (pushed !== undefined && ageMs(pushed, nowMs) <= PUSHED_REUSE_MS) || (asked !== undefined && ageMs(asked, nowMs) < PRICE_REUSE_MS)
    );
  }

  #readings(symbols: ReadonlySet<string>): PriceReading[] {
    const [nowMs, wall] = [this.#now(), this.#options.clock.wall()];
    const readings: PriceReading[] = [];
    for (const symbol of symbols) {
      const known = newer(this.#believed(symbol), this.#book.asked(symbol));
      if (!known || ageMs(known, nowMs) > PRICE_AGE_MAX_MS) continue;
      const { price, quote, atMs } = known;
      const seenMs = wallMs(Math.floor(wall - (nowMs - atMs)));
      readings.push(quote ? { symbol, price, quote, wallMs: seenMs } : { symbol, price, wallMs: seenMs });
    }
    return readings;
  }

  async #ask(symbols: readonly string[]): Promise<PriceReading[]> {
    const askedMs = this.#now();
    const readings = await this.#options.data.prices(new Set(symbols));
    for (const reading of readings) this.#book.ask(reading, askedMs);
    return readings;
  }

  /** What keeps the stream sound is done beside the reading, never instead of it. */
  #tend(): void {
    const { pushes } = this.#options.data;
    if (!pushes || this.#isTending || this.#isClosed) return;
    const nowMs = this.#now();
    const againMs = pushes.time() ? (this.#isClockDoubtful ? MEASURE_AGAIN_MS : MEASURE_EVERY_MS) : MEASURE_FIRST_MS;
    const isMeasureDue = nowMs - this.#measuredMs >= againMs;
    const watched = this.#trust.isCheckDue(nowMs) ? this.#pushedPrices() : new Map<string, number>();
    if (!isMeasureDue && watched.size === 0) return;
    this.#isTending = true;
    this.#care(isMeasureDue, watched)
      .catch((failure: unknown) => this.#say("the price stream could not be checked", { problem: messageOf(failure) }))
      .finally(() => {
        this.#isTending = false;
      });
  }

  async #care(isMeasureDue: boolean, before: ReadonlyMap<string, number>): Promise<void> {
    if (isMeasureDue) {
      this.#measuredMs = this.#now();
      this.#isClockDoubtful = false;
      await this.#options.data.pushes?.measure();
    }
    if (before.size > 0) await this.#check(before);
  }

  /** Fresh pushed prices, believed or not: a check is what may restore belief. */
  #pushedPrices(): Map<string, number> {
    const time = this.#options.data.pushes?.time();
    return new Map(
      [...this.#wanted.keys()].flatMap((symbol): [string, number][] => {
        const known = this.#book.pushed(symbol, time);
        return known && ageMs(known, this.#now()) <= PRICE_AGE_MAX_MS ? [[symbol, known.price]] : [];
      }),
    );
  }

  async #check(before: ReadonlyMap<string, number>): Promise<void> {
    const startedMs = this.#now();
    this.#trust.checking(startedMs);
    const readings = await this.#ask([...before.keys()]);
    // What was true so long ago says nothing about now.
    if (this.#now() - startedMs > PRICE_AGE_MAX_MS) return;
    const after = this.#pushedPrices();
    const compared = readings.map(({ symbol, price }): Compared => {
      const pushed = before.get(symbol) ?? price;
      return { symbol, before: pushed, after: after.get(symbol) ?? pushed, asked: price };
    });
    const wrong = this.#trust.judge(compared, this.#now());
    if (!wrong) return;
    const { logger, data } = this.#options;
    logger.warn(
      { exchange: data.exchangeId, ...wrong },
      `the price stream contradicts the exchange's own answers; it is not believed for ${spanText(DISTRUST_MS)}`,
    );
    this.#hangUp();
  }

  #now(): number {
    return this.#options.clock.monotonicMs();
  }
}
