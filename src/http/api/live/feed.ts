import { Bell } from "../../../chat/delivery/bell.ts";
import { messageOf } from "../../../domain/errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { Streams } from "../../../ports/streams.ts";
import * as limit from "./limits.ts";
import { CLOSED, type Closing, type Subscription, type Told, type Topic } from "./messages.ts";
import type { SharedPages } from "./pages.ts";
import type { Sight } from "./sight.ts";
import { type Telling, tellingOf } from "./telling.ts";
import type { Wire } from "./wire.ts";

export interface FeedParts {
  readonly streams: Pick<Streams, "names" | "lastSequence">;
  readonly pages: SharedPages;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly specOf: Telling["specOf"];
  readonly desk: Telling["desk"];
  readonly wire: Wire;
  /** What the program may see now; undefined once its token has ended. */
  readonly sight: () => Sight | undefined;
  readonly close: (why: Closing) => void;
}

/**
 * Tells one program what happens, from the durable streams, one message for an event at most, in the order of each stream. What it has not read waits in the streams and
 * not in memory, and nobody waits for it.
 */
export class Feed {
  readonly topics: ReadonlySet<Topic>;
  readonly #parts: FeedParts;
  readonly #bell: Bell;
  readonly #cursors = new Map<string, number>();
  readonly #ending = new AbortController();
  /** Cursors that moved since they were told. */
  readonly #moved = new Set<string>();
  #reachedMs = 0;
  /** Wall time at which a program began that wants only what is new; undefined for one that says how far it has read. */
  #newSince: number | undefined;
  /** Streams that it could not see then, as those of an account that is not read here yet: what was written in them before is not new. */
  readonly #unseen = new Set<string>();

  constructor(parts: FeedParts, { topics }: Pick<Subscription, "topics">) {
    this.#parts = parts;
    this.#bell = new Bell(parts.clock);
    this.topics = new Set(topics);
  }

  wake(): void {
    this.#bell.ring();
  }

  end(): void {
    this.#ending.abort();
    this.#bell.ring();
  }

  /** Tells until it is ended. Never rejects. */
  async run(after: Subscription["after"]): Promise<void> {
    const { clock, logger } = this.#parts;
    if (!this.#begin(after)) return;
    while (!this.#isEnded) {
      try {
        await this.#round();
        if (this.#isEnded) return;
        this.#tellReached();
        await this.#bell.wait(this.#moved.size > 0 ? limit.REACHED_EVERY_MS : limit.TICK_MS);
        await clock.sleep(limit.GATHER_MS, this.#ending.signal);
      } catch (failure) {
        logger.warn({ problem: messageOf(failure) }, "live updates could not be read; trying again");
        await clock.sleep(limit.RETRY_MS, this.#ending.signal);
      }
    }
  }

  send(message: Told): void {
    this.#parts.wire.send(JSON.stringify(message));
  }

  get #isEnded(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Where it begins. False when the program knows more than the store. */
  #begin(after: Subscription["after"]): boolean {
    const { streams, sight, close, clock } = this.#parts;
    if (after === undefined) this.#newSince = clock.wall();
    const visible = sight()?.streams(streams.names()) ?? [];
    for (const stream of visible) {
      const last = streams.lastSequence(stream);
      const from = after === undefined ? last : (after[stream] ?? 0);
      if (from > last) {
        close(CLOSED.ahead);
        return false;
      }
      this.#cursors.set(stream, from);
    }
    this.#reachedMs = clock.monotonicMs();
    this.send({ type: "subscribed", topics: [...this.topics], cursors: Object.fromEntries(this.#cursors) });
    return true;
  }

  async #round(): Promise<void> {
    const { streams, sight, close } = this.#parts;
    const now = sight();
    if (now === undefined) return close(CLOSED.ended);
    for (const stream of now.streams(streams.names())) {
      if (!this.#cursors.has(stream)) this.#unseen.add(stream);
      while (!this.#isEnded && (this.#cursors.get(stream) ?? 0) < streams.lastSequence(stream)) {
        if (!(await this.#page(stream))) break;
      }
    }
  }

  /** Tells one page of a stream. False when the store has none, though it should. */
  async #page(stream: string): Promise<boolean> {
    const { pages, clock, sight, close, specOf, desk } = this.#parts;
    const page = await pages.after(stream, this.#cursors.get(stream) ?? 0);
    if (this.#isEnded || !(await this.#hasRoom())) return false;
    // Rights may have ended while the store was read.
    const now = sight();
    if (now === undefined) {
      close(CLOSED.ended);
      return false;
    }
    for (const recorded of page) {
      const isPast = this.#unseen.has(stream) && this.#newSince !== undefined && recorded.wallMs < this.#newSince;
      const message = isPast ? undefined : tellingOf(stream, recorded, { topics: this.topics, sight: now, specOf, desk });
      this.#cursors.set(stream, recorded.sequence);
      if (message === undefined) this.#moved.add(stream);
      else {
        this.#moved.delete(stream);
        this.send(message);
      }
    }
    if (page.length === limit.PAGE_EVENTS) await clock.sleep(limit.CATCH_UP_PAUSE_MS, this.#ending.signal);
    return page.length > 0;
  }

  /** Waits until the program has read what it was sent. False when it is cut for it. */
  async #hasRoom(): Promise<boolean> {
    const { wire, clock, close } = this.#parts;
    const endMs = clock.monotonicMs() + limit.SLOW_MS;
    while (wire.unsentBytes > limit.UNSENT_BYTES_MAX && !this.#isEnded) {
      if (clock.monotonicMs() >= endMs) {
        close(CLOSED.slow);
        return false;
      }
      await clock.sleep(limit.LOOK_AGAIN_MS, this.#ending.signal);
    }
    return !this.#isEnded;
  }

  #tellReached(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#moved.size === 0 || nowMs - this.#reachedMs < limit.REACHED_EVERY_MS) return;
    const cursors = [...this.#moved].map((stream) => [stream, this.#cursors.get(stream) ?? 0] as const);
    this.send({ type: "reached", cursors: Object.fromEntries(cursors) });
    this.#moved.clear();
    this.#reachedMs = nowMs;
  }
}
