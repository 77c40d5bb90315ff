import type { Connection } from "mongoose";
import type { Secret } from "../../domain/secret.ts";
import type { AskBook } from "../../ports/asks.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Cluster, SharedStore } from "../../ports/cluster.ts";
import type { DeskKeys } from "../../ports/desk-key.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Acquired, AppendBatch, DeliveryRow, DeliveryUpdate, InboxRow, News, Snapshot, StoredEvent } from "../../ports/store.ts";
import { AppendRefused, StreamHeld } from "../../ports/store.ts";
import { Holdings } from "../holdings.ts";
import { Asks } from "./asks.ts";
import { Channels, Inbox } from "./chat.ts";
import { deskKey } from "./desk-key.ts";
import { Gate } from "./gate.ts";
import type { Holds } from "./holds.ts";
import type { Members } from "./members.ts";
import { Membership } from "./membership.ts";
import { newsIn } from "./news.ts";
import type { Collections } from "./schemas.ts";
import { Tape } from "./tape.ts";
import { Turns } from "./turns.ts";

/** UTF-8 bytes of a snapshot that one document has room for. */
const SNAPSHOT_BYTES_MAX = 15 * 1_024 * 1_024;

export interface StoreParts {
  readonly connection: Connection;
  readonly collections: Collections;
  readonly members: Members;
  readonly holds: Holds;
  /** Of this process. */
  readonly name: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly place: string;
  readonly logger: Logger | undefined;
  readonly onTaken: (() => void) | undefined;
}

/** The store of one process that has joined a database. */
export class MongoStore implements SharedStore, DeskKeys {
  readonly cluster: Cluster;
  readonly asks: AskBook;
  readonly #parts: StoreParts;
  readonly #membership: Membership;
  readonly #holds: Holds;
  readonly #inbox: Inbox;
  readonly #channels: Channels;
  readonly #asks: Asks;
  readonly #tapes = new Map<string, Tape>();
  readonly #holdings = new Holdings();
  /** What is asked of one channel happens in order, */
  readonly #turns = new Turns();
  /** and of one request; what is asked of the whole inbox comes after it. */
  readonly #requests = new Turns();
  readonly #gate: Gate;

  constructor(parts: StoreParts) {
    const { collections, members, place, logger, name } = parts;
    this.#parts = parts;
    this.#holds = parts.holds;
    this.#membership = new Membership({ ...parts, giveOwed: (stream) => this.#giveOwed(stream) });
    this.#inbox = new Inbox(collections);
    this.#channels = new Channels(collections);
    this.#gate = new Gate({ place, problem: () => this.#membership.problem(), logger });
    this.cluster = { members: () => this.#gate.ask(() => members.all()) };
    this.#asks = new Asks(collections, name, (stream) => this.unheld(stream) === undefined);
    this.asks = gatedAsks(this.#asks, this.#gate);
  }

  /** From now on this process is renewed. */
  begin(): Promise<void> {
    return this.#membership.begin();
  }

  acquire(stream: string): Promise<Acquired> {
    // What was to be given back unanswered is so still when this process takes it again, or cannot.
    let isUnanswered = false;
    const right = {
      take: () => {
        isUnanswered = this.#membership.owed(stream)?.isUnanswered === true;
        this.#membership.settle(stream);
        return this.#holds.take(stream, isUnanswered);
      },
      failed: (thrown: unknown) => {
        if (!(thrown instanceof StreamHeld)) this.#membership.owe(stream, isUnanswered);
      },
    };
    return this.#gate.write(async () => {
      const taken = await this.#holdings.acquire(stream, () => this.#tape(stream).acquire(right));
      const { epoch, lastSequence, isTakeover } = taken;
      return isTakeover ? { epoch, lastSequence, isTakeover } : { epoch, lastSequence };
    });
  }

  async release(stream: string, isUnanswered = false): Promise<void> {
    this.#holdings.give(stream);
    try {
      await this.#gate.write(() => this.#giveBack(stream, isUnanswered));
    } catch (thrown) {
      // Acquired again meanwhile, it is kept.
      if (this.#holdings.missing(stream) !== undefined) this.#membership.owe(stream, isUnanswered);
      throw thrown;
    }
  }

  unheld(stream: string): string | undefined {
    if (this.#gate.closed) return `the store ${this.#parts.place} is closed`;
    return this.#membership.problem() ?? this.#holdings.unheld(stream);
  }

  async append(batch: AppendBatch): Promise<void> {
    const { stream } = batch;
    const missing = this.#holdings.missing(stream);
    try {
      await this.#gate.write(() => (missing === undefined ? this.#tape(stream).append(batch) : Promise.reject(new AppendRefused(missing))));
    } catch (thrown) {
      if (thrown instanceof AppendRefused) this.#holdings.refuse(stream);
      throw thrown;
    }
  }

  read(stream: string, afterSequence: number, limit: number): Promise<StoredEvent[]> {
    const isFollowed = this.#holdings.missing(stream) !== undefined;
    return this.#gate.ask(() => this.#tape(stream).read(afterSequence, limit, isFollowed));
  }

  news(after: ReadonlyMap<string, number>, limit: number): Promise<News> {
    return this.#gate.ask(() => this.#news(after, limit));
  }

  streams(): Promise<string[]> {
    return this.#gate.ask(async () => {
      const names: string[] = await this.#parts.collections.links.distinct("stream");
      return names.sort();
    });
  }

  saveSnapshot({ stream, sequence, body }: Snapshot): Promise<void> {
    if (Buffer.byteLength(body) > SNAPSHOT_BYTES_MAX) {
      // The older one stays: the next start reads a longer tail.
      this.#parts.logger?.warn({ stream, characters: body.length }, "a snapshot is larger than a document may be and was not kept");
      return Promise.resolve();
    }
    const { snapshots } = this.#parts.collections;
    return this.#gate.write(() =>
      this.#turns.run(`snapshot ${stream}`, async () => {
        await snapshots.replaceOne({ _id: stream }, { sequence, body }, { upsert: true });
      }),
    );
  }

  loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.#gate.ask(() =>
      this.#turns.run(`snapshot ${stream}`, async () => {
        const found = await this.#parts.collections.snapshots.findOne({ _id: stream });
        return found ? { stream, sequence: found.sequence, body: found.body } : undefined;
      }),
    );
  }

  accept(request: InboxRow): Promise<"new" | "seen"> {
    return this.#gate.write(() => this.#requests.run(request.requestId, () => this.#inbox.accept(request)));
  }

  settle(requestId: string): Promise<void> {
    return this.#gate.write(() => this.#requests.run(requestId, () => this.#inbox.settle(requestId)));
  }

  unsettled(): Promise<InboxRow[]> {
    return this.#gate.ask(() => this.#requests.ended().then(() => this.#inbox.unsettled()));
  }

  cursors(channel: string): Promise<Map<string, number>> {
    return this.#gate.ask(() => this.#turns.run(`channel ${channel}`, () => this.#channels.cursors(channel)));
  }

  recordDelivery(update: DeliveryUpdate): Promise<void> {
    return this.#gate.write(() => this.#turns.run(`channel ${update.channel}`, () => this.#channels.record(update)));
  }

  undelivered(channel: string): Promise<DeliveryRow[]> {
    return this.#gate.ask(() => this.#turns.run(`channel ${channel}`, () => this.#channels.undelivered(channel)));
  }

  forgetChannel(channel: string): Promise<void> {
    return this.#gate.write(() => this.#turns.run(`channel ${channel}`, () => this.#channels.forget(channel)));
  }

  prune(beforeWallMs: number): Promise<void> {
    return this.#gate.write(async () => {
      await this.#requests.ended();
      await this.#inbox.prune(beforeWallMs);
      await this.#asks.prune(beforeWallMs);
      await this.#parts.members.prune();
    });
  }

  snapshots(): Promise<string[]> {
    return this.#gate.ask(async () => {
      const names: string[] = await this.#parts.collections.snapshots.distinct("_id");
      return names.sort();
    });
  }

  requests(): ReturnType<Inbox["all"]> {
    return this.#gate.ask(() => this.#requests.ended().then(() => this.#inbox.all()));
  }

  channels(): Promise<string[]> {
    return this.#gate.ask(() => this.#channels.names());
  }

  deskKey(offered: Secret): Promise<Secret> {
    return this.#gate.write(() => deskKey(this.#parts.collections, offered));
  }

  /** Everything that was asked before is answered; then everything is given back. */
  async close(): Promise<void> {
    const first = !this.#gate.closed;
    await this.#gate.close();
    if (!first) return;
    await this.#membership.leave();
    await this.#parts.connection.destroy();
  }

  /** Streams that this process holds are read in step with its own appends, each for itself; all others in one question. */
  async #news(after: ReadonlyMap<string, number>, limit: number): Promise<News> {
    const isHeld = (stream: string) => this.#holdings.missing(stream) === undefined;
    const followed = new Map([...after].filter(([stream]) => !isHeld(stream)));
    const held = [...after].filter(([stream]) => !followed.has(stream));
    await Promise.all([...followed.keys()].map((stream) => this.#tapes.get(stream)?.written()));
    const found = await newsIn(this.#parts.collections.links, followed, limit);
    const rows = new Map(found.rows);
    const more = new Set(found.more);
    let left = [...rows.values()].reduce((sum, { length }) => sum - length, limit);
    for (const [stream, sequence] of held) {
      const own = await this.#tape(stream).read(sequence, left, false);
      if (own.length >= left) more.add(stream);
      if (own.length > 0) rows.set(stream, own);
      left -= own.length;
    }
    return { rows, more };
  }

  async #giveOwed(stream: string): Promise<void> {
    await this.#tape(stream).after(async () => {
      const owed = this.#membership.owed(stream);
      if (!owed) return;
      await this.#holds.give(stream, owed.isUnanswered);
      this.#membership.settle(stream);
    });
  }

  #giveBack(stream: string, isUnanswered: boolean): Promise<void> {
    return this.#tape(stream).after(async () => {
      this.#membership.owe(stream, isUnanswered);
      await this.#holds.give(stream, isUnanswered);
      this.#membership.settle(stream);
    });
  }

  #tape(stream: string): Tape {
    const tape = this.#tapes.get(stream) ?? new Tape(stream, this.#parts.collections.links, () => this.#membership.until());
    this.#tapes.set(stream, tape);
    return tape;
  }
}

function gatedAsks(asks: AskBook, gate: Gate): AskBook {
  return {
    ask: (ask) => gate.write(() => asks.ask(ask)),
    open: (streams) => gate.ask(() => asks.open(streams)),
    begin: (id) => gate.write(() => asks.begin(id)),
    answer: (id, body) => gate.write(() => asks.answer(id, body)),
    answers: (ids) => gate.ask(() => asks.answers(ids)),
    withdraw: (id) => gate.write(() => asks.withdraw(id)),
  };
}
