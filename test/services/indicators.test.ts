import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type TestContext, test } from "vitest";
import type { Candle } from "../../src/domain/candle.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { createKernel } from "../../src/indicators/registry.ts";
import { CHECKED_FILE, checkedSpecs, firstDifference, GOLDEN_FILE } from "../kit/indicators-check.ts";
import { readCandles, recordedOrSkip } from "../kit/recorded.ts";

const ROOT = join(import.meta.dirname, "../..");
const SCRIPT = join(ROOT, "test/kit/indicators-check.py");
/** Where .ci/talib installs it. */
const TALIB = join(ROOT, "node_modules/.cache/talib");
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

/** What the script says. Without TA-Lib the test skips, saying how to get it; under `CI=true` it fails. */
function asked(context: TestContext, args: readonly string[], input: Uint8Array): Buffer {
  if (!existsSync(join(TALIB, "talib"))) {
    const reason = `TA-Lib for Python was expected in ${TALIB} and is not there; run .ci/talib`;
    if (process.env.CI === "true") throw new Error(reason);
    return context.skip(reason);
  }
  const env = { ...process.env, PYTHONPATH: TALIB };
  const { status, stdout, stderr } = spawnSync("python3", [SCRIPT, CHECKED_FILE, ...args], { input, env, maxBuffer: ANSWER_BYTES_MAX });
  expect(status, stderr.toString()).toBe(0);
  return stdout;
}

function rowsOf(candles: readonly Candle[]): Uint8Array {
  const rows = candles.flatMap(({ openTimeMs, open, high, low, close, volume }) => [openTimeMs, open, high, low, close, volume]);
  return new Uint8Array(new Float64Array(rows).buffer);
}

test.for([
  { market: "100,000 candles of Bitcoin", file: "binance-um-BTCUSDT-1m-2022-2023.csv.gz", count: 100_000, flat: 0, silent: 0, gaps: 0 },
  {
    market: "30,000 candles of a market in which often nothing moves or is traded",
    file: "binanceus-BTCUSDC-1m-20230301-20230321.csv.gz",
    count: 30_000,
    flat: 10_000,
    silent: 10_000,
    gaps: 0,
  },
  {
    market: "40,000 candles of a price below 0.1, with minutes missing",
    file: "binance-spot-ETHBTC-1m-20210420-20210520.csv.gz",
    count: 40_000,
    flat: 0,
    silent: 0,
    gaps: 1,
  },
])("every indicator equals TA-Lib or its cited definition on $market", ({ file, count, flat, silent, gaps }, context) => {
  const candles = readCandles(recordedOrSkip(context, `market-data/${file}`), count);
  expect(candles).toHaveLength(count);
  expect(candles.filter(({ high, low }) => high === low).length).toBeGreaterThanOrEqual(flat);
  expect(candles.filter(({ volume }) => volume === 0).length).toBeGreaterThanOrEqual(silent);
  const late = candles.filter(({ openTimeMs }, index) => index > 0 && openTimeMs !== candles[index - 1]!.openTimeMs + MINUTE_MS);
  expect(late.length).toBeGreaterThanOrEqual(gaps);
  const answer = asked(context, [], rowsOf(candles));
  const values = new Float64Array(answer.buffer.slice(answer.byteOffset, answer.byteOffset + answer.byteLength));
  let at = 0;
  for (const spec of checkedSpecs()) {
    const from = at;
    const lines = createKernel(spec).lines.map((_, line) => values.subarray(from + line * count, from + (line + 1) * count));
    at += lines.length * count;
    expect(firstDifference(spec, candles, lines)).toBeUndefined();
  }
  expect(at).toBe(values.length);
});

test("the golden values of the fast tests are what the script writes", (context) => {
  expect(asked(context, ["golden"], new Uint8Array()).toString("utf8")).toBe(readFileSync(GOLDEN_FILE, "utf8"));
});
