import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { runBacktest } from "../src/backtest/run.ts";
import type { CandleSource } from "../src/backtest/source.ts";
import type { BacktestResult } from "../src/domain/backtest.ts";
import { OWN_RULES } from "../src/domain/bot.ts";
import { decimal, toDouble } from "../src/domain/money.ts";
import { MINUTE_MS } from "../src/domain/time.ts";
import { openMemoryStore } from "../src/stores/memory.ts";
import { systemClock } from "../src/system/clock.ts";
import { SILENT } from "../src/system/silent-logger.ts";
import { openPaperVenue } from "../src/venues/paper.ts";
import { recordedFile } from "../test/kit/recorded.ts";
import type { Figures } from "./kit/figures.ts";
import { type Columns, columnsOf, SJ1, sj1Loop } from "./kit/sj1.ts";

const run = promisify(execFile);
const CANDLES = 1_000_000;
const SEED = 42;
const CHUNK = 2_880;
const LIMIT_RUNS = 5;
const LOOP_RUNS = 5;
/** What everybody who has done this job over these candles has found; `toSixDigits` of equity. */
const ORACLE = { trips: 17_732, stops: 48, takes: 586, signals: 17_098, equity: "296.876816" } as const;
/** The same with averages that begin as TA-Lib's do, which are the desk's. */
const OWN_EQUITY = "296.892077";
/** Lots and ticks so fine that sizes and levels are as good as unrounded. */
const FINE = decimal("0.000000000001");
/** The job knows no volume: every order fills whole, at one price. */
const VOLUME = 1e12;

/**
 * A standard job over a million made candles, whose answer is known to the last digit: two averages and an index, stops and targets. The whole slot, risk and books of
 * the desk do it, and in the same run a loop in C that can do nothing else.
 */
export default async function sj1(figures: Figures): Promise<void> {
  const [generator, limit] = [recordedFile("bench/generate-candles.js"), recordedFile("bench/limit.c")];
  if (!generator || !limit) return void process.stderr.write("left out: the job's candles and its limit are not in RECORDED_DIR\n");
  const folder = mkdtempSync(join(tmpdir(), "scalpstorm-sj1-"));
  try {
    const data = join(folder, "candles.bin");
    await run(process.execPath, [generator, String(CANDLES), String(SEED), data]);
    const columns = columnsOf(readFileSync(data));
    const limitMs = await limitOf(limit, folder, data);
    const loopMs = loopOf(columns);
    const began = performance.now();
    const result = await backtest(columns);
    const deskMs = performance.now() - began;
    judge(result);
    figures.count("round trips, as the oracle says", result.entries);
    figures.time("a candle, the C loop", limitMs / CANDLES);
    figures.time("a candle, a loop of doubles in this process", loopMs / CANDLES);
    figures.time("a candle, the desk", deskMs / CANDLES);
    figures.count("candles per second, the desk", (CANDLES / deskMs) * 1_000);
    figures.ratio("the desk over the C loop", deskMs / limitMs);
    figures.ratio("the desk over a loop of doubles", deskMs / loopMs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The best of several fresh processes, each of which has to give the oracle's answer. */
async function limitOf(source: string, folder: string, data: string): Promise<number> {
  const program = join(folder, "limit");
  await run("gcc", ["-O3", "-march=native", source, "-lm", "-lpthread", "-o", program]);
  let bestMs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < LIMIT_RUNS; count += 1) {
    const { stdout } = await run(program, [data, "one"]);
    const said = new Map(Object.entries(JSON.parse(stdout) as Readonly<Record<string, number>>));
    if (said.get("trades") !== ORACLE.trips || said.get("equity")?.toFixed(6) !== ORACLE.equity)
      throw new Error(`the C loop says ${stdout}`);
    bestMs = Math.min(bestMs, said.get("core_ms") ?? Number.NaN);
  }
  return bestMs;
}

/** The best of several; checked with both beginnings of an average, so that what the desk is held against is sound. */
function loopOf(columns: Columns): number {
  const known = { trips: ORACLE.trips, stops: ORACLE.stops, takes: ORACLE.takes, signals: ORACLE.signals };
  for (const [seed, equity] of [
    ["first", ORACLE.equity],
    ["average", OWN_EQUITY],
  ] as const) {
    const found = sj1Loop(columns, seed);
    const said = JSON.stringify({ ...found, equity: found.equity.toFixed(6) });
    if (said !== JSON.stringify({ ...known, equity })) throw new Error(`expected ${equity} after ${ORACLE.trips} trips, found ${said}`);
  }
  let bestMs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < LOOP_RUNS; count += 1) {
    const began = performance.now();
    sj1Loop(columns, "average");
    bestMs = Math.min(bestMs, performance.now() - began);
  }
  return bestMs;
}

function backtest(columns: Columns): Promise<BacktestResult> {
  const symbol = "BTC/USDT";
  const steps = { tickSize: FINE, lotSize: FINE, notionalMin: decimal(1) };
  const costs = { makerFeeBps: SJ1.feeBps, takerFeeBps: SJ1.feeBps, halfSpreadBps: 0, slippageBps: 0 };
  const rules = {
    enter: `ema(${SJ1.fast}) crosses above ema(${SJ1.slow}) and rsi(${SJ1.rsi}) < ${SJ1.rsiMax}`,
    exit: `ema(${SJ1.fast}) crosses below ema(${SJ1.slow})`,
  };
  const sizing = { kind: "equity-percent", pct: SJ1.equityPct } as const;
  const protection = { stopPct: SJ1.stopPct, takePct: SJ1.takePct, trailingPct: undefined };
  const shape = { name: "sj1", group: undefined, symbol, timeframe: "1m", strategy: OWN_RULES, params: {} } as const;
  const job = {
    bot: { ...shape, rules, sizing, protection },
    instrument: { symbol, base: "BTC", quote: "USDT", ...steps, ...costs },
    market: "sj1",
    marketLabel: "made candles",
    fromMs: columns.time[0]!,
    toMs: columns.time.at(-1)! + MINUTE_MS,
    capital: decimal(SJ1.capital),
    timeZone: "UTC",
    // It loses nearly everything, which is the point: no limit may end it.
    limits: { dailyLossPct: 100, positionCapPct: 100 },
  };
  const plugs = { source: chunks(columns), store: openMemoryStore(), clock: systemClock(), logger: SILENT, openVenue: openPaperVenue };
  return runBacktest(job, { ...plugs, onProgress: () => {} });
}

function chunks({ time, open, high, low, close }: Columns): CandleSource {
  let row = 0;
  return {
    before: async () => undefined,
    async next() {
      if (row >= time.length) return undefined;
      const rows = Math.min(CHUNK, time.length - row);
      const chunk = new Float64Array(rows * 6);
      for (let index = 0; index < rows; index += 1, row += 1)
        chunk.set([time[row]!, open[row]!, high[row]!, low[row]!, close[row]!, VOLUME], index * 6);
      return chunk;
    },
  };
}

/** Trips, how each ended, and the money to the last digit that is told. */
function judge({ entries, exits, equity, denials, fault }: BacktestResult): void {
  const found = { trips: entries, stops: exits.get("stop"), takes: exits.get("take"), signals: exits.get("exit") };
  const said = JSON.stringify({ ...found, equity: toDouble(equity).toFixed(6), denials: [...denials], fault });
  const { trips, stops, takes, signals } = ORACLE;
  const expected = JSON.stringify({ trips, stops, takes, signals, equity: OWN_EQUITY, denials: [] });
  if (said !== expected) throw new Error(`expected ${expected}, found ${said}`);
}
