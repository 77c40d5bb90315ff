import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { ConfigProblem } from "../../domain/errors.ts";
import type { Fault } from "./faults.ts";
import { faultOf } from "./faults.ts";
import type { StoreLock } from "./lock.ts";
import { takeLock } from "./lock.ts";
import type { WriterOptions } from "./protocol.ts";
import { openDatabase } from "./schema.ts";

export interface OpenedFile {
  readonly database: DatabaseSync;
  readonly lock: StoreLock;
}

/** Creates the folders, takes the lock and opens the database; or says in one sentence why this process cannot have the store. */
export function openFile({ file, pagesMax }: WriterOptions): OpenedFile | ConfigProblem {
  try {
    const path = canonical(file);
    const lock = takeLock(path);
    if ("problem" in lock) return problemOf(file, lock);
    const opened = openUnder(lock, path, pagesMax);
    return "problem" in opened ? problemOf(file, opened) : opened;
  } catch (thrown) {
    const fault = faultOf(thrown);
    if (fault === undefined) throw thrown;
    return problemOf(file, fault);
  }
}

/** One name for one file, however it was reached, so that two processes meet at the same lock. */
export function canonical(file: string): string {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}

/** Gives the lock back unless the database was opened. */
function openUnder(lock: StoreLock, path: string, pagesMax: number | undefined): OpenedFile | Fault {
  let database: DatabaseSync | Fault | undefined;
  try {
    database = openDatabase(path, pagesMax);
    return "problem" in database ? database : { database, lock };
  } finally {
    if (database === undefined || "problem" in database) lock.release();
  }
}

function problemOf(file: string, { problem, remedy }: Fault): ConfigProblem {
  return { setting: "STORE_URL", problem: `the store ${file} ${problem}`, remedy };
}
