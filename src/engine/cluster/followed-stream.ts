import type { ChainEnd } from "../../domain/audit-chain.ts";
import { UserError } from "../../domain/errors.ts";
import type { AccountEvent, DeskEvent } from "../../domain/events.ts";
import type { MarketMs } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Store, type StoredEvent, StoreUnavailable } from "../../ports/store.ts";
import { type Folded, foldRows, READ_LIMIT, type StreamFold, type StreamOptions, unreadAfter } from "../stream.ts";
import type { LookedAt } from "./joint-look.ts";
import { Looks } from "./looks.ts";

/** Something was to be done for a stream that this process has given back meanwhile: it is for whoever has it next. */
export class NotHeldHere extends Error {
  override readonly name = "NotHeldHere";
}

/** How long what another process has written for this one may take to be seen here, and how often it is looked for. */
const SHOWN_MS = 10_000;
const AGAIN_MS = 250;

/** Asks the process that has a stream to append to it. Resolves with the sequence of the last event; rejects with what the other process refused it with. */
export type AskedAppend<E> = (events: readonly E[], marketMs: MarketMs, requestId: string | undefined) => Promise<number>;

export interface FollowOptions<S extends Folded, E extends AccountEvent | DeskEvent> {
  readonly name: string;
  /** The fold to continue: empty, or as a snapshot or a writer left it. */
  readonly state: S;
  readonly store: Store;
  readonly clock: Clock;
  readonly apply: StreamOptions<S, E>["apply"];
  /** Called with what was folded and is new here. */
  readonly onAppend: StreamOptions<S, E>["onAppend"];
  /** How something is appended from here; without it nothing can be. */
  readonly append?: AskedAppend<E>;
}

/** A stream that another process writes: its fold is read on from the store, at a word and again and again. */
export class FollowedStream<S extends Folded, E extends AccountEvent | DeskEvent> implements StreamFold<S, E>, LookedAt {
  readonly isTakeover = false;
  readonly #options: FollowOptions<S, E>;
  readonly #looks = new Looks(() => this.#read());
  #link: string | undefined;
  #seenMs: number | undefined;

  constructor(options: FollowOptions<S, E>) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get state(): S {
    return this.#options.state;
  }

  get end(): ChainEnd {
    return { sequence: this.state.sequence, link: this.#link };
  }

  /** Everything that was durable at this instant of the monotonic clock is folded; undefined before the first look. */
  get seenMs(): number | undefined {
    return this.#seenMs;
  }

  unheld(): string {
    return "another process has it, and this one only follows it";
  }

  async append(events: readonly E[] | (() => readonly E[]), marketMs: MarketMs, requestId?: string): Promise<void> {
    const { append, name } = this.#options;
    if (!append) throw new NotHeldHere(`the stream ${name} is followed here, so that only the process that has it can append to it`);
    await this.shows(await append(typeof events === "function" ? events() : events, marketMs, requestId));
  }

  /** Folds all that is durable by now. A store that does not answer leaves the fold as old as it is. */
  look(): Promise<void> {
    return this.#looks.look();
  }

  /** Reads on to a record that is durable, unless a look that is under way brings it. What the store does not show yet comes later. */
  async reach(sequence: number): Promise<void> {
    if (this.state.sequence < sequence) await this.#looks.settled();
    if (this.state.sequence < sequence) await this.look();
  }

  /** Resolves when no look is under way. */
  idle(): Promise<void> {
    return this.#looks.idle();
  }

  get after(): number {
    return unreadAfter(this.state, this.#link);
  }

  fold(rows: readonly StoredEvent[]): void {
    const { onAppend, name } = this.#options;
    const before = this.state.sequence;
    const link = this.#link;
    // Of a record that cannot be folded, the ones before it are: their link is read again.
    this.#link = undefined;
    try {
      this.#link = foldRows(this.#options, rows, link);
    } finally {
      const { sequence: last } = this.state;
      if (last > before) {
        const isNew = ({ sequence }: StoredEvent) => sequence > before && sequence <= last;
        onAppend(name, rows.filter(isNew));
      }
    }
  }

  saw(atMs: number): void {
    this.#seenMs = Math.max(this.#seenMs ?? Number.NEGATIVE_INFINITY, atMs);
  }

  /** Resolves when what was appended for this process is folded here. It is durable, so a store that does not show it yet must not look like one that did not take it. */
  async shows(sequence: number): Promise<void> {
    const { clock, name } = this.#options;
    const sinceMs = clock.monotonicMs();
    for (;;) {
      await this.reach(sequence);
      if (this.state.sequence >= sequence) return;
      if (clock.monotonicMs() - sinceMs >= SHOWN_MS)
        throw new UserError(
          `It is written into the stream ${name}, and the store does not show that to this process yet. Look again in a moment.`,
        );
      await clock.sleep(AGAIN_MS);
    }
  }

  async #read(): Promise<void> {
    const { clock, store, name } = this.#options;
    const askedMs = clock.monotonicMs();
    try {
      for (let isMore = true; isMore; ) {
        const rows = await store.read(name, this.after, READ_LIMIT);
        this.fold(rows);
        isMore = rows.length >= READ_LIMIT;
      }
    } catch (failure) {
      if (!(failure instanceof StoreUnavailable)) throw failure;
      return;
    }
    this.saw(askedMs);
  }
}
