import { chmodSync, closeSync, existsSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../src/domain/errors.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { Place } from "./sqlite.kit.ts";

/** 400 KiB: little enough to fill, more than the empty schema. */
const SMALL_PAGES = 100;
const LARGE = "x".repeat(20_000);

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.destroy());

describe("a full disk", () => {
  /** Appends to "desk" until the disk is full; returns how many events were acknowledged. */
  async function fill(store: Awaited<ReturnType<Place["open"]>>): Promise<number> {
    const { epoch, lastSequence } = await store.acquire("desk");
    for (let sequence = lastSequence; sequence < SMALL_PAGES; sequence += 1) {
      try {
        await store.append({ stream: "desk", epoch, expectedSequence: sequence, bodies: [LARGE] });
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(StoreUnavailable);
        expect(String(thrown)).toContain(`the store ${place.file} cannot grow: the disk is full. Free some space`);
        return sequence;
      }
    }
    return expect.unreachable("the disk never got full");
  }

  it("rejects an append as unavailable, keeps nothing of it, and takes appends again when there is room", async () => {
    const store = await place.open({ pagesMax: SMALL_PAGES });
    for (const requestId of ["r1", "r2", "r3"]) {
      await store.accept({ requestId, wallMs: 1, body: LARGE });
      await store.settle(requestId);
    }
    const kept = await fill(store);
    expect(await store.read("desk", 0, 1_000)).toHaveLength(kept);
    await store.prune(2);
    await store.append({ stream: "desk", epoch: 1, expectedSequence: kept, bodies: ["a", "b"] });
    await place.closeAll();
    const later = await place.open();
    expect((await later.read("desk", kept - 1, 10)).map(({ body }) => body.length)).toEqual([LARGE.length, 1, 1]);
  });

  it("answers every write of a commit that did not fit as unavailable, never as another process's work", async () => {
    const store = await place.open({ pagesMax: SMALL_PAGES });
    await store.acquire("desk");
    const calls = Array.from({ length: 60 }, (_, n) => store.append({ stream: "desk", epoch: 1, expectedSequence: n, bodies: [LARGE] }));
    const first = await Promise.allSettled(calls.slice(0, 1));
    const results = [...first, ...(await Promise.allSettled(calls.slice(1)))];
    const acknowledged = results.filter(({ status }) => status === "fulfilled").length;
    const failed = results.findIndex(({ status }) => status === "rejected");
    expect(failed).toBe(acknowledged);
    expect(results[failed]).toMatchObject({ reason: expect.any(StoreUnavailable) });
    expect(await store.read("desk", 0, 1_000)).toHaveLength(acknowledged);
  });

  it("moves no cursor when the ledger rows of the same update did not fit", async () => {
    const store = await place.open({ pagesMax: SMALL_PAGES });
    const rows = Array.from({ length: 60 }, (_, n) => ({
      key: `desk:${n}`,
      wallMs: n,
      status: "waiting" as const,
      attempts: 0,
      messageId: undefined,
      body: LARGE,
    }));
    const update = { channel: "telegram:1", cursors: new Map([["desk", 60]]), rows };
    await expect(store.recordDelivery(update)).rejects.toThrow(StoreUnavailable);
    expect((await store.cursors("telegram:1")).size).toBe(0);
    expect(await store.undelivered("telegram:1")).toEqual([]);
    await store.recordDelivery({ ...update, rows: rows.slice(0, 1) });
    expect((await store.cursors("telegram:1")).get("desk")).toBe(60);
  });

  it("refuses to open when not even the schema fits", async () => {
    await expect(place.open({ pagesMax: 2 })).rejects.toThrow(ConfigError);
    await expect(place.open({ pagesMax: 2 })).rejects.toThrow(/STORE_URL: the store .* cannot grow: the disk is full\. Free some space/);
  });
});

describe("a file that cannot be used is refused at open, with one sentence", () => {
  async function refusal(file = place.file): Promise<string> {
    try {
      await place.open({ file });
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(ConfigError);
      expect(String(thrown)).not.toContain("\n");
      return String(thrown);
    }
    return expect.unreachable("the store was opened");
  }

  it("creates the folders of a new file", async () => {
    const file = join(place.folder, "a", "b", "c", "desk.sqlite");
    await place.open({ file });
    expect(existsSync(file)).toBe(true);
  });

  it("a folder that may not be written", async () => {
    if (process.getuid?.() === 0) {
      // Rights do not bind root: this place takes files from nobody.
      expect(await refusal("/proc/desk.sqlite")).toMatch(/cannot be opened or created\. Name a file in a folder that this user may write/);
    } else {
      const locked = join(place.folder, "locked");
      mkdirSync(locked);
      chmodSync(locked, 0o500);
      expect(await refusal(join(locked, "desk.sqlite"))).toMatch(/cannot be opened or created\. Name a file in a folder/);
      expect(await refusal(join(locked, "deeper", "desk.sqlite"))).toMatch(/lies in a folder that this user may not write/);
    }
  });

  it("a path below a file, and a folder in place of the file", async () => {
    writeFileSync(join(place.folder, "plain"), "");
    expect(await refusal(join(place.folder, "plain", "desk.sqlite"))).toMatch(/lies below something that is not a folder/);
    mkdirSync(place.file, { recursive: true });
    expect(await refusal()).toMatch(/cannot be opened or created/);
  });

  it("a file that is no database; once it is moved away, the store opens", async () => {
    mkdirSync(dirname(place.file), { recursive: true });
    writeFileSync(place.file, "these are not the rows you are looking for\n".repeat(200));
    expect(await refusal()).toMatch(/STORE_URL: the store .* is not a SQLite database\. Move it away, put a backup in its place/);
    rmSync(place.file);
    expect(await (await place.open()).streams()).toEqual([]);
  });

  it("a database of another program is left untouched", async () => {
    mkdirSync(dirname(place.file), { recursive: true });
    const other = new DatabaseSync(place.file);
    other.exec("CREATE TABLE photos (name TEXT)");
    other.close();
    expect(await refusal()).toMatch(/belongs to another program\. Name another file\./);
    const again = new DatabaseSync(place.file);
    expect(again.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "photos" }]);
    again.close();
  });

  it("a database of a newer build", async () => {
    await place.open();
    await place.closeAll();
    const newer = new DatabaseSync(place.file);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    expect(await refusal()).toMatch(
      /was written by a newer build: its schema has version 99, this build knows up to 1\. Start the newer build/,
    );
  });
});

describe("a file that was damaged in its middle", () => {
  it("rejects reads of the damaged part as unavailable and serves the rest", async () => {
    const store = await place.open();
    await store.saveSnapshot({ stream: "desk", sequence: 0, body: "early" });
    await store.acquire("desk");
    await store.append({
      stream: "desk",
      epoch: 1,
      expectedSequence: 0,
      bodies: Array.from({ length: 400 }, (_, n) => `${n} ${"y".repeat(500)}`),
    });
    await place.closeAll();
    const size = statSync(place.file).size;
    const handle = openSync(place.file, "r+");
    writeSync(handle, Buffer.alloc(size / 2, 0xff), 0, size / 2, size / 2);
    closeSync(handle);

    const damaged = await place.open();
    const reading = damaged.read("desk", 0, 1_000);
    await expect(reading).rejects.toThrow(StoreUnavailable);
    await expect(reading).rejects.toThrow(/is damaged\. Move it away with its -wal and -shm files/);
    expect(await damaged.loadSnapshot("desk")).toMatchObject({ body: "early" });
  });
});
