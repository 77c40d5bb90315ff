import type { ChainEnd } from "../domain/audit-chain.ts";
import { decodeEvent } from "../domain/event-codec.ts";
import type { AccountEvent, ChainHead, DeskEvent, Recorded } from "../domain/events.ts";
import type { Store, StoredEvent } from "../ports/store.ts";
import type { Streams } from "../ports/streams.ts";
import { NewestRecords } from "./newest-records.ts";

export const DESK_STREAM = "desk";

/** The stream that an account's events are in. */
export function accountStream(account: string): string {
  return `account:${account}`;
}

/** The account of a stream; undefined for the desk's own. */
export function accountOf(stream: string): string | undefined {
  return stream === DESK_STREAM ? undefined : stream.replace(/^account:/, "");
}

/** The most rows that one reader gets at once. */
const PAGE_MAX = 1_000;

/** Read access to every stream of this desk, with word of each append. */
export class StreamBook implements Streams {
  readonly #store: Store;
  /** Called by the writers when a stream turns out to be another process's: this one must end then. */
  readonly taken: (refusal: unknown) => void;
  readonly #ends = new Map<string, () => ChainEnd>();
  readonly #newest = new NewestRecords();
  readonly #listeners = new Set<(stream: string, rows: readonly StoredEvent[]) => void>();

  constructor(store: Store, taken: (refusal: unknown) => void) {
    this.#store = store;
    this.taken = taken;
  }

  add(stream: string, end: () => ChainEnd): void {
    this.#ends.set(stream, end);
  }

  /** The newest durable record of a stream that this process writes. */
  end(stream: string): ChainEnd | undefined {
    return this.#ends.get(stream)?.();
  }

  /** Where the chains of all accounts stand. */
  heads(): readonly ChainHead[] {
    return this.names().flatMap((stream) => {
      const { sequence, link } = this.end(stream) ?? { sequence: 0, link: undefined };
      return stream === DESK_STREAM || link === undefined ? [] : [{ stream, sequence, link }];
    });
  }

  names(): readonly string[] {
    return [...this.#ends.keys()].sort();
  }

  lastSequence(stream: string): number {
    return this.end(stream)?.sequence ?? 0;
  }

  async since(stream: string, afterSequence: number, limit: number): Promise<readonly Recorded<AccountEvent | DeskEvent>[]> {
    const last = this.lastSequence(stream);
    if (afterSequence >= last) return [];
    const count = Math.min(limit, PAGE_MAX);
    const known = this.#newest.between(stream, afterSequence + 1, Math.min(last, afterSequence + count));
    if (known) return known;
    const rows = await this.#store.read(stream, afterSequence, count);
    return rows.map(({ sequence, body }) => decodeEvent(sequence, body));
  }

  onAppend(listener: (stream: string, rows: readonly StoredEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called after each durable append with what it brought, by the writers and by whoever reads on what others write. */
  appended = (stream: string, rows: readonly StoredEvent[]): void => {
    this.#newest.keep(stream, rows);
    for (const listener of this.#listeners) listener(stream, rows);
  };
}
