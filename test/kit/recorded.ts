import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { TestContext } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Recorded data lives outside the repository: below `RECORDED_DIR`, which is taken relative to the repository. */
const RECORDED_DIR = resolve(ROOT, process.env.RECORDED_DIR ?? "../shared");

/** The absolute path of a recorded file, as `market-data/...csv.gz`, or undefined when it is not on this machine. */
export function recordedFile(name: string): string | undefined {
  const path = resolve(RECORDED_DIR, name);
  return existsSync(path) ? path : undefined;
}

/** The absolute path of a recorded file. Without it the test skips, saying why; under `CI=true` it fails. */
export function recordedOrSkip(context: TestContext, name: string): string {
  const path = recordedFile(name);
  if (path !== undefined) return path;
  const reason = `the recorded file ${name} was expected in ${RECORDED_DIR} and is not there; set RECORDED_DIR to the folder that has it`;
  if (process.env.CI === "true") throw new Error(reason);
  return context.skip(reason);
}

/** The first `limit` candles of a recorded CSV file, oldest first. */
export function readCandles(path: string, limit: number): Candle[] {
  const text = gunzipSync(readFileSync(path)).toString("utf8");
  const rows = text.split("\n", limit + 1).slice(1);
  return rows.filter((row) => row !== "").map(candleOf);
}

function candleOf(row: string): Candle {
  const [openTimeMs, open, high, low, close, volume] = row.split(",").map(Number);
  return { openTimeMs: openTimeMs!, open: open!, high: high!, low: low!, close: close!, volume: volume! };
}
