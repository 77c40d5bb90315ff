import { decodeEvent } from "../domain/event-codec.ts";
import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import type { StoredEvent } from "../ports/store.ts";

/** Records that are kept, of all streams together: a burst of them is read by everybody before the next one. */
const KEPT_MAX = 4_000;
/** Characters of their texts that are kept, a curve of a backtest included. */
const KEPT_CHARS_MAX = 4_000_000;

type AnyRecord = Recorded<AccountEvent | DeskEvent>;

interface Kept {
  readonly body: string;
  /** Decoded when somebody first reads it, and apart from what was folded, which must not be shared. */
  record: AnyRecord | undefined;
}

/**
 * The newest durable records, which this process has just written or folded: delivery, the reporter and the live updates read each of them a moment later, and
 * need not ask the store for what was here already. A record that is durable never changes, so what is kept is never old.
 */
export class NewestRecords {
  /** By stream and sequence, oldest first. */
  readonly #kept = new Map<string, Kept>();
  #chars = 0;

  keep(stream: string, rows: readonly StoredEvent[]): void {
    for (const { sequence, body } of rows) {
      const key = keyOf(stream, sequence);
      if (this.#kept.has(key)) continue;
      this.#kept.set(key, { body, record: undefined });
      this.#chars += body.length;
    }
    for (const [key, { body }] of this.#kept) {
      if (this.#kept.size <= KEPT_MAX && this.#chars <= KEPT_CHARS_MAX) return;
      this.#kept.delete(key);
      this.#chars -= body.length;
    }
  }

  /** The records from one sequence to another, both included; undefined where one of them is not kept. */
  between(stream: string, from: number, to: number): AnyRecord[] | undefined {
    const found: AnyRecord[] = [];
    for (let sequence = from; sequence <= to; sequence += 1) {
      const kept = this.#kept.get(keyOf(stream, sequence));
      if (!kept) return undefined;
      kept.record ??= decodeEvent(sequence, kept.body);
      found.push(kept.record);
    }
    return found;
  }
}

function keyOf(stream: string, sequence: number): string {
  return `${sequence} ${stream}`;
}
