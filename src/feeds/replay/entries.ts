import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ConfigProblem } from "../../domain/errors.ts";
import { splitSymbol } from "../../domain/instrument.ts";
import { CandleColumns } from "./columns.ts";
import { LineCutter } from "./lines.ts";
import { marketProblem, readLines, unreadable } from "./load.ts";
import { RowReader } from "./rows.ts";

export const FILES_MAX = 200;
/** Rows of a file without a timeframe in its name that are looked at to learn its timeframe. */
const PEEK_ROWS = 200;
const CANDLE_FILE = /\.csv(\.gz)?$/i;
const SYMBOL_ENTRY = /^([A-Za-z0-9]+[/-]?[A-Za-z0-9]+)=(.+)$/;
const TIMEFRAME_IN_NAME = /(?:^|[-_.])(\d{1,3}[smhdw])(?=[-_.]|$)/;

export interface Entry {
  readonly symbol: string;
  readonly path: string;
}

export interface Entries {
  readonly entries: Entry[];
  readonly problems: ConfigProblem[];
  /** Files of a folder that were left out, with the reason. */
  readonly skipped: string[];
}

/** What `MARKET=replay:` names: files, a folder's one-minute files in order, or `BTC/USDT=PATH`. */
export async function readEntries(argument: string): Promise<Entries> {
  const found: Entries = { entries: [], problems: [], skipped: [] };
  const parts = argument.split(",").map((part) => part.trim());
  if (parts.some((part) => part === ""))
    found.problems.push(
      marketProblem(`expected files after "replay:", found ${argument.trim() === "" ? "none" : "an empty name"}`, EXAMPLE),
    );
  for (const part of parts) if (part !== "") await readEntry(part, found);
  if (found.entries.length > FILES_MAX)
    found.problems.push(marketProblem(`${found.entries.length} files were named, at most ${FILES_MAX} can be loaded`, "Name fewer files"));
  const bySymbol = Map.groupBy(found.entries, ({ symbol }) => symbol);
  for (const [symbol, entries] of bySymbol)
    if (entries.length > 1)
      found.problems.push(
        marketProblem(
          `${symbol} has ${entries.length} files: ${entries.map(({ path }) => basename(path)).join(", ")}`,
          "Name one file per symbol",
        ),
      );
  return found;
}

const EXAMPLE = "Write MARKET=replay:PATH, a folder, or BTC/USDT=PATH, several separated by commas";

async function readEntry(part: string, found: Entries): Promise<void> {
  const explicit = SYMBOL_ENTRY.exec(part);
  const path = explicit ? explicit[2]! : part;
  try {
    const isFolder = (await stat(path)).isDirectory();
    if (isFolder && explicit) found.problems.push(marketProblem(`${path} is a folder, expected one file for ${explicit[1]}`, EXAMPLE));
    else if (isFolder) await readFolder(path, found);
    else addFile(path, explicit ? splitSymbol(explicit[1]!)?.symbol : symbolInName(path), found);
  } catch (thrown) {
    found.problems.push(unreadable(path, thrown));
  }
}

async function readFolder(folder: string, found: Entries): Promise<void> {
  const names = (await readdir(folder)).filter((name) => CANDLE_FILE.test(name)).sort();
  let used = 0;
  for (const name of names.slice(0, FILES_MAX)) {
    const path = join(folder, name);
    const other = await otherTimeframe(path);
    if (other) found.skipped.push(`${name} was left out: ${other}.`);
    else {
      addFile(path, symbolInName(path), found);
      used += 1;
    }
  }
  if (names.length > FILES_MAX)
    found.problems.push(
      marketProblem(`the folder ${folder} holds ${names.length} candle files, at most ${FILES_MAX} can be loaded`, "Name the files"),
    );
  else if (used === 0) found.problems.push(marketProblem(`the folder ${folder} holds no one-minute .csv or .csv.gz file`, EXAMPLE));
}

function addFile(path: string, symbol: string | undefined, found: Entries): void {
  if (symbol) found.entries.push({ symbol, path });
  else
    found.problems.push(marketProblem(`no symbol can be read from "${basename(path)}"`, `Write it before the path, as BTC/USDT=${path}`));
}

/** Why a folder's file holds no one-minute candles; undefined when it does, or when loading it will tell. */
async function otherTimeframe(path: string): Promise<string | undefined> {
  const named = TIMEFRAME_IN_NAME.exec(basename(path).replace(CANDLE_FILE, ""))?.[1];
  if (named) return named === "1m" ? undefined : `its name says ${named} candles`;
  const rows = new RowReader(new CandleColumns());
  const peek = new LineCutter((bytes, from, to, line) => line <= PEEK_ROWS && rows.take(bytes, from, to, line));
  try {
    await readLines(path, peek);
  } catch {
    return undefined; // Loading meets the same fault and reports it.
  }
  if (rows.faults.length > 0 || rows.stepMin === 1 || !Number.isFinite(rows.stepMin)) return undefined;
  return `its rows are ${rows.stepMin} minutes apart`;
}

/** The symbol in a file's name: `...-BTCUSDT-1m-...`, `BTCUSDT`, `BTC-USDT`; undefined when there is none or more than one. */
export function symbolInName(path: string): string | undefined {
  const words = basename(path)
    .replace(CANDLE_FILE, "")
    .split(/[-_. ]+/);
  const pairs = words.flatMap((word, index) => {
    const next = words[index + 1];
    return next !== undefined && isQuote(next) ? (splitSymbol(`${word}-${next}`)?.symbol ?? []) : [];
  });
  if (pairs.length > 0) return pairs.at(-1);
  const joined = new Set(
    words.flatMap((word) => (word === word.toLowerCase() && words.length > 1 ? [] : (splitSymbol(word)?.symbol ?? []))),
  );
  return joined.size === 1 ? [...joined][0] : undefined;
}

function isQuote(word: string): boolean {
  return splitSymbol(`X${word}`)?.quote === word.toUpperCase();
}
