import { Types } from "mongoose";
import type { DeliveryRow, DeliveryUpdate, InboxRow } from "../../ports/store.ts";
import type { RowDocument } from "./documents.ts";
import { isDuplicate } from "./faults.ts";
import { keyOf, nameOf } from "./keys.ts";
import type { Collections } from "./schemas.ts";

/** Requests of which nobody knows whether they were stored. More than these cannot wait for a platform's repeat. */
const DOUBTS_MAX = 10_000;

/** The inbox. An id is a document's own id, so that one of many copies is new. */
export class Inbox {
  readonly #requests: Collections["requests"];
  /** Requests whose answer was lost, by id, with the mark of the document that may be there. */
  readonly #doubts = new Map<string, Types.ObjectId>();

  constructor({ requests }: Collections) {
    this.#requests = requests;
  }

  /** A repeat after a lost answer finds its own document, and that is new: its first copy was answered as unavailable and did not run. */
  async accept({ requestId, wallMs, body }: InboxRow): Promise<"new" | "seen"> {
    const arrival = new Types.ObjectId();
    try {
      await this.#requests.insertOne({ _id: requestId, arrival, wallMs, settled: false, body });
      this.#doubts.delete(requestId);
      return "new";
    } catch (thrown) {
      if (isDuplicate(thrown)) return this.#isOwn(requestId);
      if (!this.#doubts.has(requestId) && this.#doubts.size < DOUBTS_MAX) this.#doubts.set(requestId, arrival);
      throw thrown;
    }
  }

  async settle(requestId: string): Promise<void> {
    await this.#requests.updateOne({ _id: requestId }, { $set: { settled: true } });
  }

  async unsettled(): Promise<InboxRow[]> {
    const rows = await this.#requests.find({ settled: false }, { sort: { wallMs: 1, arrival: 1 } }).toArray();
    return rows.map(({ _id, wallMs, body }) => ({ requestId: _id, wallMs, body }));
  }

  /** Every request that is kept, oldest first. */
  async all(): Promise<{ readonly row: InboxRow; readonly settled: boolean }[]> {
    const rows = await this.#requests.find({}, { sort: { wallMs: 1, arrival: 1 } }).toArray();
    return rows.map(({ _id, wallMs, body, settled }) => ({ row: { requestId: _id, wallMs, body }, settled }));
  }

  async prune(beforeWallMs: number): Promise<void> {
    await this.#requests.deleteMany({ settled: true, wallMs: { $lt: beforeWallMs } });
  }

  async #isOwn(requestId: string): Promise<"new" | "seen"> {
    const doubted = this.#doubts.get(requestId);
    if (doubted === undefined) return "seen";
    const kept = await this.#requests.findOne({ _id: requestId }, { projection: { arrival: 1 } });
    this.#doubts.delete(requestId);
    return kept?.arrival.equals(doubted) ? "new" : "seen";
  }
}

/** The channels. A row that is delivered has done its work and is not kept: nobody ever asks for it again. */
export class Channels {
  readonly #channels: Collections["channels"];

  constructor({ channels }: Collections) {
    this.#channels = channels;
  }

  async cursors(channel: string): Promise<Map<string, number>> {
    const found = await this.#channels.findOne({ _id: channel }, { projection: { cursors: 1 } });
    return new Map(Object.entries(found?.cursors ?? {}).map(([key, sequence]) => [nameOf(key), sequence]));
  }

  async record({ channel, cursors, rows }: DeliveryUpdate): Promise<void> {
    const set: Record<string, unknown> = {};
    const unset: Record<string, ""> = {};
    const first: Record<string, Types.ObjectId> = {};
    for (const [stream, sequence] of cursors) set[`cursors.${keyOf(stream)}`] = sequence;
    for (const row of newestOf(rows)) {
      const path = `rows.${keyOf(row.key)}`;
      if (row.status === "delivered") {
        unset[path] = "";
        continue;
      }
      for (const [name, value] of Object.entries(fieldsOf(row))) set[`${path}.${name}`] = value;
      // The smallest is the earliest: a row that is replaced keeps its place among those of its instant.
      first[`${path}.arrival`] = new Types.ObjectId();
    }
    const update = { ...filled("$set", set), ...filled("$unset", unset), ...filled("$min", first) };
    if (Object.keys(update).length > 0) await this.#channels.updateOne({ _id: channel }, update, { upsert: true });
  }

  async undelivered(channel: string): Promise<DeliveryRow[]> {
    const found = await this.#channels.findOne({ _id: channel }, { projection: { rows: 1 } });
    const rows = Object.entries(found?.rows ?? {}).sort(([, a], [, b]) => a.wallMs - b.wallMs || compare(a.arrival, b.arrival));
    return rows.map(([key, { wallMs, status, attempts, messageId, body }]) => ({
      key: nameOf(key),
      wallMs,
      status,
      attempts,
      messageId: messageId ?? undefined,
      body,
    }));
  }

  async forget(channel: string): Promise<void> {
    await this.#channels.deleteOne({ _id: channel });
  }

  async names(): Promise<string[]> {
    const found = await this.#channels.find({}).toArray();
    const used = found.filter(({ cursors = {}, rows = {} }) => Object.keys(cursors).length + Object.keys(rows).length > 0);
    return used.map(({ _id }) => _id).sort();
  }
}

/** The last row of each key, in the order in which the keys came: one update may name a field once. */
function newestOf(rows: readonly DeliveryRow[]): Iterable<DeliveryRow> {
  return new Map(rows.map((row) => [row.key, row])).values();
}

function fieldsOf({ wallMs, status, attempts, messageId, body }: DeliveryRow) {
  return { wallMs, status, attempts, messageId: messageId ?? null, body };
}

function filled(operator: string, fields: Readonly<Record<string, unknown>>): object {
  return Object.keys(fields).length > 0 ? { [operator]: fields } : {};
}

function compare(a: RowDocument["arrival"], b: RowDocument["arrival"]): number {
  return a.toHexString() < b.toHexString() ? -1 : 1;
}
