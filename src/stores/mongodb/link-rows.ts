import type { StoredEvent } from "../../ports/store.ts";
import type { LinkDocument } from "./documents.ts";

/** The rows of one stream, gathered from its links in their order. */
export class LinkRows {
  readonly rows: StoredEvent[] = [];
  readonly #after: number;
  readonly #limit: number;
  /** The newest link that was read. Only that one may still be undone by its writer. */
  newest: Pick<LinkDocument, "_id" | "isSeen"> | undefined;
  /** Rows of the links before it. */
  #settled = 0;
  #end: number | undefined;

  constructor(afterSequence: number, limit: number) {
    this.#after = afterSequence;
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.rows.length >= this.#limit;
  }

  /** Takes the rows of the next link for which there is room. False, and nothing is taken, when it does not follow the one before: the stream changed meanwhile. */
  add({ _id, isSeen = false, last, count, bodies }: LinkDocument): boolean {
    if (this.#end !== undefined && this.#end !== last - count) return false;
    this.#end = last;
    this.newest = { _id, isSeen };
    this.#settled = this.rows.length;
    for (const [index, body] of bodies.entries()) {
      const sequence = last - count + index + 1;
      if (sequence > this.#after && !this.isFull) this.rows.push({ sequence, body });
    }
    return true;
  }

  /** The rows without those of the newest link, which its writer has undone. */
  withoutNewest(): StoredEvent[] {
    return this.rows.slice(0, this.#settled);
  }
}
