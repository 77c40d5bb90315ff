import { accountStream, DESK_STREAM } from "../engine/streams.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeskLedger } from "../ports/engine.ts";
import type { Logger } from "../ports/logger.ts";
import type { Platform } from "../ports/platform.ts";
import type { Store } from "../ports/store.ts";
import type { Streams } from "../ports/streams.ts";
import type { Alert, BotNames } from "./alerts-shape.ts";
import { type PlatformBacklog, together } from "./delivery/backlog.ts";
import { type Beginning, beginningOf, endsOf, unreadBefore, wasUnsubscribed } from "./delivery/beginning.ts";
import { Lane } from "./delivery/lane.ts";
import { LAST_COMMIT_MAX_MS, LOOK_AGAIN_MS } from "./delivery/limits.ts";

export interface DeliveryParts {
  readonly streams: Streams;
  readonly store: Store;
  readonly desk: DeskLedger;
  readonly platforms: readonly Platform[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly names: BotNames;
}

/**
 * Brings what the streams say to every channel of the desk. The streams are the outbox: each channel keeps cursors and a ledger over them. Channels
 * never wait for one another, and no writer of a stream waits for any of them.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #lanes = new Map<string, { readonly lane: Lane; readonly ended: Promise<void> }>();
  /** Channels that were unsubscribed and still end. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #idle = new Set<() => void>();
  #unlisten: (() => void) | undefined;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Begins to deliver: first what an earlier process left. Waits for nothing. */
  start(): void {
    const { streams, clock } = this.#parts;
    this.#unlisten = streams.onAppend(() => {
      this.#followChannels(() => ({ cursors: endsOf(streams), wallMs: clock.wall() }));
      for (const { lane } of this.#lanes.values()) lane.wake();
    });
    this.#followChannels(undefined);
  }

  /** Delivers what it can for at most so long, then ends; the rest stays in the streams and ledgers. */
  async stop(drainMs: number): Promise<void> {
    const { clock } = this.#parts;
    const endMs = clock.monotonicMs() + drainMs;
    const hasWork = () => [...this.#lanes.values()].some(({ lane }) => lane.isReachable && !lane.isIdle);
    for (let nowMs = clock.monotonicMs(); hasWork() && nowMs < endMs; nowMs = clock.monotonicMs()) {
      const looked = new AbortController();
      await Promise.race([this.idle(), clock.sleep(Math.min(LOOK_AGAIN_MS, endMs - nowMs), looked.signal)]);
      looked.abort();
    }
    this.#unlisten?.();
    const ended = [...this.#ending.values(), ...[...this.#lanes.values()].map((each) => each.ended)];
    for (const { lane } of this.#lanes.values()) lane.close();
    const limit = new AbortController();
    await Promise.race([Promise.all(ended), clock.sleep(LAST_COMMIT_MAX_MS, limit.signal)]);
    limit.abort();
  }

  /** Resolves when nothing is left to deliver now. */
  async idle(): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }

  /** What waits to be delivered now, for each platform that has a channel. */
  backlogs(): readonly PlatformBacklog[] {
    const lanes = [...this.#lanes.values()].map(({ lane }) => lane);
    const platforms = [...new Set(lanes.map(({ place }) => platformOf(place)))].sort();
    return platforms.map((platform) => {
      const of = lanes.filter(({ place }) => platformOf(place) === platform);
      return together(
        platform,
        of.map(({ backlog }) => backlog),
      );
    });
  }

  #isIdle(): boolean {
    return [...this.#lanes.values()].every(({ lane }) => lane.isIdle);
  }

  #onIdle = (): void => {
    if (!this.#isIdle()) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  };

  /** Opens and ends channels as the desk has them. `ends` is where a channel begins that appears while we listen. */
  #followChannels(ends: (() => Beginning) | undefined): void {
    const { channels } = this.#parts.desk.state;
    for (const [place, { lane, ended }] of this.#lanes) {
      if (channels.has(place)) continue;
      this.#lanes.delete(place);
      lane.close();
      this.#ending.set(place, this.#forget(place, ended));
      this.#onIdle();
    }
    for (const place of channels.keys()) if (!this.#lanes.has(place)) this.#open(place, ends?.());
  }

  #open(place: string, ends: Beginning | undefined): void {
    const { platforms, desk } = this.#parts;
    const lane = new Lane({
      ...this.#parts,
      place,
      accounts: (account) => desk.state.accounts.get(account),
      platform: platforms.find(({ name }) => name === platformOf(place)),
      wants: (alert) => wants(desk.state.channels.get(place)?.kinds ?? [], place, alert),
      quiet: () => desk.state.channels.get(place)?.quiet,
      other: () => this.#otherThan(place),
      onIdle: this.#onIdle,
    });
    const ended = lane.run(() => this.#begin(place, ends));
    this.#lanes.set(place, { lane, ended });
  }

  async #begin(place: string, ends: Beginning | undefined): Promise<ReadonlyMap<string, number>> {
    const { store, streams, clock } = this.#parts;
    await this.#ending.get(place);
    const known = ends ? undefined : await store.cursors(place);
    if (known && known.size > 0 && !(await wasUnsubscribed(place, known.get(DESK_STREAM) ?? 0, streams))) return known;
    if (known?.size !== 0) await store.forgetChannel(place);
    const { cursors: read, wallMs } = ends ?? (await beginningOf(place, streams, clock.wall()));
    const cursors = new Map([...(await this.#unread(read, wallMs)), ...read]);
    await store.recordDelivery({ channel: place, cursors, rows: [] });
    return cursors;
  }

  /** Where a channel begins on the streams of accounts whose books are not read here yet. */
  #unread(read: ReadonlyMap<string, number>, wallMs: number): Promise<Map<string, number>> {
    const { desk, store } = this.#parts;
    const streams = [...desk.state.accounts.keys()].map(accountStream);
    return unreadBefore(
      wallMs,
      streams.filter((stream) => !read.has(stream)),
      store,
    );
  }

  async #forget(place: string, ended: Promise<void>): Promise<void> {
    const { store, logger } = this.#parts;
    await ended;
    try {
      await store.forgetChannel(place);
    } catch (error) {
      logger.error(
        { channel: place, error },
        "the ledger of an unsubscribed channel could not be deleted; its next subscription does that",
      );
    }
    this.#ending.delete(place);
  }

  #otherThan(place: string): { adopter: Lane | undefined; exists: boolean } {
    const others = [...this.#parts.desk.state.channels.keys()].filter((each) => platformOf(each) !== platformOf(place));
    const lanes = others.map((each) => this.#lanes.get(each)?.lane).filter((lane) => lane !== undefined);
    return { adopter: lanes.find(({ canAdopt }) => canAdopt), exists: others.length > 0 };
  }
}

function platformOf(place: string): string {
  return place.split(":", 1)[0] ?? place;
}

function wants(kinds: readonly string[], place: string, { kind, critical, digestFor, onlyFor }: Alert): boolean {
  if (onlyFor !== undefined) return onlyFor === place;
  if (digestFor !== undefined) return digestFor === place;
  return kinds.includes(kind) || (critical && kinds.includes("critical"));
}
