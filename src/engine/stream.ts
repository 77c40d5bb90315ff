import { type ChainEnd, chained, linkOf } from "../domain/audit-chain.ts";
import { decodeEvent, encodeEvent } from "../domain/event-codec.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import type { MarketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import { type Acquired, AppendRefused, type Store, type StoredEvent } from "../ports/store.ts";

/** Rows read from the store at once. */
export const READ_LIMIT = 2_000;

/** What a stream is folded into: knows the last sequence it has seen. */
export interface Folded {
  sequence: number;
}

/** A stream as this process has it: written here, or followed while another process writes it. */
export interface StreamFold<S extends Folded, E extends AccountEvent | DeskEvent> {
  readonly name: string;
  readonly state: S;
  /** The newest durable record that is folded, as a chain knows it. */
  readonly end: ChainEnd;
  /** Another process had the stream and did not give it back: what it sent last may still be on its way. */
  readonly isTakeover: boolean;
  /** Why nothing that follows from this stream may leave this process any more; asked in the moment of sending. */
  unheld(): string | undefined;
  /**
   * Appends a batch, all or nothing, and resolves once it is durable and folded. Rejects, with the fold unchanged, when the store could not keep it. A
   * function is asked for its events once all earlier appends are folded, so that what it read is still so.
   */
  append(events: readonly E[] | (() => readonly E[]), marketMs: MarketMs, requestId?: string): Promise<void>;
}

/**
 * The one writer of one stream in this process: appends are serial, durable when they resolve, and only then folded. What the fold says is
 * therefore never ahead of what a crash would leave.
 */
export class StreamWriter<S extends Folded, E extends AccountEvent | DeskEvent> implements StreamFold<S, E> {
  readonly name: string;
  readonly state: S;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #apply: (state: S, recorded: Recorded<E>) => void;
  readonly #onAppend: StreamOptions<S, E>["onAppend"];
  readonly #onTaken: (refusal: AppendRefused) => void;
  readonly #epoch: number;
  readonly isTakeover: boolean;
  #tail: Promise<void> = Promise.resolve();
  /** The link of the newest durable record, which the next one follows from. */
  #link: string | undefined;

  constructor(options: StreamOptions<S, E>, { epoch, isTakeover = false }: Acquired, link: string | undefined) {
    this.name = options.name;
    this.state = options.state;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#apply = options.apply;
    this.#onAppend = options.onAppend;
    this.#onTaken = options.onTaken;
    this.#epoch = epoch;
    this.isTakeover = isTakeover;
    this.#link = link;
  }

  get end(): ChainEnd {
    return { sequence: this.state.sequence, link: this.#link };
  }

  unheld(): string | undefined {
    return this.#store.unheld(this.name);
  }

  append(events: readonly E[] | (() => readonly E[]), marketMs: MarketMs, requestId?: string): Promise<void> {
    const turn = this.#tail.then(() => this.#write(events, marketMs, requestId));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #write(asked: readonly E[] | (() => readonly E[]), marketMs: MarketMs, requestId: string | undefined): Promise<void> {
    const events = typeof asked === "function" ? asked() : asked;
    if (events.length === 0) return;
    const wallMs = this.#clock.wall();
    const facts = { wallMs, marketMs, requestId };
    const { sequence: expectedSequence } = this.state;
    let link = this.#link;
    const rows = events.map((event, index) => {
      const sequence = expectedSequence + index + 1;
      const record = chained(this.name, sequence, link, encodeEvent({ ...facts, event }));
      link = record.link;
      return { sequence, body: record.body };
    });
    await this.#keep(rows.map(({ body }) => body));
    this.#link = link;
    for (const event of events) this.#apply(this.state, { sequence: this.state.sequence + 1, ...facts, event });
    this.#onAppend(this.name, rows);
  }

  async #keep(bodies: readonly string[]): Promise<void> {
    try {
      await this.#store.append({ stream: this.name, epoch: this.#epoch, expectedSequence: this.state.sequence, bodies });
    } catch (failure) {
      if (failure instanceof AppendRefused) this.#onTaken(failure);
      throw failure;
    }
  }
}

export interface StreamOptions<S extends Folded, E extends AccountEvent | DeskEvent> {
  readonly name: string;
  /** The fold to continue: empty, or as a snapshot left it. */
  readonly state: S;
  readonly store: Store;
  readonly clock: Clock;
  readonly apply: (state: S, recorded: Recorded<E>) => void;
  /** Called after each durable append with what it brought. */
  readonly onAppend: (stream: string, rows: readonly StoredEvent[]) => void;
  /** Called when the store refuses an append for good: another process writes the stream now, and whatever this one still knows is old. */
  readonly onTaken: (refusal: AppendRefused) => void;
}

/** Takes a stream for this process and folds what is newer than the given state. */
export async function openStream<S extends Folded, E extends AccountEvent | DeskEvent>(
  options: StreamOptions<S, E>,
): Promise<StreamWriter<S, E>> {
  const acquired = await options.store.acquire(options.name);
  return new StreamWriter(options, acquired, await readOn(options));
}

/** Folds what the store has beyond a state. Returns the link of the newest record that is folded by then; undefined where there is none. */
async function readOn<S extends Folded, E extends AccountEvent | DeskEvent>(options: StreamOptions<S, E>): Promise<string | undefined> {
  const { name, state, store } = options;
  let link: string | undefined;
  for (;;) {
    const rows = await store.read(name, unreadAfter(state, link), READ_LIMIT);
    link = foldRows(options, rows, link);
    if (rows.length < READ_LIMIT) return link;
  }
}

/** After which sequence a stream is to be read on: from the newest record that is folded while its link is not known, because the next one follows from it. */
export function unreadAfter({ sequence }: Folded, link: string | undefined): number {
  return link === undefined ? Math.max(0, sequence - 1) : sequence;
}

/** Folds rows that follow on what is folded, and leaves out what is folded already. Returns the link of the newest record that is folded then. */
export function foldRows<S extends Folded, E extends AccountEvent | DeskEvent>(
  { state, apply }: Pick<StreamOptions<S, E>, "state" | "apply">,
  rows: readonly StoredEvent[],
  known: string | undefined,
): string | undefined {
  let link = known;
  for (const { sequence, body } of rows) {
    if (sequence > state.sequence) apply(state, decodeEvent<E>(sequence, body));
    // Rows of an older question end before what is folded by now.
    if (sequence === state.sequence) link = linkOf(body);
  }
  return link;
}
