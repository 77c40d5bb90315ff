import { join } from "node:path";
import { openReplay } from "../src/feeds/replay.ts";
import { recordedFile } from "../test/kit/recorded.ts";
import { emptyStore, openBenchEngine, PROTECTION, SIZING } from "./kit/desk.ts";
import type { Figures } from "./kit/figures.ts";

const RECORDED = "market-data/binance-spot-BTCUSDT-1m-20210420-20210520.csv.gz";
const KEPT = join(import.meta.dirname, "../test/fixtures/candles/simulated-seed42-BTCUSDT-1m.csv");
const MINUTE_MS = 60_000;
const LIMIT_MS = 120_000;

/** Market minutes per second with one bot at full speed, everything stored: recorded candles where they are at hand, else the kept ones. */
export default async function replay(figures: Figures): Promise<void> {
  const path = recordedFile(RECORDED);
  const { store, remove } = await emptyStore("sqlite");
  const market = await openReplay(`BTC/USDT=${path ?? KEPT}`);
  const opened = await openBenchEngine(store, market, "max");
  const caller = (verb: string) => ({ requestId: verb, user: "bench:0" });
  const params = { fast: 12, slow: 26 };
  const bot = { name: "dip", group: undefined, symbol: "BTC/USDT", timeframe: "1m", strategy: "ema-cross" } as const;
  await opened.engine.createBot({ ...bot, params, sizing: SIZING, protection: PROTECTION }, caller("create"));
  await opened.engine.startBot("dip", caller("start"));
  const fromMs = opened.engine.market().atMs;
  const began = performance.now();
  await opened.pulse.beat();
  while (!opened.engine.market().ended && performance.now() - began < LIMIT_MS) await new Promise((resolve) => setTimeout(resolve, 1));
  const spentMs = performance.now() - began;
  const minutes = (opened.engine.market().atMs - fromMs) / MINUTE_MS;
  const events = opened.streams.names().reduce((sum, name) => sum + opened.streams.lastSequence(name), 0);
  const source = path === undefined ? "kept candles" : "BTC/USDT of spring 2021";
  figures.count(`${source}: market minutes`, minutes);
  figures.count(`${source}: events stored`, events);
  figures.time(`${source}: a market minute`, spentMs / minutes);
  figures.count(`${source}: market minutes per second`, (minutes / spentMs) * 1_000);
  await opened.stop("the bench is over");
  await remove();
}
