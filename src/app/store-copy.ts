import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "../domain/errors.ts";
import type { Store, StoreContents } from "../ports/store.ts";
import type { StoreReading } from "../stores/sqlite/copy.ts";

/** Events that are read and appended at once. */
const PAGE_EVENTS = 500;

export type WholeStore = Store & StoreContents;

/** What a store holds, counted and hashed: two stores with the same contents have the same summary. */
export interface StoreSummary {
  readonly streams: number;
  readonly events: number;
  readonly snapshots: number;
  readonly requests: number;
  readonly channels: number;
  readonly hash: string;
}

/** Copies a whole store, of a desk that has run, into an empty one and compares what both hold. Rows of the ledger that were delivered have done their work and stay behind. */
export async function copyStore(from: WholeStore, to: WholeStore): Promise<StoreSummary> {
  const before = await summaryOf(to);
  if (before.streams + before.snapshots + before.requests + before.channels > 0) {
    throw problem("the store to copy into holds something already", "Name an empty one: nothing is merged and nothing is overwritten");
  }
  const streams = await from.streams();
  if (streams.length === 0) throw problem("the store to copy from holds nothing", "Name the store of a desk that has run");
  for (const stream of streams) await copyStream(from, to, stream);
  for (const name of await from.snapshots()) {
    const snapshot = await from.loadSnapshot(name);
    if (snapshot) await to.saveSnapshot(snapshot);
  }
  for (const { row, settled } of await from.requests()) {
    await to.accept(row);
    if (settled) await to.settle(row.requestId);
  }
  for (const channel of await from.channels()) {
    await to.recordDelivery({ channel, cursors: await from.cursors(channel), rows: await from.undelivered(channel) });
  }
  const [old, copy] = [await summaryOf(from), await summaryOf(to)];
  if (isDeepStrictEqual(old, copy)) return copy;
  throw problem(
    `the copy is not equal: ${JSON.stringify(old)} became ${JSON.stringify(copy)}`,
    "Keep the old store, empty the new one and look into its log before another try",
  );
}

async function copyStream(from: WholeStore, to: WholeStore, stream: string): Promise<void> {
  const { epoch } = await to.acquire(stream);
  for await (const rows of pagesOf(from, stream)) {
    const expectedSequence = (rows[0]?.sequence ?? 1) - 1;
    await to.append({ stream, epoch, expectedSequence, bodies: rows.map(({ body }) => body) });
  }
}

async function* pagesOf(store: Pick<Store, "read">, stream: string) {
  for (let after = 0; ; ) {
    const rows = await store.read(stream, after, PAGE_EVENTS);
    if (rows.length > 0) yield rows;
    after = rows.at(-1)?.sequence ?? after;
    if (rows.length < PAGE_EVENTS) return;
  }
}

/** Reads all that a store holds. */
export async function summaryOf(store: StoreReading): Promise<StoreSummary> {
  const hash = createHash("sha256");
  const add = (...facts: unknown[]) => hash.update(`${JSON.stringify(facts)}\n`);
  const [streams, snapshots, requests, channels] = [
    await store.streams(),
    await store.snapshots(),
    await store.requests(),
    await store.channels(),
  ];
  let events = 0;
  for (const stream of streams) {
    add("stream", stream);
    for await (const rows of pagesOf(store, stream)) {
      events += rows.length;
      for (const { sequence, body } of rows) add(sequence, body);
    }
  }
  for (const name of snapshots) {
    const snapshot = await store.loadSnapshot(name);
    add("snapshot", name, snapshot?.sequence, snapshot?.body);
  }
  for (const { row, settled } of requests) add("request", row.requestId, row.wallMs, row.body, settled);
  for (const channel of channels) {
    add("channel", channel, [...(await store.cursors(channel))].sort());
    for (const { key, wallMs, status, attempts, messageId, body } of await store.undelivered(channel)) {
      add("row", key, wallMs, status, attempts, messageId ?? null, body);
    }
  }
  const counts = { streams: streams.length, events, snapshots: snapshots.length, requests: requests.length, channels: channels.length };
  return { ...counts, hash: hash.digest("hex") };
}

function problem(what: string, remedy: string): ConfigError {
  return new ConfigError([{ setting: "store", problem: what, remedy: `${remedy}.` }]);
}
