import type {
  Acquired,
  AppendBatch,
  DeliveryRow,
  DeliveryUpdate,
  InboxRow,
  Snapshot,
  Store,
  StoreContents,
  StoredEvent,
} from "../../ports/store.ts";
import { AppendRefused, StoreUnavailable } from "../../ports/store.ts";
import { Holdings } from "../holdings.ts";
import type { MemoryData } from "./data.ts";

/** How a process uses a store in memory: alone, or beside others. Nothing but `call` and `leave` waits. */
export interface Seat {
  /** Does one thing at the store, at once when nothing is in the way. Rejects as unavailable where it cannot be done or its answer is lost. */
  call<T>(kind: "read" | "write", work: () => T): Promise<T>;
  /** Throws `StreamHeld`; true when the former holder did not give it back. */
  take(stream: string): boolean;
  give(stream: string): void;
  /** What nobody knows whether this process has it must be given back later. */
  owe(stream: string): void;
  /** Why this process may not act just now. */
  problem(): string | undefined;
  prune(beforeWallMs: number): void;
  leave(): Promise<void>;
}

/** The store of one process. Where nothing is in the way, every method does its whole work before it first yields, so calls take effect in their order. */
export class MemoryStore implements Store, StoreContents {
  readonly #data: MemoryData;
  readonly #seat: Seat;
  readonly #holdings: Holdings;
  #closed = false;

  constructor(data: MemoryData, seat: Seat, holdings: Holdings = new Holdings()) {
    this.#data = data;
    this.#seat = seat;
    this.#holdings = holdings;
  }

  acquire(stream: string): Promise<Acquired> {
    return this.#holdings.acquire(stream, () =>
      this.#owing(stream, () => {
        const isTakeover = this.#seat.take(stream);
        return isTakeover ? { ...this.#data.next(stream), isTakeover } : this.#data.next(stream);
      }),
    );
  }

  async release(stream: string): Promise<void> {
    this.#holdings.give(stream);
    await this.#owing(stream, () => this.#seat.give(stream));
  }

  unheld(stream: string): string | undefined {
    return this.#closed ? "the store is closed" : (this.#seat.problem() ?? this.#holdings.unheld(stream));
  }

  append(batch: AppendBatch): Promise<void> {
    const missing = this.#holdings.missing(batch.stream);
    return this.#call("write", () => {
      if (missing !== undefined) throw new AppendRefused(missing);
      this.#data.append(batch);
    });
  }

  read(stream: string, afterSequence: number, limit: number): Promise<StoredEvent[]> {
    return this.#call("read", () => this.#data.read(stream, afterSequence, limit));
  }

  streams(): Promise<string[]> {
    return this.#call("read", () => this.#data.streams());
  }

  saveSnapshot(snapshot: Snapshot): Promise<void> {
    return this.#call("write", () => this.#data.saveSnapshot(snapshot));
  }

  loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.#call("read", () => this.#data.loadSnapshot(stream));
  }

  accept(request: InboxRow): Promise<"new" | "seen"> {
    return this.#call("write", () => this.#data.accept(request));
  }

  settle(requestId: string): Promise<void> {
    return this.#call("write", () => this.#data.settle(requestId));
  }

  unsettled(): Promise<InboxRow[]> {
    return this.#call("read", () => this.#data.unsettled());
  }

  cursors(channel: string): Promise<Map<string, number>> {
    return this.#call("read", () => this.#data.cursors(channel));
  }

  recordDelivery(update: DeliveryUpdate): Promise<void> {
    return this.#call("write", () => this.#data.recordDelivery(update));
  }

  undelivered(channel: string): Promise<DeliveryRow[]> {
    return this.#call("read", () => this.#data.undelivered(channel));
  }

  forgetChannel(channel: string): Promise<void> {
    return this.#call("write", () => this.#data.forgetChannel(channel));
  }

  prune(beforeWallMs: number): Promise<void> {
    return this.#call("write", () => {
      this.#data.prune(beforeWallMs);
      this.#seat.prune(beforeWallMs);
    });
  }

  snapshots(): Promise<string[]> {
    return this.#call("read", () => this.#data.snapshots());
  }

  requests(): Promise<{ row: InboxRow; settled: boolean }[]> {
    return this.#call("read", () => this.#data.requests());
  }

  channels(): Promise<string[]> {
    return this.#call("read", () => this.#data.channels());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#seat.leave();
  }

  async #owing<T>(stream: string, work: () => T): Promise<T> {
    try {
      return await this.#call("write", work);
    } catch (thrown) {
      if (thrown instanceof StoreUnavailable) this.#seat.owe(stream);
      throw thrown;
    }
  }

  async #call<T>(kind: "read" | "write", work: () => T): Promise<T> {
    if (this.#closed) throw new StoreUnavailable("the store is closed");
    return this.#seat.call(kind, work);
  }
}
