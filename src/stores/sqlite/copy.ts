import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../../domain/errors.ts";
import type { Store, StoreContents } from "../../ports/store.ts";
import { type Fault, faultOf } from "./faults.ts";
import { takeLock } from "./lock.ts";
import { canonical } from "./opening.ts";
import { readHandlers } from "./operations.ts";
import { foreignness, versionOf } from "./schema.ts";

/** Milliseconds to wait for a desk that has the database locked at this very moment. */
const BUSY_MS = 5_000;
/** A copy holds what people did, and sealed keys: it is for its owner alone. */
const OWN_MODE = 0o600;
/** What becomes the copy once it is whole: a file without this ending is never half of one. */
const PART = ".part";
/** What SQLite keeps beside a database. Found without one, it would be taken for a part of the copy. */
const BESIDE = ["-wal", "-shm", "-journal"] as const;

/** What can be read of a store without having it. */
export type StoreReading = Pick<
  Store & StoreContents,
  "streams" | "read" | "snapshots" | "loadSnapshot" | "requests" | "channels" | "cursors" | "undelivered"
>;

/** Reads a SQLite store beside whoever has it: takes no lock and writes nothing. Throws ConfigError (setting `store`) when it is none or cannot be read. */
export async function readSqlite<T>(file: string, work: (reading: StoreReading) => Promise<T>): Promise<T> {
  return guarded(file, async () => {
    const database = openForReading(file);
    try {
      return await work(readingOf(database));
    } finally {
      database.close();
    }
  });
}

/** Copies one moment of a store, whole, also while a desk writes to it, and has the copy on the disk when it resolves. Throws ConfigError (setting `store`); nothing is ever overwritten. */
export async function copySqlite(from: string, to: string): Promise<void> {
  await guarded(to, async () => refuseWhatIsThere(to));
  const part = `${to}${PART}`;
  await guarded(from, async () => openForReading(from).close());
  await guarded(to, async () => {
    rmSync(part, { force: true });
    // SQLite takes an empty file as it is, and so its rights are ours from the first byte on.
    closeSync(openSync(part, "wx", OWN_MODE));
    try {
      const database = openForReading(from);
      try {
        database.prepare("VACUUM INTO ?").run(part);
      } finally {
        database.close();
      }
      sync(part);
      renameSync(part, to);
      sync(dirname(resolve(to)));
    } finally {
      rmSync(part, { force: true });
    }
  });
}

/** Puts a copy where a store is to be, while nobody else can begin one there. Throws ConfigError (setting `store`); nothing is ever overwritten. */
export async function placeSqlite(copy: string, file: string): Promise<void> {
  await guarded(copy, async () => openForReading(copy).close());
  await guarded(file, async () => {
    const lock = takeLock(canonical(file));
    if ("problem" in lock) throw refused(file, lock);
    try {
      await copySqlite(copy, file);
    } finally {
      lock.release();
    }
  });
}

function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  try {
    const fault = foreignness(database) ?? emptiness(database);
    if (fault) throw refused(file, fault);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function emptiness(database: DatabaseSync): Fault | undefined {
  return versionOf(database) === 0 ? { problem: "is empty", remedy: "Name the file of a desk that has run." } : undefined;
}

function readingOf(database: DatabaseSync): StoreReading {
  const told = readHandlers(database);
  return {
    streams: async () => told.streams(),
    read: async (stream, after, limit) => told.read(stream, after, limit),
    snapshots: async () => told.snapshots(),
    loadSnapshot: async (stream) => told.loadSnapshot(stream),
    requests: async () => told.requests(),
    channels: async () => told.channels(),
    cursors: async (channel) => told.cursors(channel),
    undelivered: async (channel) => told.undelivered(channel),
  };
}

function refuseWhatIsThere(file: string): void {
  const there = [file, ...BESIDE.map((ending) => `${file}${ending}`)].find((path) => existsSync(path));
  if (there === undefined) return;
  throw refused(there, { problem: "is there already", remedy: "Name another file, or move it away: nothing is overwritten." });
}

/** Until it is told to, a system may keep what was written in memory only. */
function sync(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function guarded<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const fault = faultOf(thrown);
    throw fault ? refused(file, fault) : thrown;
  }
}

function refused(file: string, { problem, remedy }: Fault): ConfigError {
  return new ConfigError([{ setting: "store", problem: `${file} ${problem}`, remedy }]);
}
