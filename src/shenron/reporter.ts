import { messageOf } from "../domain/errors.ts";
import { MINUTE_MS, SECOND_MS } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { ShenronStatus } from "../ports/shenron.ts";
import type { Store } from "../ports/store.ts";
import type { Streams } from "../ports/streams.ts";
import { type Batch, nextBatch, type Span, sameBatch } from "./batch.ts";
import { type ShenronClient, ShenronTrouble } from "./client.ts";
import { CONTRACT_VERSION, type ReportedHealth } from "./contract.ts";
import type { ItemSources } from "./items.ts";
import { deskMark, markOf } from "./marks.ts";

/** The name of the cursors in the store. No place of a chat is called so. */
const CHANNEL = "shenron";
const ROW = "report";
const BACKOFF_FIRST_MS = SECOND_MS;
export const BACKOFF_MAX_MS = 5 * MINUTE_MS;
/** Between two reports of a backlog: a desk that catches up leaves its store and its thread to the trading. */
const CATCH_UP_PAUSE_MS = 25;
/** Events that come close together share a report. */
const GATHER_MS = SECOND_MS;
/** Health is told that often when nothing else is. */
export const HEALTH_EVERY_MS = 5 * MINUTE_MS;
/** Cursors that moved over nothing worth telling are written at most that often. */
const CURSORS_EVERY_MS = 5 * SECOND_MS;
/** A person who asks for a report at once waits no longer. */
export const FLUSH_MAX_MS = 20 * SECOND_MS;

export interface ReporterParts {
  readonly streams: Streams;
  readonly store: Pick<Store, "cursors" | "recordDelivery" | "undelivered">;
  readonly client: ShenronClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly host: string;
  readonly sources: Omit<ItemSources, "desk">;
  readonly health: () => Omit<ReportedHealth, "lagEvents">;
}

/**
 * Tells the service what the streams say. The streams are the outbox: cursors over them are all that is kept, and the one report that is on its way. Nobody waits for it:
 * it reads what is durable already, and holds one batch at a time however long the service is gone.
 */
export class Reporter {
  readonly #parts: ReporterParts;
  readonly #closing = new AbortController();
  readonly #flushes = new Set<() => void>();
  #bell = new AbortController();
  #cursors = new Map<string, number>();
  #moved = new Set<string>();
  #desk = "";
  /** The report whose answer is not known. */
  #sending: Batch | undefined;
  #unlisten: (() => void) | undefined;
  #ended: Promise<void> = Promise.resolve();
  #backoffMs = 0;
  #retryAtMs: number | undefined;
  #toldMs: number | undefined;
  #writtenMs = 0;
  #trouble: string | undefined;
  #isReachable: boolean | undefined;
  #reports = 0;
  #items = 0;

  constructor(parts: ReporterParts) {
    this.#parts = parts;
  }

  /** Begins with what an earlier process left. Waits for nothing. */
  start(): void {
    this.#unlisten = this.#parts.streams.onAppend(() => this.#ring());
    this.#ended = this.#run();
  }

  /** Ends what is on its way; the next start goes on with it. */
  async stop(): Promise<void> {
    this.#unlisten?.();
    this.#closing.abort();
    this.#bell.abort();
    this.#endFlushes();
    await this.#ended;
  }

  status(): ShenronStatus {
    const { host, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    return {
      host,
      isReachable: this.#isReachable,
      lagEvents: this.#lag(),
      lastSuccessAgeMs: this.#toldMs === undefined ? undefined : nowMs - this.#toldMs,
      trouble: this.#trouble,
      retryInMs: this.#retryAtMs === undefined ? undefined : Math.max(0, this.#retryAtMs - nowMs),
      reports: this.#reports,
      items: this.#items,
    };
  }

  /** Tries at once, whatever the pause. */
  async report(): Promise<ShenronStatus> {
    const limit = new AbortController();
    const done = new Promise<void>((resolve) => this.#flushes.add(resolve));
    this.#retryAtMs = undefined;
    this.#ring();
    await Promise.race([done, this.#parts.clock.sleep(FLUSH_MAX_MS, limit.signal)]);
    limit.abort();
    return this.status();
  }

  async #run(): Promise<void> {
    const { logger, clock } = this.#parts;
    let isOpen = false;
    while (!this.#closing.signal.aborted) {
      try {
        if (!isOpen) await this.#open();
        isOpen = true;
        await this.#step();
      } catch (failure) {
        if (this.#closing.signal.aborted) return;
        this.#failed(failure);
        logger.warn({ problem: messageOf(failure) }, "the report to SHENRON did not go out; it is tried again");
        this.#endFlushes();
        await this.#wait(Math.max(0, (this.#retryAtMs ?? 0) - clock.monotonicMs()), () => this.#retryAtMs === undefined);
      }
    }
  }

  async #open(): Promise<void> {
    const { store, streams } = this.#parts;
    this.#desk = await deskMark(streams);
    this.#cursors = await store.cursors(CHANNEL);
    const [row] = await store.undelivered(CHANNEL);
    if (row !== undefined) this.#sending = await sameBatch(streams, JSON.parse(row.body) as Span[], this.#sources());
  }

  /** One report, or a wait for something to report. */
  async #step(): Promise<void> {
    const { streams, clock } = this.#parts;
    const batch = this.#sending ?? (await nextBatch(streams, this.#cursors, this.#sources()));
    if (batch === undefined) return await this.#rest();
    if (batch.items.length === 0) return await this.#passOver(batch);
    // Durable before it is sent, so that a repeat after a crash is the same report.
    if (this.#sending === undefined) await this.#commit("attempting", batch);
    this.#sending = batch;
    await this.#send(batch);
    for (const { stream, to } of batch.spans) this.#move(stream, to);
    this.#sending = undefined;
    await this.#commit("delivered", batch);
    await clock.sleep(CATCH_UP_PAUSE_MS, this.#closing.signal);
  }

  /** Nothing in it is worth telling: the cursors move, and are written with the next report or after a while. */
  async #passOver(batch: Batch): Promise<void> {
    for (const { stream, to } of batch.spans) this.#move(stream, to);
    this.#sending = undefined;
    if (this.#isCursorTime()) await this.#commit("delivered", undefined);
    await this.#parts.clock.breathe();
  }

  /** All is told. Health goes out when it is due or asked for; then until something happens, and a moment more, so that much of it shares a report. */
  async #rest(): Promise<void> {
    const { clock } = this.#parts;
    const isDue = this.#toldMs === undefined || clock.monotonicMs() - this.#toldMs >= HEALTH_EVERY_MS;
    if (isDue || this.#flushes.size > 0) {
      await this.#send(undefined);
      this.#endFlushes();
    }
    if (this.#moved.size > 0 && this.#isCursorTime()) await this.#commit("delivered", undefined);
    await this.#wait(HEALTH_EVERY_MS, () => this.#flushes.size > 0 || this.#hasNews());
    if (this.#flushes.size === 0) await this.#wait(GATHER_MS, () => this.#flushes.size > 0);
  }

  async #send(batch: Batch | undefined): Promise<void> {
    const { client, clock, health } = this.#parts;
    const items = [...(batch?.items ?? [])];
    const sentMs = clock.wall();
    const report = { version: CONTRACT_VERSION, desk: this.#desk, sentMs, health: { ...health(), lagEvents: this.#lag() }, items } as const;
    const key = batch?.key ?? `health-${markOf(this.#desk, sentMs)}`;
    const { accepted, duplicates } = await client.ask("reports", report, key, this.#closing.signal);
    // Who claims to have taken something else than was sent has not taken it.
    if (accepted + duplicates !== items.length)
      throw new ShenronTrouble(`SHENRON says it took ${accepted + duplicates} of ${items.length} items`);
    this.#backoffMs = 0;
    this.#retryAtMs = undefined;
    this.#trouble = undefined;
    this.#isReachable = true;
    this.#toldMs = clock.monotonicMs();
    this.#reports += 1;
    this.#items += items.length;
  }

  #failed(failure: unknown): void {
    this.#backoffMs = Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_FIRST_MS, this.#backoffMs * 2));
    const isTheirs = failure instanceof ShenronTrouble;
    if (isTheirs) this.#isReachable = false;
    const waitMs = Math.max(this.#backoffMs, isTheirs ? (failure.retryAfterMs ?? 0) : 0);
    this.#retryAtMs = this.#parts.clock.monotonicMs() + waitMs;
    this.#trouble = isTheirs ? failure.message : "the store does not give or take what the reporter needs";
  }

  async #commit(status: "attempting" | "delivered", batch: Batch | undefined): Promise<void> {
    const { store, clock } = this.#parts;
    const moved = [...this.#moved];
    const cursors = new Map(moved.map((stream) => [stream, this.#cursors.get(stream) ?? 0]));
    const rows = batch
      ? [{ key: ROW, wallMs: clock.wall(), status, attempts: 1, messageId: undefined, body: JSON.stringify(batch.spans) }]
      : [];
    await store.recordDelivery({ channel: CHANNEL, cursors, rows });
    for (const stream of moved) this.#moved.delete(stream);
    this.#writtenMs = clock.monotonicMs();
  }

  #move(stream: string, to: number): void {
    this.#cursors.set(stream, Math.max(to, this.#cursors.get(stream) ?? 0));
    this.#moved.add(stream);
  }

  #isCursorTime(): boolean {
    return this.#parts.clock.monotonicMs() - this.#writtenMs >= CURSORS_EVERY_MS;
  }

  #hasNews(): boolean {
    const { streams } = this.#parts;
    return streams.names().some((stream) => streams.lastSequence(stream) > (this.#cursors.get(stream) ?? 0));
  }

  #lag(): number {
    const { streams } = this.#parts;
    return streams.names().reduce((sum, stream) => sum + Math.max(0, streams.lastSequence(stream) - (this.#cursors.get(stream) ?? 0)), 0);
  }

  #sources(): ItemSources {
    return { ...this.#parts.sources, desk: this.#desk };
  }

  #ring(): void {
    this.#bell.abort();
  }

  /** Waits until `isOver`, which is asked at each ring, the time is up or the reporter ends. */
  async #wait(waitMs: number, isOver: () => boolean): Promise<void> {
    const { clock } = this.#parts;
    const endMs = clock.monotonicMs() + waitMs;
    while (!isOver() && clock.monotonicMs() < endMs && !this.#closing.signal.aborted) {
      this.#bell = new AbortController();
      await clock.sleep(endMs - clock.monotonicMs(), this.#bell.signal);
    }
  }

  #endFlushes(): void {
    for (const resolve of this.#flushes) resolve();
    this.#flushes.clear();
  }
}
