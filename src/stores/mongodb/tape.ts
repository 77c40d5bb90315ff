import { Types } from "mongoose";
import type { AppendBatch, StoredEvent } from "../../ports/store.ts";
import { AppendRefused, StoreUnavailable } from "../../ports/store.ts";
import { refusalOf } from "../refusal.ts";
import type { LinkDocument } from "./documents.ts";
import { isDuplicate, wasNeverSent } from "./faults.ts";
import { LinkRows } from "./link-rows.ts";
import type { Collections } from "./schemas.ts";

/** Bytes of event bodies in one document; the server takes 16 MiB with everything. */
const DOCUMENT_BYTES_MAX = 15 * 1_024 * 1_024;
/** What a body costs in a document beside its text: its type, its place in the list, its length and its end. */
const BODY_OVERHEAD_BYTES = 16;
/** How often an acquisition that others overtake looks again. */
const TRIES_MAX = 100;
/** Documents that a read asks for at once. */
const PAGE_DOCUMENTS = 500;

interface Head {
  readonly link: number;
  readonly epoch: number;
  readonly last: number;
}

interface Waiting {
  readonly batch?: AppendBatch;
  readonly bytes: number;
  readonly work: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

type Links = Collections["links"];

/** How the right to a stream is taken: true when its former holder left it behind. What failed may have happened. */
export interface Right {
  readonly take: () => Promise<boolean>;
  readonly failed: (thrown: unknown) => void;
}

/**
 * One stream. What is asked of it happens one after the other, in the order of the calls; appends that wait while another one is on its way
 * share the next document. An insert whose answer was lost is settled before anything else happens: its link is taken by an empty one, or,
 * when it had arrived, it is emptied. So an append that was answered as unavailable is never there, unless the process was declared gone meanwhile, or
 * another one has read it already and it stays: then the next append is refused.
 */
export class Tape {
  readonly #stream: string;
  readonly #links: Links;
  readonly #until: () => Date | undefined;
  readonly #waiting: Waiting[] = [];
  #head: Head | undefined;
  /** The insert of which nobody knows whether it arrived. */
  #doubt: LinkDocument | undefined;
  #running = false;
  /** Appends that were not answered yet. */
  #appends = 0;

  /** `until` is the time of the server before which no other process can have taken what this one holds; undefined while that is in doubt. */
  constructor(stream: string, links: Links, until: () => Date | undefined) {
    this.#stream = stream;
    this.#links = links;
    this.#until = until;
  }

  append(batch: AppendBatch): Promise<void> {
    const bytes = batch.bodies.reduce((sum, body) => sum + Buffer.byteLength(body) + BODY_OVERHEAD_BYTES, 0);
    if (bytes > DOCUMENT_BYTES_MAX) {
      return Promise.reject(new Error(`a batch of ${bytes} bytes does not fit into one document: ${DOCUMENT_BYTES_MAX} do`));
    }
    this.#appends += 1;
    return this.#queue({ batch, bytes, work: () => Promise.resolve() }).finally(() => {
      this.#appends -= 1;
    });
  }

  /** The right to the stream comes first; only who has it may fence the chain. */
  acquire({ take, failed }: Right): Promise<{ epoch: number; lastSequence: number; isTakeover: boolean }> {
    return this.after(async () => {
      try {
        const isTakeover = await take();
        const { epoch, last } = await this.#acquire();
        return { epoch, lastSequence: last, isTakeover };
      } catch (thrown) {
        failed(thrown);
        throw thrown;
      }
    });
  }

  /** Rows for a process that holds the stream, or for one that follows it: what the latter was given is never undone. */
  read(afterSequence: number, limit: number, isFollowed: boolean): Promise<StoredEvent[]> {
    return this.after(() => this.#read(afterSequence, limit, isFollowed));
  }

  /** Resolves when all that this process has appended by now is there or gone; one that is still in doubt then stays when it is read. */
  async written(): Promise<void> {
    if (this.#appends > 0 || this.#doubt) await this.after(() => Promise.resolve()).catch(() => undefined);
  }

  /** Does something in its turn, when nothing of this stream is in doubt. */
  async after<T>(work: () => Promise<T>): Promise<T> {
    const done: T[] = [];
    await this.#queue({
      bytes: 0,
      work: async () => {
        done.push(await work());
      },
    });
    return done[0] as T;
  }

  #queue(asked: Pick<Waiting, "batch" | "bytes" | "work">): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ ...asked, resolve, reject });
    if (!this.#running) void this.#drain();
    return promise;
  }

  async #drain(): Promise<void> {
    this.#running = true;
    // What is asked in one go is one group.
    await undefined;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const group = next.batch ? this.#groupFrom(next) : [next];
      try {
        await this.#settleDoubt();
        if (next.batch) await this.#commit(group);
        else await next.work();
        for (const { resolve } of group) resolve();
      } catch (thrown) {
        for (const { reject } of group) reject(thrown);
      }
    }
    this.#running = false;
  }

  #groupFrom(first: Waiting): Waiting[] {
    const group = [first];
    let { bytes } = first;
    for (let [next] = this.#waiting; next?.batch; [next] = this.#waiting) {
      bytes += next.bytes;
      if (bytes > DOCUMENT_BYTES_MAX) break;
      group.push(next);
      this.#waiting.shift();
    }
    return group;
  }

  /** Refused appends are answered at once; all others of the group share one document. */
  async #commit(group: readonly Waiting[]): Promise<void> {
    const head = await this.#newest();
    const bodies: string[] = [];
    for (const { batch, reject } of group) {
      const refusal = batch && refusalOf(batch, head.epoch, head.last + bodies.length);
      if (refusal !== undefined) reject(new AppendRefused(refusal));
      else bodies.push(...(batch?.bodies ?? []));
    }
    if (bodies.length === 0) return this.#mustBeNewest(head, group);
    const next = { link: head.link + 1, epoch: head.epoch, last: head.last + bodies.length };
    try {
      await this.#insert({ ...next, count: bodies.length, bodies });
      this.#head = next;
    } catch (thrown) {
      if (!isDuplicate(thrown)) throw thrown;
      await this.#refuseAll(group);
    }
  }

  /** An empty batch writes nothing, so nothing else would tell that another process has the stream. */
  async #mustBeNewest(head: Head, group: readonly Waiting[]): Promise<void> {
    this.#head = undefined;
    const { link } = await this.#newest();
    if (link !== head.link) await this.#refuseAll(group);
  }

  /** Another process has written: whoever waits here is told in the words of every store. */
  async #refuseAll(group: readonly Waiting[]): Promise<void> {
    this.#head = undefined;
    const { epoch, last } = await this.#newest();
    for (const { batch, reject } of group) {
      const refusal = batch && refusalOf(batch, epoch, last);
      reject(new AppendRefused(refusal ?? `the stream "${this.#stream}" was written by another process: read it again before writing`));
    }
  }

  async #acquire(): Promise<Head> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      this.#head = undefined;
      const head = await this.#newest();
      const next = { link: head.link + 1, epoch: head.epoch + 1, last: head.last };
      // One that was stopped here, and woke when another one holds the stream, must not fence it off.
      if (this.#until() === undefined) throw new StoreUnavailable("the right to it is in doubt: try again");
      try {
        await this.#insert({ ...next, count: 0, bodies: [] });
        this.#head = next;
        return next;
      } catch (thrown) {
        if (!isDuplicate(thrown)) throw thrown;
      }
    }
    throw new Error(`the stream "${this.#stream}" was taken by others ${TRIES_MAX} times in a row: too many processes want it`);
  }

  /** What this process knows, or what the primary has. */
  async #newest(): Promise<Head> {
    if (this.#head) return this.#head;
    const newest = await this.#links.findOne(
      { stream: this.#stream },
      { sort: { link: -1 }, projection: { link: 1, epoch: 1, last: 1 }, readConcern: "local" },
    );
    this.#head = newest ? { link: newest.link, epoch: newest.epoch, last: newest.last } : { link: 0, epoch: 0, last: 0 };
    return this.#head;
  }

  async #insert(link: Omit<LinkDocument, "_id" | "stream">): Promise<void> {
    const document: LinkDocument = { _id: new Types.ObjectId(), stream: this.#stream, ...link };
    try {
      await this.#links.insertOne({ ...document, bodies: [...document.bodies] });
    } catch (thrown) {
      if (!isDuplicate(thrown)) this.#head = undefined;
      if (!isDuplicate(thrown) && !wasNeverSent(thrown)) this.#doubt = document;
      throw thrown;
    }
  }

  async #settleDoubt(): Promise<void> {
    const doubted = this.#doubt;
    if (doubted === undefined) return;
    const before = doubted.last - doubted.count;
    try {
      await this.#links.insertOne({ ...doubted, _id: new Types.ObjectId(), last: before, count: 0, bodies: [] });
    } catch (thrown) {
      if (!isDuplicate(thrown)) throw thrown;
      // It had arrived, or another process has this link and it never can.
      await this.#undo(doubted, before);
    }
    this.#doubt = undefined;
    this.#head = undefined;
  }

  /** Empties what had arrived. By the server's clock it can only happen while no other process builds on it. */
  async #undo({ _id }: LinkDocument, last: number): Promise<void> {
    const until = this.#until();
    if (until !== undefined) {
      const mine = { _id, isSeen: { $ne: true }, $expr: { $lt: ["$$NOW", until] } };
      const undone = await this.#links.updateOne(mine, { $set: { last, count: 0, bodies: [] } });
      if (undone.matchedCount === 1) return;
    }
    const there = await this.#links.findOne({ _id }, { projection: { isSeen: 1 } });
    if (there === null || there.isSeen === true) return;
    throw new StoreUnavailable(
      `what was last written to the stream "${this.#stream}" is in doubt until the right to it was renewed: try again`,
    );
  }

  async #read(afterSequence: number, limit: number, isFollowed: boolean): Promise<StoredEvent[]> {
    if (limit <= 0) return [];
    const gathered = new LinkRows(afterSequence, limit);
    const after = { stream: this.#stream, count: { $gt: 0 }, last: { $gt: afterSequence } };
    const cursor = this.#links.find(after, { sort: { last: 1 }, batchSize: Math.min(limit, PAGE_DOCUMENTS), readConcern: "majority" });
    try {
      for await (const link of cursor) {
        if (!gathered.add(link)) throw new StoreUnavailable(`the stream "${this.#stream}" changed while it was read: try again`);
        if (gathered.isFull) break;
      }
    } finally {
      await cursor.close();
    }
    const { newest, rows } = gathered;
    return isFollowed && newest && !(await this.#see(newest)) ? gathered.withoutNewest() : rows;
  }

  /** Keeps the newest link of a read as it is; only that one may still be undone by its writer. False when it was. */
  async #see({ _id, isSeen }: Pick<LinkDocument, "_id" | "isSeen">): Promise<boolean> {
    if (isSeen) return true;
    const kept = await this.#links.updateOne({ _id, count: { $gt: 0 } }, { $set: { isSeen: true } });
    return kept.matchedCount === 1;
  }
}
