import { readingOf } from "../analysis/reading.ts";
import type { Advice, NoAdvice } from "../domain/advice.ts";
import { type Candle, foldMinutes } from "../domain/candle.ts";
import { messageOf } from "../domain/errors.ts";
import type { DeskEvent } from "../domain/events.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../domain/time.ts";
import type { AdvisedSymbol, Advisor } from "../ports/advisor.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { adviceOf } from "./advice.ts";
import type { ShenronClient } from "./client.ts";
import { ShenronTrouble } from "./client.ts";
import { CONTRACT_VERSION, SUBJECTS_MAX, type Subject } from "./contract.ts";
import { markOf } from "./marks.ts";

export interface AdviceBookParts {
  readonly client: ShenronClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly desk: () => Promise<string>;
  readonly wanted: () => readonly AdvisedSymbol[];
  /** Market time; undefined where there is no such market any more. */
  readonly atMs: (market: string) => number | undefined;
  readonly candles: (market: string, symbol: string, minutes: number) => Promise<readonly Candle[]>;
  readonly tell: (event: DeskEvent) => Promise<void>;
}

/** Advice is asked for again after so long of market time: a third of the age at which nothing counts any more. */
export const ASK_EVERY_MS = 5 * MINUTE_MS;
/** Between two looks at whether it is time. On a market that runs faster than time this is how often it can be asked. */
const LOOK_EVERY_MS = 5 * SECOND_MS;
const BACKOFF_MAX_MS = 5 * MINUTE_MS;
/** A trouble is told again only after so long. */
const TELL_EVERY_MS = HOUR_MS;
/** Symbols that advice is kept on. */
export const SYMBOLS_MAX = 200;
const TIMEFRAME = "15m";
/** A symbol that could not be read, as one that the exchange lists no more, is tried again after so long of market time. */
const UNREAD_AGAIN_MS = MINUTE_MS;
const UNREAD = "its candles could not be read";
/** Three days of candles: enough for every figure, and five requests at an exchange. */
const READ_MINUTES = 4_320;

/** Asks the service what it thinks of the symbols of bots that want to know, in a loop of its own, and keeps the newest answers. Slots read what is here and wait for nothing. */
export class AdviceBook implements Advisor {
  readonly #parts: AdviceBookParts;
  readonly #notes = new Map<string, Advice | NoAdvice>();
  readonly #askedMs = new Map<string, number>();
  readonly #closing = new AbortController();
  #ended: Promise<void> = Promise.resolve();
  #backoffMs = 0;
  #trouble: string | undefined;
  #toldMs: number | undefined;
  #isLostTold = false;

  constructor(parts: AdviceBookParts) {
    this.#parts = parts;
  }

  on(market: string, symbol: string): Advice | NoAdvice {
    return this.#notes.get(keyOf({ market, symbol })) ?? { none: this.#trouble ?? "the service was not asked yet" };
  }

  status(): { readonly wanted: number; readonly known: number; readonly trouble: string | undefined } {
    const wanted = this.#parts.wanted();
    return {
      wanted: wanted.length,
      known: wanted.filter((each) => "action" in this.on(each.market, each.symbol)).length,
      trouble: this.#trouble,
    };
  }

  start(): void {
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#parts;
    while (!this.#closing.signal.aborted) {
      let waitMs = LOOK_EVERY_MS;
      try {
        await this.#round();
      } catch (failure) {
        if (this.#closing.signal.aborted) return;
        this.#backoffMs = Math.min(BACKOFF_MAX_MS, Math.max(LOOK_EVERY_MS, this.#backoffMs * 2));
        waitMs = Math.max(this.#backoffMs, failure instanceof ShenronTrouble ? (failure.retryAfterMs ?? 0) : 0);
        const reason = failure instanceof ShenronTrouble ? failure.message : "what it is asked about could not be read";
        logger.warn({ problem: messageOf(failure) }, "there is no advice; entries are what they are without it");
        await this.#lost(reason);
      }
      await clock.sleep(waitMs, this.#closing.signal);
    }
  }

  async #round(): Promise<void> {
    const wanted = this.#parts.wanted().slice(0, SYMBOLS_MAX);
    this.#forget(wanted);
    for (const [market, symbols] of Map.groupBy(wanted, (each) => each.market)) {
      const atMs = this.#parts.atMs(market);
      if (atMs === undefined) continue;
      const due = symbols.filter((each) => atMs - (this.#askedMs.get(keyOf(each)) ?? Number.NEGATIVE_INFINITY) >= ASK_EVERY_MS);
      for (let from = 0; from < due.length; from += SUBJECTS_MAX) await this.#ask(market, due.slice(from, from + SUBJECTS_MAX), atMs);
    }
  }

  async #ask(market: string, due: readonly AdvisedSymbol[], atMs: number): Promise<void> {
    const { client, clock, desk } = this.#parts;
    const { subjects, unread } = await this.#subjects(market, due, atMs);
    if (unread !== undefined) await this.#lost(`on ${unread}: ${UNREAD}`);
    if (subjects.length === 0) return;
    const mark = await desk();
    const question = markOf(mark, JSON.stringify(subjects));
    try {
      const { recommendations } = await client.ask(
        "recommendations",
        { version: CONTRACT_VERSION, desk: mark, subjects },
        `advice-${question}`,
        this.#closing.signal,
      );
      const found = adviceOf(subjects, recommendations, { question, nowMs: clock.wall() });
      for (const [symbol, advice] of found) this.#notes.set(keyOf({ market, symbol }), advice);
      const none = [...found].find(([, advice]) => "none" in advice);
      if (none && "none" in none[1]) await this.#lost(`on ${none[0]}: ${none[1].none}`);
      else if (unread === undefined) await this.#back();
      this.#backoffMs = 0;
    } catch (failure) {
      // Asked again after the pause; until then what is known counts for as long as it is fresh.
      for (const each of due) this.#askedMs.delete(keyOf(each));
      throw failure;
    }
  }

  /** What is asked about, and one of the symbols that could not be read: they keep no other from being asked about. */
  async #subjects(
    market: string,
    due: readonly AdvisedSymbol[],
    atMs: number,
  ): Promise<{ readonly subjects: Subject[]; readonly unread: string | undefined }> {
    const subjects: Subject[] = [];
    let unread: string | undefined;
    for (const { symbol } of due) {
      const key = keyOf({ market, symbol });
      try {
        const subject = subjectOf(symbol, await this.#parts.candles(market, symbol, READ_MINUTES));
        this.#askedMs.set(key, atMs);
        if (subject) subjects.push(subject);
      } catch (failure) {
        this.#closing.signal.throwIfAborted();
        this.#parts.logger.warn({ symbol, problem: messageOf(failure) }, "the candles that advice is asked on could not be read");
        this.#askedMs.set(key, atMs - ASK_EVERY_MS + UNREAD_AGAIN_MS);
        // What is known of it counts for as long as it is fresh.
        if (!this.#notes.has(key)) this.#notes.set(key, { none: UNREAD });
        unread = symbol;
      }
    }
    return { subjects, unread };
  }

  #forget(wanted: readonly AdvisedSymbol[]): void {
    const keys = new Set(wanted.map(keyOf));
    for (const map of [this.#notes, this.#askedMs]) for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
  }

  /** Told once, until advice has come back. */
  async #lost(reason: string): Promise<void> {
    const { clock, tell, logger } = this.#parts;
    this.#trouble = reason;
    const nowMs = clock.monotonicMs();
    if (this.#isLostTold || (this.#toldMs !== undefined && nowMs - this.#toldMs < TELL_EVERY_MS)) return;
    this.#isLostTold = true;
    this.#toldMs = nowMs;
    await tell({ type: "advice-lost", reason }).catch((failure: unknown) =>
      logger.warn({ problem: messageOf(failure) }, "the lack of advice could not be told"),
    );
  }

  async #back(): Promise<void> {
    const { tell, logger } = this.#parts;
    this.#trouble = undefined;
    if (!this.#isLostTold) return;
    this.#isLostTold = false;
    await tell({ type: "advice-back" }).catch((failure: unknown) =>
      logger.warn({ problem: messageOf(failure) }, "the return of advice could not be told"),
    );
  }
}

/** A symbol as the desk's own analysis reads it: numbers and names of ours. Undefined while nothing has closed. */
export function subjectOf(symbol: string, minutes: readonly Candle[]): Subject | undefined {
  const last = minutes.at(-1);
  if (!last) return undefined;
  const { score, figures } = readingOf(TIMEFRAME, foldMinutes(minutes, TIMEFRAME));
  const known = figures.flatMap(({ name, value }) => (value === undefined || !Number.isFinite(value) ? [] : [[name, value] as const]));
  return {
    symbol,
    marketMs: last.openTimeMs + MINUTE_MS,
    price: String(last.close).includes("e") ? last.close.toFixed(18) : String(last.close),
    score: Math.min(1, Math.max(-1, score)),
    figures: Object.fromEntries(known),
  };
}

function keyOf({ market, symbol }: AdvisedSymbol): string {
  return `${market} ${symbol}`;
}
