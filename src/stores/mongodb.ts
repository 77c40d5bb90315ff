import type { Connection } from "mongoose";
import { ConfigError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
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
} from "../ports/store.ts";
import { AppendRefused } from "../ports/store.ts";
import { Channels, Inbox } from "./mongodb/chat.ts";
import { connect, type MongoAddress, placeOf } from "./mongodb/connect.ts";
import { type Fault, faultOf } from "./mongodb/faults.ts";
import { Gate } from "./mongodb/gate.ts";
import { Lease, vacancy } from "./mongodb/lease.ts";
import { prepare } from "./mongodb/prepare.ts";
import { type Collections, collectionsOf } from "./mongodb/schemas.ts";
import { type SetupOptions, setUp } from "./mongodb/setup.ts";
import { Tape } from "./mongodb/tape.ts";

/** UTF-8 bytes of a snapshot that one document has room for. */
const SNAPSHOT_BYTES_MAX = 15 * 1_024 * 1_024;

export interface MongoOptions extends MongoAddress {
  readonly clock: Clock;
  /** A name that no other process has. */
  readonly holder: string;
  readonly logger?: Logger | undefined;
  readonly leaseMs?: number | undefined;
  /** Another process has taken the database: this one must end. */
  readonly onTaken?: (() => void) | undefined;
}

interface StoreParts {
  readonly connection: Connection;
  readonly collections: Collections;
  readonly lease: Lease;
  readonly place: string;
  readonly logger: Logger | undefined;
}

/**
 * Opens the store in a MongoDB database, a replica set or a single server, and takes it for this process. Throws ConfigError (setting `STORE_URL`) with
 * one sentence when it cannot be reached, refuses the user, is in use, foreign or from a newer build.
 */
export async function openMongoStore(options: MongoOptions): Promise<Store & StoreContents> {
  const place = placeOf(options.url);
  let connection: Connection | undefined;
  try {
    connection = await connect(options);
    const collections = collectionsOf(connection);
    const lease = new Lease({ ...options, collections });
    const fault = (await prepare(connection, collections)) ?? (await lease.take());
    if (fault) throw refused(place, fault);
    return new MongoStore({ connection, collections, lease, place, logger: options.logger });
  } catch (thrown) {
    await connection?.destroy();
    const fault = faultOf(thrown);
    throw fault ? refused(place, fault) : thrown;
  }
}

/** Waits until no process has the database. `told` hears who has it. Throws ConfigError (setting `STORE_URL`) when it cannot be reached at first. */
export async function mongoVacancy(options: MongoAddress & { readonly clock: Clock }, told: (who: string) => void): Promise<void> {
  let connection: Connection | undefined;
  try {
    connection = await connect(options);
    await vacancy(collectionsOf(connection).meta, options.clock, told);
  } catch (thrown) {
    const fault = faultOf(thrown);
    throw fault ? refused(placeOf(options.url), fault) : thrown;
  } finally {
    await connection?.destroy();
  }
}

/** Makes the replica set and the user that an address names, as root. Throws ConfigError (setting `STORE_URL`) with one sentence when that cannot be done. */
export async function setUpMongo(options: SetupOptions): Promise<string> {
  try {
    return await setUp(options);
  } catch (thrown) {
    const fault = faultOf(thrown);
    throw fault ? refused(placeOf(options.url), fault) : thrown;
  }
}

function refused(place: string, { problem, remedy }: Fault): ConfigError {
  return new ConfigError([{ setting: "STORE_URL", problem: `the store ${place} ${problem}`, remedy }]);
}

class MongoStore implements Store, StoreContents {
  readonly #connection: Connection;
  readonly #collections: Collections;
  readonly #lease: Lease;
  readonly #place: string;
  readonly #logger: Logger | undefined;
  readonly #inbox: Inbox;
  readonly #channels: Channels;
  readonly #tapes = new Map<string, Tape>();
  /** Streams that this process has taken and nobody has taken from it, as far as it knows. */
  readonly #held = new Set<string>();
  /** The last thing that was asked of each channel, and of the inbox: what is asked of one happens in order. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #gate: Gate;

  constructor({ connection, collections, lease, place, logger }: StoreParts) {
    this.#connection = connection;
    this.#collections = collections;
    this.#lease = lease;
    this.#place = place;
    this.#logger = logger;
    this.#inbox = new Inbox(collections);
    this.#channels = new Channels(collections);
    this.#gate = new Gate({ place, problem: () => lease.problem(), logger });
  }

  acquire(stream: string): Promise<Acquired> {
    return this.#gate.write(async () => {
      const { isTakeover } = this.#lease;
      const acquired = await this.#tape(stream).acquire();
      this.#held.add(stream);
      return isTakeover ? { ...acquired, isTakeover } : acquired;
    });
  }

  async release(stream: string): Promise<void> {
    this.#held.delete(stream);
  }

  unheld(stream: string): string | undefined {
    if (this.#gate.closed) return `the store ${this.#place} is closed`;
    return this.#lease.problem() ?? (this.#held.has(stream) ? undefined : `the stream "${stream}" is not this process's`);
  }

  append(batch: AppendBatch): Promise<void> {
    return this.#gate
      .write(() => this.#tape(batch.stream).append(batch))
      .catch((thrown: unknown) => {
        if (thrown instanceof AppendRefused) this.#held.delete(batch.stream);
        throw thrown;
      });
  }

  read(stream: string, afterSequence: number, limit: number): Promise<StoredEvent[]> {
    return this.#gate.ask(() => this.#tape(stream).read(afterSequence, limit));
  }

  streams(): Promise<string[]> {
    return this.#gate.ask(async () => {
      const names: string[] = await this.#collections.links.distinct("stream");
      return names.sort();
    });
  }

  saveSnapshot({ stream, sequence, body }: Snapshot): Promise<void> {
    if (Buffer.byteLength(body) > SNAPSHOT_BYTES_MAX) {
      // The older one stays: the next start reads a longer tail.
      this.#logger?.warn({ stream, characters: body.length }, "a snapshot is larger than a document may be and was not kept");
      return Promise.resolve();
    }
    const { snapshots } = this.#collections;
    return this.#gate.write(() =>
      this.#inTurn(`snapshot ${stream}`, async () => {
        await snapshots.replaceOne({ _id: stream }, { sequence, body }, { upsert: true });
      }),
    );
  }

  loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.#gate.ask(() =>
      this.#inTurn(`snapshot ${stream}`, async () => {
        const found = await this.#collections.snapshots.findOne({ _id: stream });
        return found ? { stream, sequence: found.sequence, body: found.body } : undefined;
      }),
    );
  }

  accept(request: InboxRow): Promise<"new" | "seen"> {
    return this.#gate.write(() => this.#inTurn("inbox", () => this.#inbox.accept(request)));
  }

  settle(requestId: string): Promise<void> {
    return this.#gate.write(() => this.#inTurn("inbox", () => this.#inbox.settle(requestId)));
  }

  unsettled(): Promise<InboxRow[]> {
    return this.#gate.ask(() => this.#inTurn("inbox", () => this.#inbox.unsettled()));
  }

  cursors(channel: string): Promise<Map<string, number>> {
    return this.#gate.ask(() => this.#inTurn(`channel ${channel}`, () => this.#channels.cursors(channel)));
  }

  recordDelivery(update: DeliveryUpdate): Promise<void> {
    return this.#gate.write(() => this.#inTurn(`channel ${update.channel}`, () => this.#channels.record(update)));
  }

  undelivered(channel: string): Promise<DeliveryRow[]> {
    return this.#gate.ask(() => this.#inTurn(`channel ${channel}`, () => this.#channels.undelivered(channel)));
  }

  forgetChannel(channel: string): Promise<void> {
    return this.#gate.write(() => this.#inTurn(`channel ${channel}`, () => this.#channels.forget(channel)));
  }

  prune(beforeWallMs: number): Promise<void> {
    return this.#gate.write(() => this.#inTurn("inbox", () => this.#inbox.prune(beforeWallMs)));
  }

  snapshots(): Promise<string[]> {
    return this.#gate.ask(async () => {
      const names: string[] = await this.#collections.snapshots.distinct("_id");
      return names.sort();
    });
  }

  requests(): ReturnType<Inbox["all"]> {
    return this.#gate.ask(() => this.#inTurn("inbox", () => this.#inbox.all()));
  }

  channels(): Promise<string[]> {
    return this.#gate.ask(() => this.#channels.names());
  }

  /** Everything that was asked before is answered; then the lease is given back. */
  async close(): Promise<void> {
    const first = !this.#gate.closed;
    await this.#gate.close();
    if (!first) return;
    await this.#lease.release();
    await this.#connection.destroy();
  }

  #tape(stream: string): Tape {
    const tape = this.#tapes.get(stream) ?? new Tape(stream, this.#collections.links);
    this.#tapes.set(stream, tape);
    return tape;
  }

  /** Runs after what was asked of the same thing before, whatever became of it. */
  #inTurn<T>(what: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(what) ?? Promise.resolve()).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(what, settled);
    void settled.then(() => {
      if (this.#turns.get(what) === settled) this.#turns.delete(what);
    });
    return turn;
  }
}
