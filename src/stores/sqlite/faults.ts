/** What is wrong with a file, in the words of the person who can mend it. */
export interface Fault {
  readonly problem: string;
  readonly remedy: string;
}

/** Primary result codes: https://www.sqlite.org/rescode.html */
const BY_SQLITE_CODE: ReadonlyMap<number, Fault> = new Map([
  [3, { problem: "may not be accessed", remedy: "Give this user the right to read and write the file and its folder." }],
  [5, { problem: "is being written by another program", remedy: "End that program, or let it only read." }],
  [6, { problem: "is being written by another program", remedy: "End that program, or let it only read." }],
  [8, { problem: "is read-only", remedy: "Give this user the right to write the file and its folder, or name another file." }],
  [10, { problem: "could not be read or written: the disk reports an error", remedy: "Check the disk, then start again." }],
  [11, { problem: "is damaged", remedy: "Move it away with its -wal and -shm files and put a backup in its place." }],
  [13, { problem: "cannot grow: the disk is full", remedy: "Free some space on its disk." }],
  [14, { problem: "cannot be opened or created", remedy: "Name a file in a folder that this user may write." }],
  [22, { problem: "is larger than its file system allows", remedy: "Move it to another file system." }],
  [26, { problem: "is not a SQLite database", remedy: "Move it away, put a backup in its place, or name another file." }],
]);

const BY_SYSTEM_CODE: ReadonlyMap<string, Fault> = new Map([
  ["EACCES", { problem: "lies in a folder that this user may not write", remedy: "Give this user the right, or name another file." }],
  ["EPERM", { problem: "lies in a folder that this user may not write", remedy: "Give this user the right, or name another file." }],
  ["EROFS", { problem: "lies on a read-only file system", remedy: "Name a file on a disk that can be written." }],
  ["ENOSPC", { problem: "cannot be created: the disk is full", remedy: "Free some space on its disk." }],
  ["ENOTDIR", { problem: "lies below something that is not a folder", remedy: "Name a file whose parents are folders." }],
  ["EEXIST", { problem: "lies below something that is not a folder", remedy: "Name a file whose parents are folders." }],
  ["ENOENT", { problem: "lies in a folder that cannot be created", remedy: "Name a file in a folder that this user may write." }],
]);

/** Too large, constraint, mismatch, misuse, range: the operation was wrong, not the file. */
const WRONG_USE: ReadonlySet<number> = new Set([18, 19, 20, 21, 25]);

/** The fault behind an error of SQLite or of the file system; undefined for anything else, which is a bug of ours. */
export function faultOf(thrown: unknown): Fault | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const primary = primaryCodeOf(thrown);
  if (primary !== undefined) {
    if (WRONG_USE.has(primary)) return undefined;
    return BY_SQLITE_CODE.get(primary) ?? { problem: `failed: ${thrown.message}`, remedy: "Check the file and its disk." };
  }
  if ("code" in thrown && typeof thrown.code === "string") return BY_SYSTEM_CODE.get(thrown.code);
  return undefined;
}

/** Somebody else holds the lock. */
export function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && primaryCodeOf(thrown) === 5;
}

function primaryCodeOf(thrown: Error): number | undefined {
  return "errcode" in thrown && typeof thrown.errcode === "number" ? thrown.errcode & 0xff : undefined;
}
