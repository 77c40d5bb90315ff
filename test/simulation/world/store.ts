import type { AppendBatch, DeliveryUpdate, InboxRow, News, Snapshot, Store, StoredEvent } from "../../../src/ports/store.ts";
import { AppendRefused, StoreUnavailable } from "../../../src/ports/store.ts";
import { Holdings } from "../../../src/stores/holdings.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { newsOf } from "../../../src/stores/news.ts";
import { refusalOf } from "../../../src/stores/refusal.ts";
import type { Dice } from "./dice.ts";

interface Stream {
  epoch: number;
  readonly bodies: string[];
}

/** A batch that readers see and that a crash may still lose. */
export interface Write {
  readonly batch: AppendBatch;
  readonly firstSequence: number;
  /** The process that wrote it. */
  readonly by: number;
  durable: boolean;
}

/** Told of each batch when it is durable: the log as bytes. */
export type OnDurable = (batch: AppendBatch, firstSequence: number) => void;

/**
 * The disk of the simulated machine: it outlives processes. Without `write` it keeps the store's contract to the letter; with it, a batch is visible at
 * once and durable when `sync` says so, as a database is whose commit is slow.
 */
export class SimStore implements Store {
  readonly #streams = new Map<string, Stream>();
  readonly #rest = openMemoryStore();
  readonly #onDurable: OnDurable;
  readonly #holdings = new Holdings();
  #unsynced: Write[] = [];
  #closed = false;

  constructor(onDurable: OnDurable = () => undefined) {
    this.#onDurable = onDurable;
  }

  acquire(stream: string): Promise<{ epoch: number; lastSequence: number }> {
    return this.#holdings.acquire(stream, async () => {
      this.#mustBeOpen();
      for (const write of this.#unsynced.splice(0)) this.#keep(write);
      const held = this.#streams.get(stream) ?? { epoch: 0, bodies: [] };
      held.epoch += 1;
      this.#streams.set(stream, held);
      return { epoch: held.epoch, lastSequence: held.bodies.length };
    });
  }

  async release(stream: string): Promise<void> {
    this.#mustBeOpen();
    this.#holdings.give(stream);
  }

  unheld(stream: string): string | undefined {
    return this.#closed ? "the store is closed" : this.#holdings.unheld(stream);
  }

  async append(batch: AppendBatch): Promise<void> {
    this.sync(this.write(batch, 0));
  }

  /** The first half of an append: its batch has its place and is visible. Throws AppendRefused or StoreUnavailable. */
  write(batch: AppendBatch, by: number): Write {
    this.#mustBeOpen();
    const held = this.#streams.get(batch.stream);
    const refusal = this.#holdings.missing(batch.stream) ?? refusalOf(batch, held?.epoch ?? 0, held?.bodies.length ?? 0);
    if (refusal !== undefined || !held) throw new AppendRefused(refusal);
    const firstSequence = held.bodies.length + 1;
    for (const body of batch.bodies) held.bodies.push(body);
    const write = { batch, firstSequence, by, durable: false };
    this.#unsynced.push(write);
    return write;
  }

  /** The second half: this batch and all before it are durable. */
  sync(upTo: Write): void {
    const place = this.#unsynced.indexOf(upTo);
    for (const write of this.#unsynced.splice(0, place + 1)) this.#keep(write);
  }

  /** A process has died: of its batches that were not durable, as many as the dice say are kept, oldest first, each whole. Answers how many were lost. */
  crash(by: number, dice: Dice): number {
    const open = this.#unsynced.filter((write) => write.by === by);
    const kept = dice.below(open.length + 1);
    for (const write of open.slice(0, kept)) this.#keep(write);
    const lost = open.slice(kept);
    for (const { batch, firstSequence } of lost.toReversed()) {
      const held = this.#streams.get(batch.stream);
      if (held) held.bodies.length = firstSequence - 1;
    }
    this.#unsynced = this.#unsynced.filter((write) => write.by !== by);
    return lost.length;
  }

  /** Breaks the contract: the newest batch of the longest stream is gone, although it was durable. Only a canary does that. */
  forget(): void {
    const longest = [...this.#streams.values()].sort((a, b) => b.bodies.length - a.bodies.length)[0];
    longest?.bodies.pop();
  }

  #keep(write: Write): void {
    write.durable = true;
    if (write.batch.bodies.length > 0) this.#onDurable(write.batch, write.firstSequence);
  }

  async read(stream: string, afterSequence: number, limit: number): Promise<StoredEvent[]> {
    this.#mustBeOpen();
    return this.#rows(stream, afterSequence, limit);
  }

  async news(after: ReadonlyMap<string, number>, limit: number): Promise<News> {
    this.#mustBeOpen();
    return newsOf(after, limit, (stream, afterSequence, left) => this.#rows(stream, afterSequence, left));
  }

  async streams(): Promise<string[]> {
    this.#mustBeOpen();
    return [...this.#streams.keys()].sort();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#rest.close();
  }

  saveSnapshot(snapshot: Snapshot): Promise<void> {
    return this.#rest.saveSnapshot(snapshot);
  }

  loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.#rest.loadSnapshot(stream);
  }

  accept(request: InboxRow): Promise<"new" | "seen"> {
    return this.#rest.accept(request);
  }

  settle(requestId: string): Promise<void> {
    return this.#rest.settle(requestId);
  }

  unsettled(): Promise<InboxRow[]> {
    return this.#rest.unsettled();
  }

  cursors(channel: string): Promise<Map<string, number>> {
    return this.#rest.cursors(channel);
  }

  recordDelivery(update: DeliveryUpdate): Promise<void> {
    return this.#rest.recordDelivery(update);
  }

  undelivered(channel: string) {
    return this.#rest.undelivered(channel);
  }

  forgetChannel(channel: string): Promise<void> {
    return this.#rest.forgetChannel(channel);
  }

  prune(beforeWallMs: number): Promise<void> {
    return this.#rest.prune(beforeWallMs);
  }

  #rows(stream: string, afterSequence: number, limit: number): StoredEvent[] {
    const bodies = this.#streams.get(stream)?.bodies ?? [];
    return bodies.slice(afterSequence, afterSequence + limit).map((body, index) => ({ sequence: afterSequence + index + 1, body }));
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new StoreUnavailable("the store is closed");
  }
}
