import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppendRefused, StoreUnavailable } from "../../src/ports/store.ts";
import { openDatabase } from "../../src/stores/sqlite/schema.ts";
import type { SqliteStore } from "../../src/stores/sqlite.ts";
import { OPERATIONS_QUEUED_MAX } from "../../src/stores/sqlite.ts";
import { contentsContract, storeContract } from "../contracts/store.contract.ts";
import { Place } from "./sqlite.kit.ts";

describe("all tests on one file", () => {
  const place = new Place();
  let store: SqliteStore | undefined;
  afterAll(() => place.destroy());

  const reopen = async (): Promise<SqliteStore> => {
    await place.closeAll();
    store = await place.open();
    return store;
  };

  /** A thread per test would take most of the time: a store that still works is emptied and used again. */
  const emptied = async (): Promise<SqliteStore> => {
    const works = await store?.statistics().catch(() => undefined);
    if (!store || !works) return reopen();
    const other = new DatabaseSync(place.file);
    for (const table of ["events", "streams", "snapshots", "inbox", "cursors", "deliveries"]) other.exec(`DELETE FROM ${table}`);
    other.close();
    return store;
  };

  const open = async () => ({ store: await emptied(), reopen, destroy: async () => undefined });
  storeContract("the SQLite store", open);
  contentsContract("the SQLite store", open);
});

describe("the SQLite store's writer", () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.destroy());

  /** Keeps every commit waiting until the returned function is called. */
  function blockCommits(): () => void {
    const other = new DatabaseSync(place.file);
    other.exec("BEGIN IMMEDIATE");
    return () => other.close();
  }

  it("commits everything that queued behind a waiting commit at once", async () => {
    const store = await place.open();
    await store.acquire("desk");
    const before = await store.statistics();
    const release = blockCommits();
    const appends = Array.from({ length: 201 }, (_, n) =>
      store.append({ stream: "desk", epoch: 1, expectedSequence: n, bodies: [`event ${n}`] }),
    );
    release();
    await Promise.all(appends);
    const after = await store.statistics();
    expect(after.writes - before.writes).toBe(201);
    expect(after.commits - before.commits).toBeLessThanOrEqual(2);
    expect(after.groupMax).toBeGreaterThan(100);
  });

  it("does not undo the others of a commit when it refuses one of them", async () => {
    const store = await place.open();
    await store.acquire("desk");
    const release = blockCommits();
    const calls = [0, 999, 1, 999, 2].map((expectedSequence) =>
      store.append({ stream: "desk", epoch: 1, expectedSequence, bodies: [`after ${expectedSequence}`] }),
    );
    release();
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: expect.any(AppendRefused) });
    expect((await store.read("desk", 0, 10)).map(({ body }) => body)).toEqual(["after 0", "after 1", "after 2"]);
  });

  it("undoes an operation that was asked wrongly, whole, and keeps the others of its commit", async () => {
    const store = await place.open();
    const row = { key: "desk:1", wallMs: 1, status: "waiting" as const, attempts: 0, messageId: undefined, body: "a" };
    const release = blockCommits();
    const good = store.accept({ requestId: "r1", wallMs: 1, body: "a" });
    const rows = [row, { ...row, key: "desk:2", wallMs: 1.5 }];
    const wrong = store.recordDelivery({ channel: "telegram:1", cursors: new Map([["desk", 2]]), rows });
    release();
    await expect(wrong).rejects.toThrow(/cannot store REAL value in INTEGER column/);
    await expect(wrong).rejects.not.toThrow(StoreUnavailable);
    expect(await good).toBe("new");
    expect(await store.unsettled()).toHaveLength(1);
    expect(await store.cursors("telegram:1")).toEqual(new Map());
    expect(await store.undelivered("telegram:1")).toEqual([]);
  });

  it("refuses what exceeds the queue at once and works on when the queue is shorter", async () => {
    const store = await place.open();
    const calls = Array.from({ length: OPERATIONS_QUEUED_MAX }, () => store.settle("nobody"));
    await expect(store.settle("one too many")).rejects.toThrow(StoreUnavailable);
    await Promise.all(calls);
    await store.settle("there is room again");
  });

  it("rejects everything that waits when its thread ends, takes nothing more and leaves the file to the next", async () => {
    const workers: Worker[] = [];
    const note = (worker: Worker): void => void workers.push(worker);
    process.on("worker", note);
    const store = await place.open();
    process.off("worker", note);
    await store.acquire("desk");
    const release = blockCommits();
    const waiting = store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    const ending = workers[0]?.terminate();
    release();
    await expect(waiting).rejects.toThrow(StoreUnavailable);
    await ending;
    await expect(store.read("desk", 0, 10)).rejects.toThrow(/takes nothing more: its thread ended/);
    await store.close();
    const next = await place.open();
    expect((await next.acquire("desk")).epoch).toBe(2);
  });

  it("keeps full synchronization, the write-ahead log, foreign keys and strict tables", () => {
    const database = openDatabase(join(place.folder, "direct.sqlite"), undefined);
    if ("problem" in database) return expect.unreachable(database.problem);
    const settings = ["synchronous", "journal_mode", "foreign_keys", "busy_timeout"].map((pragma) =>
      Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {}).at(0),
    );
    const loose = database
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
      .all();
    database.close();
    expect(settings).toEqual([2, "wal", 1, 5_000]);
    expect(loose).toEqual([]);
  });
});
