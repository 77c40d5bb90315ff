import { statSync } from "node:fs";
import { hostname } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../../domain/errors.ts";
import { ACCOUNT_WORDS, exchangesIn } from "../account-exchanges.ts";
import { type Fault, faultOf } from "./faults.ts";
import { type Holder, readHolder } from "./lock.ts";
import { foreignness, SCHEMA_VERSION, versionOf } from "./schema.ts";

/** A larger file is not read whole: that would take its time. */
const WHOLE_BYTES_MAX = 64 * 1_024 * 1_024;
const BUSY_MS = 1_000;

export interface SqliteLook {
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly knownVersion: number;
  /** Whether every page was read and is sound; false where there was too much to read. */
  readonly isWhole: boolean;
  /** A process that has it now. */
  readonly holder: Holder | undefined;
  /** Exchanges at which the desk has accounts. */
  readonly exchanges: readonly string[];
}

/** Looks at a store without taking its lock, writing to it or bringing it up to date. Throws ConfigError (setting `STORE_URL`) when no desk could open it. */
export function lookAtSqlite(file: string): SqliteLook {
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    try {
      return lookedAt(database, file);
    } finally {
      database.close();
    }
  } catch (thrown) {
    const fault = faultOf(thrown);
    throw fault ? refused(file, fault) : thrown;
  }
}

function lookedAt(database: DatabaseSync, file: string): SqliteLook {
  const fault = foreignness(database);
  if (fault) throw refused(file, fault);
  const bytes = statSync(file).size;
  const isWhole = bytes <= WHOLE_BYTES_MAX;
  if (isWhole) {
    const [told] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
    if (told !== "ok") throw refused(file, { problem: "is damaged", remedy: "Stop the desk and put a backup in its place." });
  }
  const schemaVersion = versionOf(database);
  const exchanges = schemaVersion === 0 ? [] : exchangesIn(accountBodies(database));
  return { bytes, schemaVersion, knownVersion: SCHEMA_VERSION, isWhole, holder: aliveHolder(file), exchanges };
}

/** What says that accounts came or went, in its order. */
function accountBodies(database: DatabaseSync): readonly string[] {
  const words = ACCOUNT_WORDS.map((word) => `body LIKE '%${word}%'`).join(" OR ");
  const rows = database
    .prepare(`SELECT body FROM events JOIN streams ON streams.id = stream_id WHERE name = 'desk' AND (${words}) ORDER BY sequence`)
    .all();
  return rows.map(({ body }) => String(body));
}

/** A killed process leaves its name behind. */
function aliveHolder(file: string): Holder | undefined {
  const holder = readHolder(`${file}.holder.json`);
  if (holder === undefined || holder.host !== hostname()) return holder;
  try {
    process.kill(holder.pid, 0);
    return holder;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM" ? holder : undefined;
  }
}

function refused(file: string, { problem, remedy }: Fault): ConfigError {
  return new ConfigError([{ setting: "STORE_URL", problem: `the store ${file} ${problem}`, remedy }]);
}
