import type { Store } from "../../ports/store.ts";
import { type Entry, rowOf } from "./entry.ts";

/** Writes the ledger rows and cursors of one channel: everything that changed since the last commit in one, all or nothing. */
export class Ledger {
  readonly #store: Store;
  readonly #channel: string;
  readonly #changed = new Set<Entry>();

  constructor(store: Store, channel: string) {
    this.#store = store;
    this.#channel = channel;
  }

  get hasRows(): boolean {
    return this.#changed.size > 0;
  }

  changed(entries: Iterable<Entry>): void {
    for (const entry of entries) this.#changed.add(entry);
  }

  /** Rejects, with everything kept for the next commit, when the store could not write. */
  async commit(moved: Map<string, number>): Promise<void> {
    if (this.#changed.size === 0 && moved.size === 0) return;
    const entries = [...this.#changed];
    const cursors = new Map(moved);
    this.#changed.clear();
    moved.clear();
    try {
      await this.#store.recordDelivery({ channel: this.#channel, cursors, rows: entries.map(rowOf) });
    } catch (error) {
      this.changed(entries);
      for (const [stream, sequence] of cursors) if (!moved.has(stream)) moved.set(stream, sequence);
      throw error;
    }
  }
}
