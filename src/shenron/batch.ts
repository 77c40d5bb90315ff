import type { Streams } from "../ports/streams.ts";
import { BODY_BYTES_MAX, ITEMS_MAX, type ReportItem } from "./contract.ts";
import { type ItemSources, itemOf } from "./items.ts";
import { markOf } from "./marks.ts";

/** Events read from a stream at once. */
const PAGE = 500;
/** Events that one batch looks through for something to tell. */
const EVENTS_MAX = 4_000;
/** Leaves room for the health and the frame of a report. */
const ITEM_BYTES_MAX = BODY_BYTES_MAX - 16_384;

/** A stretch of one stream: everything after `from`, up to `to`. */
export interface Span {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
}

export interface Batch {
  /** Equal for equal spans of one desk. */
  readonly key: string;
  readonly spans: readonly Span[];
  readonly items: readonly ReportItem[];
}

/** What is next to be told: a bounded piece of every stream that has gone on since its cursor. Undefined when all cursors are at the ends. */
export async function nextBatch(streams: Streams, cursors: ReadonlyMap<string, number>, sources: ItemSources): Promise<Batch | undefined> {
  const spans: Span[] = [];
  const filling = new Filling();
  let looked = 0;
  for (const stream of streams.names()) {
    const from = cursors.get(stream) ?? 0;
    let to = from;
    while (to < streams.lastSequence(stream) && looked < EVENTS_MAX) {
      const page = await streams.since(stream, to, PAGE);
      if (page.length === 0) break;
      for (const recorded of page) {
        if (!filling.takes(itemOf(stream, recorded, sources))) break;
        to = recorded.sequence;
      }
      looked += page.length;
      if (filling.isFull) break;
    }
    if (to > from) spans.push({ stream, from, to });
    if (filling.isFull || looked >= EVENTS_MAX) break;
  }
  return spans.length === 0 ? undefined : { key: keyOf(sources.desk, spans), spans, items: filling.items };
}

/** The batch that an earlier process had begun to send: the same events, and so the same items under the same key. */
export async function sameBatch(streams: Streams, spans: readonly Span[], sources: ItemSources): Promise<Batch> {
  const items: ReportItem[] = [];
  for (const { stream, from, to } of spans) {
    for (let at = from; at < to; ) {
      const page = await streams.since(stream, at, Math.min(PAGE, to - at));
      if (page.length === 0) break;
      for (const recorded of page) {
        const item = itemOf(stream, recorded, sources);
        if (item !== undefined) items.push(item);
        at = recorded.sequence;
      }
    }
  }
  return { key: keyOf(sources.desk, spans), spans, items };
}

function keyOf(desk: string, spans: readonly Span[]): string {
  return `report-${markOf(desk, ...spans.map(({ stream, from, to }) => `${stream} ${from} ${to}`))}`;
}

class Filling {
  readonly items: ReportItem[] = [];
  isFull = false;
  #bytes = 0;

  /** False when there is no room for it any more; what is no item always has room. */
  takes(item: ReportItem | undefined): boolean {
    if (item === undefined) return true;
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (this.items.length >= ITEMS_MAX || this.#bytes + bytes > ITEM_BYTES_MAX) {
      this.isFull = true;
      return false;
    }
    this.#bytes += bytes;
    this.items.push(item);
    return true;
  }
}
