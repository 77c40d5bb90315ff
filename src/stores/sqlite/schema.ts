import { DatabaseSync } from "node:sqlite";
import type { Fault } from "./faults.ts";

/** Milliseconds to wait for another program (a backup, a shell) that has the database locked. */
const BUSY_TIMEOUT_MS = 5_000;

/** Bytes that the write-ahead log keeps on disk after it was folded into the database. */
const LOG_KEPT_BYTES = 64 * 1_024 * 1_024;

/** "STRM": tells our databases from those of other programs. */
const APPLICATION_ID = 0x53_54_52_4d;

/** Each entry lifts a database by one schema version. Released entries never change; new ones are added at the end. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE opened (one INTEGER PRIMARY KEY CHECK (one = 1), times INTEGER NOT NULL) STRICT;
  INSERT INTO opened VALUES (1, 0);

  CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL) STRICT;
  CREATE TABLE events (
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    body TEXT NOT NULL,
    PRIMARY KEY (stream_id, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE snapshots (stream TEXT PRIMARY KEY, sequence INTEGER NOT NULL, body TEXT NOT NULL) STRICT;

  CREATE TABLE inbox (
    arrival INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    wall_ms INTEGER NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX inbox_by_age ON inbox (settled, wall_ms);

  CREATE TABLE cursors (
    channel TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (channel, stream)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE deliveries (
    arrival INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    key TEXT NOT NULL,
    wall_ms INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'attempting', 'delivered')),
    attempts INTEGER NOT NULL,
    message_id TEXT,
    body TEXT NOT NULL,
    UNIQUE (channel, key)
  ) STRICT;
  CREATE INDEX deliveries_open ON deliveries (channel, wall_ms) WHERE status <> 'delivered';
  CREATE INDEX deliveries_done ON deliveries (wall_ms) WHERE status = 'delivered';
  `,
];

/**
 * Opens the database, brings its schema up to date and writes to it once, so that a file that cannot be written is found now.
 * Returns the fault when this build must not touch it; throws what SQLite throws.
 */
export function openDatabase(file: string, pagesMax: number | undefined): DatabaseSync | Fault {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    const fault = foreignness(database) ?? configure(database, pagesMax);
    if (fault) {
      database.close();
      return fault;
    }
    migrate(database);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0]);
}

/** The schema that this build writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** The schema of a database; 0 for a new one. */
export function versionOf(database: DatabaseSync): number {
  return numberOf(database, "PRAGMA user_version");
}

/** Why this build must not touch a database. Writes nothing. */
export function foreignness(database: DatabaseSync): Fault | undefined {
  const version = versionOf(database);
  const applicationId = numberOf(database, "PRAGMA application_id");
  const tables = numberOf(database, "SELECT count(*) FROM sqlite_schema");
  if (tables === 0 && version === 0) return undefined;
  if (applicationId !== APPLICATION_ID) return { problem: "belongs to another program", remedy: "Name another file." };
  if (version <= SCHEMA_VERSION) return undefined;
  return {
    problem: `was written by a newer build: its schema has version ${version}, this build knows up to ${SCHEMA_VERSION}`,
    remedy: "Start the newer build, or put a backup of that time in its place.",
  };
}

function configure(database: DatabaseSync, pagesMax: number | undefined): Fault | undefined {
  const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
  if (mode !== "wal") {
    return { problem: "lies on a file system that cannot keep a write-ahead log", remedy: "Name a file on a local disk." };
  }
  database.exec(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${LOG_KEPT_BYTES}`);
  if (pagesMax !== undefined) database.exec(`PRAGMA max_page_count = ${pagesMax}`);
  return undefined;
}

function migrate(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  for (const migration of MIGRATIONS.slice(versionOf(database))) database.exec(migration);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
  database.exec("UPDATE opened SET times = times + 1; COMMIT");
}
