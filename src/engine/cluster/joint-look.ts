import type { Clock } from "../../ports/clock.ts";
import { type Store, type StoredEvent, StoreUnavailable } from "../../ports/store.ts";
import { Looks } from "./looks.ts";

/** Rows that one question may bring, of all streams together. */
const NEWS_LIMIT = 2_000;

/** A stream as a look at many of them reads it on. */
export interface LookedAt {
  readonly name: string;
  /** The sequence after which it is asked. */
  readonly after: number;
  /** Folds rows that follow on what was asked after; what is folded already is left out. */
  fold(rows: readonly StoredEvent[]): void;
  /** Everything that was durable at this instant is folded. */
  saw(atMs: number): void;
}

export interface JointLookOptions {
  readonly store: Pick<Store, "news">;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** The streams that are looked at just now. */
  readonly streams: () => readonly LookedAt[];
}

/** Reads many streams on in one question, however many they are; in a few where much is new. */
export class JointLook {
  readonly #options: JointLookOptions;
  readonly #looks = new Looks(() => this.#read());

  constructor(options: JointLookOptions) {
    this.#options = options;
  }

  /**
   * Folds all that is durable by now in any of the streams. Rejects with StoreUnavailable when the store does not answer: then some of them may be as old as
   * they were. One that cannot be folded keeps none of the others, and is told at the end.
   */
  look(): Promise<void> {
    return this.#looks.look();
  }

  async #read(): Promise<void> {
    const { streams } = this.#options;
    const failures: unknown[] = [];
    let open = streams();
    let turn = open;
    while (turn.length > 0) {
      const { served, done } = await this.#ask(turn, failures);
      open = open.filter((stream) => !done.has(stream));
      // Whoever had nothing yet comes first, so that one with much to read keeps none of the others.
      const waiting = turn.filter((stream) => !done.has(stream) && !served.has(stream.name));
      turn = waiting.length > 0 ? waiting : open;
    }
    if (failures.length > 0) throw failures[0];
  }

  /** One question. Says which streams got rows by it, and which need no other one. */
  async #ask(turn: readonly LookedAt[], failures: unknown[]) {
    const { store, clock, streams } = this.#options;
    const askedMs = clock.monotonicMs();
    const { rows, more } = await store.news(new Map(turn.map(({ name, after }) => [name, after])), NEWS_LIMIT);
    if (rows.size === 0 && more.size === turn.length)
      throw new StoreUnavailable(`the store shows nothing of ${more.size} streams of which it has more`);
    // One that was left meanwhile is for somebody else to fold.
    const still = new Set(streams());
    const done = new Set(turn.filter((stream) => !still.has(stream)));
    for (const stream of turn) {
      if (done.has(stream)) continue;
      try {
        stream.fold(rows.get(stream.name) ?? []);
        if (more.has(stream.name)) continue;
        stream.saw(askedMs);
      } catch (failure) {
        failures.push(failure);
      }
      done.add(stream);
    }
    return { served: rows, done };
  }
}
