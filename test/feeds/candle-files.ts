import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ConfigError } from "../../src/domain/errors.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";

/** 2024-02-29 00:00 UTC. */
export const FIRST_MS = 1_709_164_800_000;
export const HEADER = "ts_ms,open,high,low,close,volume";

/** Rows of invented one-minute candles; minutes in `missing` are left out. */
export function rows(count: number, { fromMs = FIRST_MS, price = 100, stepMin = 1, missing = new Set<number>() } = {}): string[] {
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) {
    if (missing.has(index)) continue;
    const open = price + index / 100;
    lines.push(`${fromMs + index * stepMin * MINUTE_MS},${open},${open + 0.5},${open - 0.25},${open + 0.01},${index % 7}`);
  }
  return lines;
}

/** A folder for one test's candle files. */
export async function candleFolder(): Promise<{
  path: string;
  write(name: string, lines: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}> {
  const path = temporaryFolder("candles");
  return {
    path,
    async write(name, lines) {
      const text = `${lines.join("\n")}\n`;
      await writeFile(join(path, name), name.endsWith(".gz") ? gzipSync(text) : text);
      return join(path, name);
    },
    remove: async () => discard(path),
  };
}

/** The faults with which opening was refused, as one text. */
export async function refusal(opening: Promise<unknown>): Promise<string> {
  const thrown: unknown = await opening.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(thrown instanceof ConfigError)) throw new Error(`expected a ConfigError, found ${String(thrown)}`);
  return thrown.message;
}
