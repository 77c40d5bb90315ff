import { Worker } from "node:worker_threads";
import { ConfigError, messageOf } from "../domain/errors.ts";
import type { Logger } from "../ports/logger.ts";
import type { AppendBatch, DeliveryUpdate, InboxRow, Snapshot } from "../ports/store.ts";
import { AppendRefused, StoreUnavailable } from "../ports/store.ts";
import { Holdings } from "./holdings.ts";
import type { Answer, Ask, Failure, FromWriter, OperationName, SqliteStore, ToWriter, Value, WriterOptions } from "./sqlite/protocol.ts";

export type { SqliteStore } from "./sqlite/protocol.ts";

/** Operations that may wait for the disk at one time. One more is refused at once as unavailable. */
export const OPERATIONS_QUEUED_MAX = 10_000;

export interface SqliteOptions {
  /** Path of the database; its folders are created. */
  readonly file: string;
  /** The most pages (of 4 KiB) that the database may grow to; beyond, it answers as a full disk does. No bound when absent. */
  readonly pagesMax?: number;
  readonly logger?: Logger;
}

/**
 * Opens the embedded store: one SQLite file, written by one process, on a thread of its own. Throws ConfigError (setting `STORE_URL`)
 * with one sentence when the file is in use, cannot be written, is damaged, foreign or from a newer build.
 */
export async function openSqliteStore({ file, pagesMax, logger }: SqliteOptions): Promise<SqliteStore> {
  const url = new URL(import.meta.url.endsWith(".ts") ? "./sqlite/worker.ts" : "./sqlite/worker.js", import.meta.url);
  const worker = new Worker(url, { workerData: { file, pagesMax } satisfies WriterOptions });
  const client = new SqliteClient(worker, file, logger);
  await client.opened;
  return client;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The calling side: numbers the operations, hands them to the writer's thread and matches its answers. */
class SqliteClient implements SqliteStore {
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #file: string;
  readonly #logger: Logger | undefined;
  readonly #ended: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  readonly #holdings = new Holdings();
  #lastId = 0;
  /** Why nothing may be asked any more. */
  #over: string | undefined;

  constructor(worker: Worker, file: string, logger: Logger | undefined) {
    this.#worker = worker;
    this.#file = file;
    this.#logger = logger;
    const opening = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    this.opened = opening.promise;
    this.#ended = ended.promise;
    let cause = "its thread ended";
    worker.on("error", (error) => {
      cause = `its thread failed: ${messageOf(error)}`;
    });
    worker.on("exit", () => {
      this.#endAll(cause);
      opening.reject(new StoreUnavailable(`the store ${file} could not be opened: ${cause}`));
      ended.resolve();
    });
    worker.on("message", (message: FromWriter) => {
      if (message.kind === "answers") this.#settleAll(message.answers);
      else if (message.kind === "opened") opening.resolve();
      else {
        this.#over = "it was never opened";
        opening.reject(new ConfigError([message.problem]));
      }
    });
  }

  acquire(stream: string): Promise<Value<"acquire">> {
    return this.#holdings.acquire(stream, () => this.#ask("acquire", [stream]));
  }

  /** Nobody else can have it before the file is closed, so there is nothing to write down. */
  async release(stream: string): Promise<void> {
    if (this.#over !== undefined) throw this.#closed(this.#over);
    this.#holdings.give(stream);
  }

  /** The file's lock is this process's until its thread ends, and nobody else can take it before. */
  unheld(stream: string): string | undefined {
    return this.#over ?? this.#holdings.unheld(stream);
  }

  async append(batch: AppendBatch): Promise<void> {
    const missing = this.#holdings.missing(batch.stream);
    if (missing !== undefined && this.#over === undefined) throw new AppendRefused(missing);
    return this.#ask("append", [batch]);
  }

  read(stream: string, afterSequence: number, limit: number): Promise<Value<"read">> {
    return this.#ask("read", [stream, afterSequence, limit]);
  }

  news(after: ReadonlyMap<string, number>, limit: number): Promise<Value<"news">> {
    return this.#ask("news", [after, limit]);
  }

  streams(): Promise<string[]> {
    return this.#ask("streams", []);
  }

  saveSnapshot(snapshot: Snapshot): Promise<void> {
    return this.#ask("saveSnapshot", [snapshot]);
  }

  loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.#ask("loadSnapshot", [stream]);
  }

  accept(request: InboxRow): Promise<"new" | "seen"> {
    return this.#ask("accept", [request]);
  }

  settle(requestId: string): Promise<void> {
    return this.#ask("settle", [requestId]);
  }

  unsettled(): Promise<InboxRow[]> {
    return this.#ask("unsettled", []);
  }

  cursors(channel: string): Promise<Map<string, number>> {
    return this.#ask("cursors", [channel]);
  }

  recordDelivery(update: DeliveryUpdate): Promise<void> {
    return this.#ask("recordDelivery", [update]);
  }

  undelivered(channel: string): Promise<Value<"undelivered">> {
    return this.#ask("undelivered", [channel]);
  }

  forgetChannel(channel: string): Promise<void> {
    return this.#ask("forgetChannel", [channel]);
  }

  prune(beforeWallMs: number): Promise<void> {
    return this.#ask("prune", [beforeWallMs]);
  }

  snapshots(): Promise<string[]> {
    return this.#ask("snapshots", []);
  }

  requests(): Promise<Value<"requests">> {
    return this.#ask("requests", []);
  }

  channels(): Promise<string[]> {
    return this.#ask("channels", []);
  }

  statistics(): Promise<Value<"statistics">> {
    return this.#ask("statistics", []);
  }

  /** Everything that was asked before is finished and answered; then the file is closed and its lock given back. */
  async close(): Promise<void> {
    if (this.#over === undefined) {
      this.#over = "it is closed";
      this.#worker.postMessage({ name: "close" } satisfies ToWriter);
    }
    await this.#ended;
  }

  async #ask<Name extends OperationName>(name: Name, ask: Ask<Name>): Promise<Value<Name>> {
    if (this.#over !== undefined) throw this.#closed(this.#over);
    if (this.#pending.size >= OPERATIONS_QUEUED_MAX) {
      throw new StoreUnavailable(`the store ${this.#file} is too slow: ${OPERATIONS_QUEUED_MAX} operations wait for its disk. Try again`);
    }
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#worker.postMessage({ id, name, ask });
    this.#pending.set(id, { resolve, reject });
    return promise as Promise<Value<Name>>;
  }

  #closed(why: string): StoreUnavailable {
    return new StoreUnavailable(`the store ${this.#file} takes nothing more: ${why}`);
  }

  /** Answers of one commit, or of one read. What failed together is logged once. */
  #settleAll(answers: readonly Answer[]): void {
    let broken: Failure | undefined;
    for (const answer of answers) {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if (!("failure" in answer)) {
        pending?.resolve(answer.value);
        continue;
      }
      pending?.reject(errorOf(answer.failure));
      if (answer.failure.kind !== "refused") broken = answer.failure;
    }
    if (broken) this.#logger?.error({ file: this.#file, operations: answers.length }, broken.message);
  }

  #endAll(cause: string): void {
    if (this.#over === undefined) {
      this.#over = `${cause}. Restart the process`;
      this.#logger?.error({ file: this.#file }, `the store is lost: ${cause}`);
    }
    for (const { reject } of this.#pending.values()) reject(new StoreUnavailable(`the store ${this.#file} is lost: ${cause}`));
    this.#pending.clear();
  }
}

function errorOf({ kind, message }: Failure): Error {
  if (kind === "refused") return new AppendRefused(message);
  return kind === "unavailable" ? new StoreUnavailable(message) : new Error(message);
}
