import { type AppendBatch, type Snapshot, type Store, StoreUnavailable } from "../../../src/ports/store.ts";
import type { SimStore } from "./store.ts";
import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

/** Slower commits than this are no D6 any more. */
const SLOW_MAX_MS = 5_000;

/** The order in which commits of one disk become durable, shared by all processes on it. */
export class CommitOrder {
  readonly #timeline: Timeline;
  #lastMs = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Waits for a commit that takes so long by itself: none overtakes an earlier one. Returns nothing when nothing has to be waited for. */
  pass(delayMs: number): Promise<void> | undefined {
    const dueMs = Math.max(this.#lastMs, this.#timeline.nowMs + delayMs);
    this.#lastMs = dueMs;
    return dueMs <= this.#timeline.nowMs ? undefined : this.#timeline.wait(dueMs - this.#timeline.nowMs);
  }
}

/** How a process meets the disk: refused in bursts (D3), full (D4), slow (D6), or gone for good right after a commit whose answer is an error (D2). */
export class FaultyStore {
  readonly #disk: SimStore;
  readonly #weather: Weather;
  readonly #commits: CommitOrder;
  readonly #process: number;
  readonly #onLost: () => void;
  #lost = false;

  constructor(process: number, disk: SimStore, weather: Weather, commits: CommitOrder, onLost: () => void) {
    this.#process = process;
    this.#disk = disk;
    this.#weather = weather;
    this.#commits = commits;
    this.#onLost = onLost;
  }

  /** The store with its faults in front of it. */
  open(): Store {
    const disk = this.#disk;
    return {
      acquire: (stream) => this.#written(() => disk.acquire(stream)),
      release: (stream) => this.#written(() => disk.release(stream)),
      unheld: (stream) => disk.unheld(stream),
      append: (batch) => this.#append(batch),
      read: (stream, after, limit) => this.#read(() => disk.read(stream, after, limit)),
      news: (after, limit) => this.#read(() => disk.news(after, limit)),
      streams: () => this.#read(() => disk.streams()),
      saveSnapshot: (snapshot) => this.#snapshot(snapshot),
      loadSnapshot: (stream) => this.#read(() => disk.loadSnapshot(stream)),
      accept: (request) => this.#written(() => disk.accept(request)),
      settle: (requestId) => this.#written(() => disk.settle(requestId)),
      unsettled: () => this.#read(() => disk.unsettled()),
      cursors: (channel) => this.#read(() => disk.cursors(channel)),
      recordDelivery: (update) => this.#written(() => disk.recordDelivery(update)),
      undelivered: (channel) => this.#read(() => disk.undelivered(channel)),
      forgetChannel: (channel) => this.#written(() => disk.forgetChannel(channel)),
      prune: (beforeMs) => this.#written(() => disk.prune(beforeMs)),
      close: async () => undefined,
    };
  }

  async #append(batch: AppendBatch): Promise<void> {
    this.#mustWork();
    const delayMs = this.#delay();
    const write = this.#disk.write(batch, this.#process);
    const commit = this.#commits.pass(delayMs);
    if (commit) await commit;
    this.#disk.sync(write);
    if (!this.#weather.strikes("D2", 0.05)) return;
    this.#lost = true;
    this.#onLost();
    this.#mustHold();
  }

  /** A snapshot is a commit like any other: it must not be on disk before the events it has folded. */
  async #snapshot(snapshot: Snapshot): Promise<void> {
    this.#mustWork();
    const commit = this.#commits.pass(this.#delay());
    if (commit) await commit;
    await this.#disk.saveSnapshot(snapshot);
  }

  async #written<T>(effect: () => Promise<T>): Promise<T> {
    this.#mustWork();
    return effect();
  }

  async #read<T>(effect: () => Promise<T>): Promise<T> {
    this.#mustHold();
    return effect();
  }

  #delay(): number {
    return this.#weather.strikes("D6") ? this.#weather.span(1, SLOW_MAX_MS) : 0;
  }

  #mustWork(): void {
    this.#mustHold();
    if (this.#weather.strikes("D4")) throw new StoreUnavailable("the store cannot grow: the disk is full");
    if (this.#weather.strikes("D3")) throw new StoreUnavailable("the store is being written by another program");
  }

  #mustHold(): void {
    if (this.#lost) throw new StoreUnavailable("the store is lost: its thread ended. Restart the process");
  }
}
