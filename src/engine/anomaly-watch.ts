import { BooksSeries } from "../anomalies/books.ts";
import { SYMBOLS_MAX, WARMUP_MINUTES } from "../anomalies/defaults.ts";
import { Episodes } from "../anomalies/episodes.ts";
import { MarketSeries } from "../anomalies/market.ts";
import type { Anomaly, SeenAnomaly } from "../domain/anomaly.ts";
import type { Candle } from "../domain/candle.ts";
import { messageOf } from "../domain/errors.ts";
import type { AccountEvent, Recorded } from "../domain/events.ts";
import { HOUR_MS } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { MarketStep } from "../ports/market.ts";
import type { Streams } from "../ports/streams.ts";
import { DESK_STREAM } from "./streams.ts";

export interface AnomalyWatchParts {
  readonly streams: Streams;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the desk has seen before this start. */
  readonly seen: readonly SeenAnomaly[];
  /** Symbols that something on a market needs now. */
  readonly symbolsOn: (market: string) => ReadonlySet<string>;
  /** Candles before now, to begin a symbol with. */
  readonly candles: (market: string, symbol: string, minutes: number) => Promise<readonly Candle[]>;
  /** The running bots, by the account whose stream tells of them. */
  readonly running: () => readonly { readonly botId: string; readonly account: string }[];
  readonly isReal: (account: string) => boolean;
  /** Writes down what was seen. */
  readonly tell: (seen: SeenAnomaly) => Promise<void>;
}

/** Steps that wait to be looked at. What is beyond it is not looked at: the market does not wait. */
const STEPS_MAX = 4_096;
/** Events of each stream that a start reads for what is usual, without telling anything. */
const TAIL = 5_000;
const PAGE = 500;
/** Work between two breaths. */
const SLICE_MS = 10;

interface Waiting {
  readonly market: string;
  readonly step: MarketStep;
}

/**
 * Looks beside the trading for what is unusual. It is handed steps of the market, which it only keeps, and reads the durable streams in a loop of its own: whatever fails or takes
 * long here, no slot knows of it. What it learned is in memory; a start learns it again from the newest history and events.
 */
export class AnomalyWatch {
  readonly #parts: AnomalyWatchParts;
  readonly #episodes: Episodes;
  readonly #markets = new Map<string, MarketSeries>();
  readonly #books = new Map<string, BooksSeries>();
  readonly #cursors = new Map<string, number>();
  /** Where each stream ended at the start. */
  #starts: ReadonlyMap<string, number> = new Map();
  readonly #closing = new AbortController();
  readonly #idle = new Set<() => void>();
  #steps: Waiting[] = [];
  #dropped = 0;
  #bell = new AbortController();
  #isRung = false;
  #isLooking = false;
  #silenceHour = 0;
  #breathedMs: number;
  #unlisten: (() => void) | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: AnomalyWatchParts) {
    this.#parts = parts;
    this.#episodes = new Episodes(parts.seen);
    this.#breathedMs = parts.clock.monotonicMs();
  }

  start(): void {
    // What was written before this start is learned from, not told.
    this.#starts = new Map(this.#parts.streams.names().map((stream) => [stream, this.#parts.streams.lastSequence(stream)]));
    this.#unlisten = this.#parts.streams.onAppend((stream) => stream === DESK_STREAM || this.#ring());
    this.#ring();
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#unlisten?.();
    this.#closing.abort();
    this.#ring();
    await this.#ended;
    this.#endIdle();
  }

  /** A step of a market has passed. Keeps it and returns at once. */
  passed = (market: string, step: MarketStep): void => {
    if (this.#steps.length >= STEPS_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#steps.push({ market, step });
    this.#ring();
  };

  /** Resolves when everything up to now was looked at, for scripts. */
  idle(): Promise<void> {
    if ((!this.#isRung && !this.#isLooking) || this.#closing.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  #ring(): void {
    this.#isRung = true;
    this.#bell.abort();
  }

  async #run(): Promise<void> {
    const { logger } = this.#parts;
    while (!this.#closing.signal.aborted) {
      this.#isRung = false;
      this.#isLooking = true;
      try {
        await this.#look();
      } catch (failure) {
        logger.warn({ problem: messageOf(failure) }, "looking for anomalies failed; it goes on with what comes next");
      }
      if (this.#isRung) continue;
      this.#isLooking = false;
      this.#endIdle();
      this.#bell = new AbortController();
      await this.#parts.clock.sleep(HOUR_MS, this.#bell.signal);
    }
  }

  async #look(): Promise<void> {
    const { streams, logger } = this.#parts;
    const steps = this.#steps;
    this.#steps = [];
    if (this.#dropped > 0)
      logger.warn({ steps: this.#dropped }, "the market was faster than the watch for anomalies, which left steps out");
    this.#dropped = 0;
    for (const each of steps) await this.#lookAtStep(each);
    for (const stream of streams.names()) if (stream !== DESK_STREAM) await this.#lookAtStream(stream);
  }

  async #lookAtStep({ market, step }: Waiting): Promise<void> {
    const needed = this.#parts.symbolsOn(market);
    for (const [symbol, candle] of step.candles) {
      if (!needed.has(symbol)) continue;
      const series = this.#markets.get(`${market} ${symbol}`) ?? (await this.#begin(market, symbol, candle.openTimeMs));
      for (const { series: name, finding } of series.push(candle))
        await this.#found({ series: name, subject: { kind: "symbol", market, symbol }, ...finding }, step.atMs);
    }
    const hour = Math.floor(step.atMs / HOUR_MS);
    if (hour > this.#silenceHour) {
      this.#silenceHour = hour;
      for (const { botId, account } of this.#parts.running())
        for (const { series, subject, finding } of this.#books.get(account)?.silenceOf(botId, step.atMs) ?? [])
          await this.#found({ series, subject, ...finding }, step.atMs);
    }
    await this.#breathe();
  }

  /** A symbol begins with its newest history, where that can be had; otherwise with what comes. */
  async #begin(market: string, symbol: string, beforeMs: number): Promise<MarketSeries> {
    const series = new MarketSeries();
    const key = `${market} ${symbol}`;
    this.#markets.set(key, series);
    for (const oldest of this.#markets.keys()) {
      if (this.#markets.size <= SYMBOLS_MAX) break;
      this.#markets.delete(oldest);
    }
    try {
      for (const candle of await this.#parts.candles(market, symbol, WARMUP_MINUTES)) if (candle.openTimeMs < beforeMs) series.push(candle);
    } catch (failure) {
      this.#parts.logger.info(
        { market, symbol, problem: messageOf(failure) },
        "no history to tell what is usual; it is learned as it comes",
      );
    }
    return series;
  }

  async #lookAtStream(stream: string): Promise<void> {
    const { streams, isReal } = this.#parts;
    const account = stream.replace(/^account:/, "");
    const startedAt = this.#starts.get(stream) ?? 0;
    const last = streams.lastSequence(stream);
    let at = this.#cursors.get(stream) ?? Math.max(0, startedAt - TAIL);
    const books = this.#books.get(account) ?? new BooksSeries(account, isReal(account));
    this.#books.set(account, books);
    while (at < last && !this.#closing.signal.aborted) {
      const page = await streams.since(stream, at, PAGE);
      if (page.length === 0) return;
      for (const recorded of page) {
        at = recorded.sequence;
        this.#cursors.set(stream, at);
        const found = books.push(recorded as Recorded<AccountEvent>);
        if (at > startedAt)
          for (const { series, subject, finding } of found) await this.#found({ series, subject, ...finding }, recorded.marketMs);
      }
      await this.#breathe();
    }
  }

  async #found(anomaly: Anomaly, marketMs: number): Promise<void> {
    const verdict = this.#episodes.judge(anomaly, marketMs);
    if (verdict.kind === "seen") await this.#parts.tell(verdict.seen);
  }

  async #breathe(): Promise<void> {
    const { clock } = this.#parts;
    if (clock.monotonicMs() - this.#breathedMs < SLICE_MS) return;
    await clock.breathe();
    this.#breathedMs = clock.monotonicMs();
  }

  #endIdle(): void {
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}
