import type {
  Acquired,
  AppendBatch,
  DeliveryRow,
  DeliveryUpdate,
  InboxRow,
  News,
  Snapshot,
  Store,
  StoreContents,
  StoredEvent,
} from "../ports/store.ts";
import { AppendRefused, StoreUnavailable } from "../ports/store.ts";
import { Holdings } from "./holdings.ts";
import { newsOf } from "./news.ts";
import { refusalOf } from "./refusal.ts";

/** A store that lives and dies with this process: for tests and for trying things out. It keeps the same contract, durability aside. */
export function openMemoryStore(): Store & StoreContents {
  return new MemoryStore();
}

interface Stream {
  epoch: number;
  readonly bodies: string[];
}

interface Channel {
  readonly cursors: Map<string, number>;
  readonly rows: Map<string, DeliveryRow>;
}

/** Every method does its whole work before it first yields, so calls take effect in the order in which they were made. */
class MemoryStore implements Store, StoreContents {
  readonly #streams = new Map<string, Stream>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #inbox = new Map<string, { row: InboxRow; settled: boolean }>();
  readonly #channels = new Map<string, Channel>();
  readonly #holdings = new Holdings();
  #closed = false;

  acquire(stream: string): Promise<Acquired> {
    return this.#holdings.acquire(stream, async () => {
      this.#mustBeOpen();
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
    this.#mustBeOpen();
    const held = this.#streams.get(batch.stream);
    const refusal = this.#holdings.missing(batch.stream) ?? refusalOf(batch, held?.epoch ?? 0, held?.bodies.length ?? 0);
    if (refusal !== undefined) throw new AppendRefused(refusal);
    for (const body of batch.bodies) held?.bodies.push(body);
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

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#mustBeOpen();
    this.#snapshots.set(snapshot.stream, { ...snapshot });
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    this.#mustBeOpen();
    const snapshot = this.#snapshots.get(stream);
    return snapshot && { ...snapshot };
  }

  async accept(request: InboxRow): Promise<"new" | "seen"> {
    this.#mustBeOpen();
    if (this.#inbox.has(request.requestId)) return "seen";
    this.#inbox.set(request.requestId, { row: { ...request }, settled: false });
    return "new";
  }

  async settle(requestId: string): Promise<void> {
    this.#mustBeOpen();
    const request = this.#inbox.get(requestId);
    if (request) request.settled = true;
  }

  async unsettled(): Promise<InboxRow[]> {
    this.#mustBeOpen();
    const open = [...this.#inbox.values()].filter(({ settled }) => !settled);
    return open.map(({ row }) => ({ ...row })).sort(oldestFirst);
  }

  async cursors(channel: string): Promise<Map<string, number>> {
    this.#mustBeOpen();
    return new Map(this.#channels.get(channel)?.cursors);
  }

  async recordDelivery(update: DeliveryUpdate): Promise<void> {
    this.#mustBeOpen();
    const channel = this.#channels.get(update.channel) ?? { cursors: new Map(), rows: new Map() };
    for (const [stream, sequence] of update.cursors) channel.cursors.set(stream, sequence);
    for (const row of update.rows) channel.rows.set(row.key, { ...row });
    this.#channels.set(update.channel, channel);
  }

  async undelivered(channel: string): Promise<DeliveryRow[]> {
    this.#mustBeOpen();
    const rows = [...(this.#channels.get(channel)?.rows.values() ?? [])].filter(isOpen);
    return rows.map((row) => ({ ...row })).sort(oldestFirst);
  }

  async forgetChannel(channel: string): Promise<void> {
    this.#mustBeOpen();
    this.#channels.delete(channel);
  }

  async prune(beforeWallMs: number): Promise<void> {
    this.#mustBeOpen();
    for (const [id, { row, settled }] of this.#inbox) if (settled && row.wallMs < beforeWallMs) this.#inbox.delete(id);
    for (const { rows } of this.#channels.values()) {
      for (const [key, row] of rows) if (row.status === "delivered" && row.wallMs < beforeWallMs) rows.delete(key);
    }
  }

  async snapshots(): Promise<string[]> {
    this.#mustBeOpen();
    return [...this.#snapshots.keys()].sort();
  }

  async requests(): Promise<{ row: InboxRow; settled: boolean }[]> {
    this.#mustBeOpen();
    return [...this.#inbox.values()].map(({ row, settled }) => ({ row: { ...row }, settled })).sort((a, b) => oldestFirst(a.row, b.row));
  }

  async channels(): Promise<string[]> {
    this.#mustBeOpen();
    const used = [...this.#channels].filter(([, { cursors, rows }]) => cursors.size > 0 || [...rows.values()].some(isOpen));
    return used.map(([name]) => name).sort();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #rows(stream: string, afterSequence: number, limit: number): StoredEvent[] {
    const bodies = this.#streams.get(stream)?.bodies ?? [];
    return bodies.slice(afterSequence, afterSequence + limit).map((body, index) => ({ sequence: afterSequence + index + 1, body }));
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new StoreUnavailable("the store is closed");
  }
}

function isOpen({ status }: DeliveryRow): boolean {
  return status !== "delivered";
}

/** By wall time; rows of the same instant keep the order in which they first came. */
function oldestFirst(a: { wallMs: number }, b: { wallMs: number }): number {
  return a.wallMs - b.wallMs;
}
