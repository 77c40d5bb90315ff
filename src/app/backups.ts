import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ConfigError, messageOf } from "../domain/errors.ts";
import { clauseOf } from "../domain/sentences.ts";
import { copySqlite, placeSqlite, readSqlite } from "../stores/sqlite/copy.ts";
import { openSqliteStore } from "../stores/sqlite.ts";
import { parseStoreUrl } from "../stores/url.ts";
import type { StoreNeeds } from "./plugs.ts";
import { booksOf, chainFaults, recordsBeyond, type StoreBooks } from "./store-books.ts";
import { summaryOf } from "./store-copy.ts";

const DRILL_FOLDER = ".drill-";
const HASH_CHARS = 16;
const MS_PER_SECOND = 1_000;
const KEY_REMINDER = "The key-encryption key is not in it: keep that elsewhere.";

/** Copies the configured store while a desk may write to it, and looks whether the copy folds to the books that the store had. Resolves with a sentence; throws ConfigError. */
export async function backUp({ config }: StoreNeeds, file: string): Promise<string> {
  const from = sqliteFile(config.storeUrl);
  await copySqlite(from, file);
  const copied = await readSqlite(file, booksOf);
  await compareWithStore(from, file, copied);
  return [`Backed up to ${file}: ${told(copied)}.`, ...(await warnings(file)), KEY_REMINDER].join("\n");
}

/** Puts a backup where STORE_URL says, where nothing is yet, and compares the two. Resolves with a sentence; throws ConfigError. */
export async function restore({ config }: StoreNeeds, file: string): Promise<string> {
  const to = sqliteFile(config.storeUrl);
  await placeSqlite(file, to);
  const restored = await compared(file, to);
  const care = "Read docs/operating.md on older copies before you start a desk that had positions at an exchange.";
  return [`Restored ${file} to ${to}: ${told(restored)}.`, ...(await warnings(to)), care].join("\n");
}

/** Restores a backup beside itself, opens it as a desk would, folds it, compares it with the backup and with the store as it is now, and deletes it again. Resolves with a sentence; throws ConfigError. */
export async function drill({ config, clock, logger }: StoreNeeds, file: string): Promise<string> {
  const beganMs = clock.monotonicMs();
  await readSqlite(file, async () => undefined);
  const folder = folderBeside(file);
  try {
    const placed = join(folder, "desk.sqlite");
    await placeSqlite(file, placed);
    const restored = await compared(file, placed);
    const opened = await openSqliteStore({ file: placed, logger });
    const folded = await booksOf(opened).finally(() => opened.close());
    if (folded.hash !== restored.hash) throw unequal(file, "opened as a store it folds to other books");
    const seconds = Math.ceil((clock.monotonicMs() - beganMs) / MS_PER_SECOND);
    const lines = [`The backup ${file} can be restored, in ${seconds} s: ${told(restored)}.`, ...(await warnings(placed))];
    const store = sqliteFile(config.storeUrl);
    // Beside a store with the same books its faults are the store's; alone nobody knows, and whoever keeps it is to hear of them.
    if (lines.length > 1 && !existsSync(store)) throw unlike(file, store, lines.slice(1));
    return [...lines, await sinceThen(store, file, restored)].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new folder for a trial beside a backup. Throws ConfigError (setting `store`) where none can be made. */
function folderBeside(file: string): string {
  const parent = dirname(resolve(file));
  try {
    return mkdtempSync(join(parent, DRILL_FOLDER));
  } catch (thrown) {
    const what = `a drill restores beside the backup, and ${parent} takes no folder (${messageOf(thrown)})`;
    throw new ConfigError([{ setting: "store", problem: what, remedy: "Copy the backup to a folder that this user may write." }]);
  }
}

async function sinceThen(store: string, file: string, books: StoreBooks): Promise<string> {
  if (!existsSync(store)) return `There is no store ${store} to compare it with. Nothing was changed.`;
  return `The store has ${await compareWithStore(store, file, books)} records more by now. Nothing was changed.`;
}

/** The books of a copy, after both sides were found equal in all that they hold. */
async function compared(one: string, other: string): Promise<StoreBooks> {
  const wholly = (file: string) => readSqlite(file, async (store) => ({ books: await booksOf(store), summary: await summaryOf(store) }));
  const [a, b] = [await wholly(one), await wholly(other)];
  if (isDeepStrictEqual(a, b)) return b.books;
  throw unequal(other, `it is not equal to ${one}`);
}

/** Looks whether the store, folded as far as a copy of it goes, has the books of the copy. Resolves with how many records it has beyond. */
async function compareWithStore(store: string, copy: string, books: StoreBooks): Promise<number> {
  return readSqlite(store, async (now) => {
    const then = await booksOf(now, books.ends);
    if (then.hash !== books.hash) throw unequal(copy, `it is no copy of ${store}, or one of the two was changed`);
    return recordsBeyond(now, books.ends);
  });
}

/** What is no reason to have no backup, but to be looked into. */
async function warnings(file: string): Promise<readonly string[]> {
  const faults = await readSqlite(file, chainFaults);
  return faults.map((fault) => `Look into it: ${fault}.`);
}

function told({ events, bots, open, newestMs, hash }: StoreBooks): string {
  const until = newestMs === undefined ? "" : `, the newest of ${new Date(newestMs).toISOString()}`;
  return `${events} records${until}; they fold to ${bots} bots with ${open} open positions; sha256 ${hash.slice(0, HASH_CHARS)}`;
}

function sqliteFile(storeUrl: string): string {
  const parsed = parseStoreUrl(storeUrl);
  if (parsed.scheme === "sqlite") return parsed.file;
  const remedy = "Use mongodump and mongorestore for MongoDB, as docs/operating.md says.";
  throw new ConfigError([{ setting: "STORE_URL", problem: "backups are made of a SQLite store", remedy }]);
}

function unlike(file: string, store: string, faults: readonly string[]): ConfigError {
  const what = `${file} may have been changed, and there is no store ${store} to compare it with. ${faults.join(" ")}`;
  return new ConfigError([{ setting: "store", problem: clauseOf(what), remedy: "Take another backup of that time." }]);
}

function unequal(file: string, how: string): ConfigError {
  return new ConfigError([
    { setting: "store", problem: `${file} is of no use: ${how}`, remedy: "Make another backup, and keep the store as it is." },
  ]);
}
