import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type ConfigProblem, messageOf } from "../../domain/errors.ts";
import { CandleColumns } from "./columns.ts";
import { LineCutter } from "./lines.ts";
import { RowReader } from "./rows.ts";

const CHUNK_BYTES = 256 * 1_024;
const CANDLES_MIN = 2;
const ROW_REMEDY = "Repair or leave out this file; the rows must be one-minute candles in ascending order";

/** One file of recorded candles in memory. */
export interface LoadedFile {
  readonly symbol: string;
  readonly name: string;
  readonly columns: CandleColumns;
  /** The finest price in the file, in decimals without trailing zeros. */
  readonly priceDecimals: number;
}

/** A fault of MARKET with its remedy. */
export function marketProblem(problem: string, remedy: string): ConfigProblem {
  return { setting: "MARKET", problem, remedy };
}

/** Hands the lines of a plain or gzip file to `cutter` until the end, or until it wants no more. Throws what reading throws. */
export async function readLines(path: string, cutter: LineCutter): Promise<void> {
  const bytes = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const feed = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    let wanted = true;
    for await (const chunk of chunks) if (wanted) wanted = cutter.push(chunk);
    cutter.finish();
  };
  if (path.toLowerCase().endsWith(".gz")) await pipeline(bytes, createGunzip({ chunkSize: CHUNK_BYTES }), feed);
  else await pipeline(bytes, feed);
}

/** Loads one file; answers its faults instead when it cannot be a market's candles. */
export async function loadFile(symbol: string, path: string): Promise<LoadedFile | ConfigProblem[]> {
  const name = basename(path);
  const columns = new CandleColumns();
  const rows = new RowReader(columns);
  try {
    await readLines(path, new LineCutter(rows.take));
  } catch (thrown) {
    return [unreadable(path, thrown)];
  }
  if (rows.faults.length > 0) return rows.faults.map((fault) => marketProblem(`${name} ${fault}`, ROW_REMEDY));
  if (columns.length < CANDLES_MIN)
    return [
      marketProblem(
        `${name}: expected at least ${CANDLES_MIN} candles, found ${columns.length}`,
        "Name a file that holds recorded one-minute candles",
      ),
    ];
  if (rows.stepMin !== 1)
    return [
      marketProblem(
        `${name}: expected one-minute candles, found a smallest step of ${rows.stepMin} minutes between rows`,
        "Name a file of one-minute candles; coarser timeframes are folded from them",
      ),
    ];
  return { symbol, name, columns, priceDecimals: rows.priceDecimals };
}

/** What is wrong with a path that could not be read. */
export function unreadable(path: string, thrown: unknown): ConfigProblem {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (code === "ENOENT") return marketProblem(`${path} does not exist`, "Check the path after MARKET=replay:");
  return marketProblem(`${path} could not be read (${messageOf(thrown)})`, "Check that it is a readable .csv or .csv.gz file");
}
