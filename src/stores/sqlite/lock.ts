import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { DatabaseSync } from "node:sqlite";
import type { Fault } from "./faults.ts";
import { isBusy } from "./faults.ts";

/** The right of one process to write a store. */
export interface StoreLock {
  release(): void;
}

/**
 * Takes the store's lock or says who has it. The lock is an open exclusive transaction on the empty database `<file>.lock`: the
 * operating system drops it when its process ends in whatever way. Who holds it stands beside it in `<file>.holder.json`, which is
 * only read for the message while the lock is taken, since a killed process leaves it behind.
 *
 * Never open `<file>.lock` by other means in the same process: closing any handle of a file drops all POSIX locks on it.
 */
export function takeLock(file: string): StoreLock | Fault {
  const holderFile = `${file}.holder.json`;
  const database = new DatabaseSync(`${file}.lock`, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (thrown) {
    database.close();
    if (isBusy(thrown)) return heldBy(readHolder(holderFile));
    throw thrown;
  }
  nameHolder(holderFile);
  return {
    release() {
      rmSync(holderFile, { force: true });
      database.close();
    },
  };
}

/** Who wrote that it has the store. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
}

function heldBy(holder: Holder | undefined): Fault {
  const who = holder ? `process ${holder.pid} on host "${holder.host}"` : "another process";
  return { problem: `is in use by ${who}`, remedy: "Stop that process first, or name another file: one store has one process." };
}

/** Best effort: without this file the message of a second process names nobody, and that is all. */
function nameHolder(holderFile: string): void {
  try {
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
  } catch {
    rmSync(holderFile, { force: true });
  }
}

/** Who a holder's file names; undefined where it is not there or says nothing. */
export function readHolder(holderFile: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(holderFile, "utf8")) as Partial<Record<keyof Holder, unknown>>;
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}
