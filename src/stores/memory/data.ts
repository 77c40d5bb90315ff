import type { AppendBatch, DeliveryRow, DeliveryUpdate, InboxRow, Snapshot, StoredEvent } from "../../ports/store.ts";
import { AppendRefused } from "../../ports/store.ts";
import { refusalOf } from "../refusal.ts";

interface Stream {
  epoch: number;
  readonly bodies: string[];
}

interface Channel {
  readonly cursors: Map<string, number>;
  readonly rows: Map<string, DeliveryRow>;
}

/** What a store in memory holds, whoever uses it. Nothing here waits. */
export class MemoryData {
  readonly #streams = new Map<string, Stream>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #inbox = new Map<string, { row: InboxRow; settled: boolean }>();
  readonly #channels = new Map<string, Channel>();

  /** The next epoch of a stream, and where the stream ends. */
  next(stream: string): { epoch: number; lastSequence: number } {
    const held = this.#streams.get(stream) ?? { epoch: 0, bodies: [] };
    held.epoch += 1;
    this.#streams.set(stream, held);
    return { epoch: held.epoch, lastSequence: held.bodies.length };
  }

  append(batch: AppendBatch): void {
    const held = this.#streams.get(batch.stream);
    const refusal = refusalOf(batch, held?.epoch ?? 0, held?.bodies.length ?? 0);
    if (refusal !== undefined) throw new AppendRefused(refusal);
    for (const body of batch.bodies) held?.bodies.push(body);
  }

  read(stream: string, afterSequence: number, limit: number): StoredEvent[] {
    const bodies = this.#streams.get(stream)?.bodies ?? [];
    return bodies.slice(afterSequence, afterSequence + limit).map((body, index) => ({ sequence: afterSequence + index + 1, body }));
  }

  streams(): string[] {
    return [...this.#streams.keys()].sort();
  }

  saveSnapshot(snapshot: Snapshot): void {
    this.#snapshots.set(snapshot.stream, { ...snapshot });
  }

  loadSnapshot(stream: string): Snapshot | undefined {
    const snapshot = this.#snapshots.get(stream);
    return snapshot && { ...snapshot };
  }

  accept(request: InboxRow): "new" | "seen" {
    if (this.#inbox.has(request.requestId)) return "seen";
    this.#inbox.set(request.requestId, { row: { ...request }, settled: false });
    return "new";
  }

  settle(requestId: string): void {
    const request = this.#inbox.get(requestId);
    if (request) request.settled = true;
  }

  unsettled(): InboxRow[] {
    const open = [...this.#inbox.values()].filter(({ settled }) => !settled);
    return open.map(({ row }) => ({ ...row })).sort(oldestFirst);
  }

  cursors(channel: string): Map<string, number> {
    return new Map(this.#channels.get(channel)?.cursors);
  }

  recordDelivery(update: DeliveryUpdate): void {
    const channel = this.#channels.get(update.channel) ?? { cursors: new Map(), rows: new Map() };
    for (const [stream, sequence] of update.cursors) channel.cursors.set(stream, sequence);
    for (const row of update.rows) channel.rows.set(row.key, { ...row });
    this.#channels.set(update.channel, channel);
  }

  undelivered(channel: string): DeliveryRow[] {
    const rows = [...(this.#channels.get(channel)?.rows.values() ?? [])].filter(isOpen);
    return rows.map((row) => ({ ...row })).sort(oldestFirst);
  }

  forgetChannel(channel: string): void {
    this.#channels.delete(channel);
  }

  prune(beforeWallMs: number): void {
    for (const [id, { row, settled }] of this.#inbox) if (settled && row.wallMs < beforeWallMs) this.#inbox.delete(id);
    for (const { rows } of this.#channels.values()) {
      for (const [key, row] of rows) if (row.status === "delivered" && row.wallMs < beforeWallMs) rows.delete(key);
    }
  }

  snapshots(): string[] {
    return [...this.#snapshots.keys()].sort();
  }

  requests(): { row: InboxRow; settled: boolean }[] {
    return [...this.#inbox.values()].map(({ row, settled }) => ({ row: { ...row }, settled })).sort((a, b) => oldestFirst(a.row, b.row));
  }

  channels(): string[] {
    const used = [...this.#channels].filter(([, { cursors, rows }]) => cursors.size > 0 || [...rows.values()].some(isOpen));
    return used.map(([name]) => name).sort();
  }
}

function isOpen({ status }: DeliveryRow): boolean {
  return status !== "delivered";
}

/** By wall time; rows of the same instant keep the order in which they first came. */
function oldestFirst(a: { wallMs: number }, b: { wallMs: number }): number {
  return a.wallMs - b.wallMs;
}
