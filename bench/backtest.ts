import { join } from "node:path";
import { runBacktest } from "../src/backtest/run.ts";
import { MarketSource } from "../src/backtest/source.ts";
import { decimal } from "../src/domain/money.ts";
import { openReplay } from "../src/feeds/replay.ts";
import { openMemoryStore } from "../src/stores/memory.ts";
import { systemClock } from "../src/system/clock.ts";
import { SILENT } from "../src/system/silent-logger.ts";
import { openPaperVenue } from "../src/venues/paper.ts";
import { recordedFile } from "../test/kit/recorded.ts";
import { PROTECTION, SIZING } from "./kit/desk.ts";
import type { Figures } from "./kit/figures.ts";

const RECORDED = "market-data/binance-um-BTCUSDT-1m-2022-2023.csv.gz";
const KEPT = join(import.meta.dirname, "../test/fixtures/candles/simulated-seed42-BTCUSDT-1m.csv");
const CAPITAL = decimal(10_000);
const LIMITS = { dailyLossPct: 5, positionCapPct: 50 };

const quiet = () => {};

/** Market minutes per second of a backtest in this process, and beside it what only reading the same candles takes. */
export default async function backtest(figures: Figures): Promise<void> {
  const path = recordedFile(RECORDED);
  const source = path === undefined ? "kept candles" : "BTC/USDT of 2022 and 2023";
  const market = await openReplay(`BTC/USDT=${path ?? KEPT}`);
  const instrument = market.instruments.get("BTC/USDT")!;
  const [fromMs, toMs] = [market.startMs, market.recordedUntilMs!];
  const clock = systemClock();
  const candles = () => new MarketSource(market, { symbol: "BTC/USDT", fromMs, toMs }, clock);
  const readMs = await spent(async () => {
    const reading = candles();
    for (let chunk = await reading.next(); chunk; chunk = await reading.next());
  });
  const params = { fast: 12, slow: 26 };
  const shape = { name: "dip", group: undefined, symbol: "BTC/USDT", timeframe: "15m", strategy: "ema-cross" } as const;
  let minutes = 0;
  const runMs = await spent(async () => {
    const bot = { ...shape, params, sizing: SIZING, protection: PROTECTION };
    const job = {
      bot,
      instrument,
      market: market.key,
      marketLabel: market.label,
      fromMs,
      toMs,
      capital: CAPITAL,
      timeZone: "UTC",
      limits: LIMITS,
    };
    const plugs = { source: candles(), store: openMemoryStore(), clock, logger: SILENT, openVenue: openPaperVenue, onProgress: quiet };
    ({ minutes } = await runBacktest(job, plugs));
  });
  await market.close();
  figures.count(`${source}: market minutes`, minutes);
  figures.time(`${source}: a market minute of a backtest`, runMs / minutes);
  figures.count(`${source}: market minutes per second`, (minutes / runMs) * 1_000);
  figures.ratio(`${source}: a backtest by reading its candles`, runMs / readMs);
}

async function spent(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
