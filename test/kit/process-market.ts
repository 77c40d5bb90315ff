import { createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { Candle } from "../../src/domain/candle.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { openSimulated } from "../../src/feeds/simulated.ts";

const HEADER = "ts_ms,open,high,low,close,volume";

/** Writes invented candles of some symbols into a folder and returns the setting `MARKET` that replays them. Equal for equal seeds. */
export async function simulatedReplay(folder: string, symbols: readonly string[], seed: number, days: number): Promise<string> {
  const market = openSimulated({ seed });
  const until = marketMs(market.startMs + days * 1_440 * MINUTE_MS);
  const { steps } = await market.advance(market.startMs, until, new Set(symbols), days * 1_440);
  const entries = symbols.map((symbol) => {
    const file = join(folder, `${symbol.replace("/", "")}.csv`);
    const rows = steps.flatMap(({ candles }) => candles.get(symbol) ?? []).map(rowOf);
    writeFileSync(file, `${[HEADER, ...rows].join("\n")}\n`);
    return `${symbol}=${file}`;
  });
  return `replay:${entries.join(",")}`;
}

/** Copies the candles of recorded files from an instant on, so many days, and returns the setting `MARKET` that replays them. */
export async function recordedReplay(folder: string, files: ReadonlyMap<string, string>, fromMs: number, days: number): Promise<string> {
  const entries: string[] = [];
  for (const [symbol, path] of files) {
    const file = join(folder, `${symbol.replace("/", "")}.csv`);
    const out = createWriteStream(file);
    out.write(`${HEADER}\n`);
    for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) })) {
      const openTimeMs = Number(line.slice(0, line.indexOf(",")));
      if (openTimeMs >= fromMs && openTimeMs < fromMs + days * 1_440 * MINUTE_MS) out.write(`${line}\n`);
    }
    await new Promise<void>((resolve) => out.end(resolve));
    entries.push(`${symbol}=${file}`);
  }
  return `replay:${entries.join(",")}`;
}

function rowOf({ openTimeMs, open, high, low, close, volume }: Candle): string {
  return [openTimeMs, open, high, low, close, volume].join(",");
}
