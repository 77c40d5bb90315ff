import type { AccountEvent, DeskEvent, Recorded } from "../../../domain/events.ts";
import type { Streams } from "../../../ports/streams.ts";
import { PAGE_EVENTS, PAGES_KEPT } from "./limits.ts";

export type Page = readonly Recorded<AccountEvent | DeskEvent>[];

/** Pages of streams. Connections that stand at the same place, as they do who keep up, share one reading of the store. */
export class SharedPages {
  readonly #streams: Pick<Streams, "since" | "lastSequence">;
  readonly #kept = new Map<string, { readonly end: number; readonly page: Promise<Page> }>();

  constructor(streams: Pick<Streams, "since" | "lastSequence">) {
    this.#streams = streams;
  }

  after(stream: string, sequence: number): Promise<Page> {
    const key = `${stream}#${sequence}`;
    const end = this.#streams.lastSequence(stream);
    const known = this.#kept.get(key);
    if (known?.end === end) return known.page;
    const page = this.#streams.since(stream, sequence, PAGE_EVENTS);
    page.catch(() => this.#kept.delete(key));
    this.#kept.delete(key);
    this.#kept.set(key, { end, page });
    if (this.#kept.size > PAGES_KEPT) for (const oldest of this.#kept.keys()) return this.#forget(oldest, page);
    return page;
  }

  #forget(oldest: string, page: Promise<Page>): Promise<Page> {
    this.#kept.delete(oldest);
    return page;
  }
}
