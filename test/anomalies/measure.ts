import { parseArgs } from "node:util";
import { Episodes } from "../../src/anomalies/episodes.ts";
import { MarketSeries } from "../../src/anomalies/market.ts";
import { ANOMALY_SERIES, type SeenAnomaly } from "../../src/domain/anomaly.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { AnomalyWatch } from "../../src/engine/anomaly-watch.ts";
import { openReplay } from "../../src/feeds/replay.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Market } from "../../src/ports/market.ts";
import { strategyNamed, strategyNames } from "../../src/strategies/registry.ts";
import { systemClock } from "../../src/system/clock.ts";
import { OWNER, openRig, startBot } from "../kit/engine-rig.ts";
import { recordedFile } from "../kit/recorded.ts";

/**
 * `npm run anomalies`: false alarms a day over recorded months, by series. First the symbol alone, then a whole paper desk with every strategy on it, driven by the production
 * engine. `-- --file market-data/NAME.csv.gz --symbol BTC/USDT --from 2022-01-01 --to 2023-01-01` looks at another span.
 */
const { values: asked } = parseArgs({
  options: {
    file: { type: "string", default: "market-data/binance-um-BTCUSDT-1m-2022-2023.csv.gz" },
    symbol: { type: "string", default: "BTC/USDT" },
    from: { type: "string", default: "2022-01-01" },
    to: { type: "string", default: "2023-01-01" },
  },
});
const TIMEFRAMES = ["5m", "15m"] as const;
const CHUNK = 1_440;

const quiet = (): void => undefined;
const SILENT: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => SILENT };

const path = recordedFile(asked.file);
if (path === undefined) {
  process.stderr.write(`There is no ${asked.file}: set RECORDED_DIR to the folder of recordings that has it.\n`);
  process.exit(1);
}
const [fromMs, toMs] = [Date.parse(asked.from), Date.parse(asked.to)];
const market = await openReplay(`${asked.symbol}=${path}`);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
await symbolAlone(market);
await wholeDesk(market);
await market.close();

async function symbolAlone(source: Market): Promise<void> {
  const [series, episodes] = [new MarketSeries(), new Episodes([])];
  const seen: SeenAnomaly[] = [];
  let [minutes, spentMs] = [0, 0];
  for (let atMs = fromMs - DAY_MS; atMs < toMs; atMs += DAY_MS) {
    const { steps } = await source.advance(marketMs(atMs), marketMs(atMs + DAY_MS), new Set([asked.symbol]), CHUNK);
    const beganMs = performance.now();
    for (const { candles, atMs: closedMs } of steps)
      for (const candle of candles.values())
        for (const { series: name, finding } of series.push(candle)) {
          const subject = { kind: "symbol", symbol: asked.symbol, market: source.key } as const;
          const verdict = episodes.judge({ series: name, subject, ...finding }, closedMs);
          if (verdict.kind === "seen") seen.push(verdict.seen);
        }
    spentMs += performance.now() - beganMs;
    minutes += steps.length;
  }
  say(`\n### ${asked.symbol} alone\n`);
  tell(seen);
  say(`\n${minutes.toLocaleString("en-US")} minutes, ${((spentMs * 1_000) / minutes).toFixed(1)} µs for each.`);
}

/** Every strategy with its defaults on two timeframes, from the beginning of the recording, which must reach back to `from`. */
async function wholeDesk(source: Market): Promise<void> {
  const rig = await openRig({ market: source });
  const names = strategyNames().flatMap((strategy) =>
    TIMEFRAMES.map((timeframe) => ({ strategy, timeframe, name: `${strategy}-${timeframe}` })),
  );
  for (const { strategy, timeframe, name } of names) {
    const params = strategyNamed(strategy).params.parse({}) as Record<string, number>;
    const protection = { stopPct: 2, takePct: 4, trailingPct: undefined };
    await startBot(rig, {
      name,
      strategy,
      timeframe,
      params,
      symbol: asked.symbol,
      sizing: { kind: "equity-percent", pct: 10 },
      protection,
    });
  }
  const seen: SeenAnomaly[] = [];
  const watch = new AnomalyWatch({
    streams: rig.streams,
    clock: systemClock(),
    logger: SILENT,
    seen: [],
    symbolsOn: rig.symbolsOn,
    candles: rig.engine.candles,
    running: () =>
      rig.engine.bots().flatMap(({ state, account }) => (state.status === "running" ? [{ botId: state.spec.id, account }] : [])),
    isReal: () => false,
    tell: async (anomaly) => void seen.push(anomaly),
  });
  rig.onStep(watch.passed);
  watch.start();
  while (rig.engine.market().atMs < toMs && !rig.engine.market().ended) {
    const leftMinutes = Math.ceil((toMs - rig.engine.market().atMs) / MINUTE_MS);
    await rig.move(Math.min(CHUNK, leftMinutes));
    await watch.idle();
  }
  const fills = [...rig.books(OWNER).bots.values()].reduce((sum, { position }) => sum + position.fillCount, 0);
  await watch.stop();
  say(`\n### A desk with ${names.length} bots\n`);
  tell(seen);
  say(`\n${fills.toLocaleString("en-US")} fills.`);
}

/** A row for each month, each series by its number, and what was told by the days of the month. */
function tell(seen: readonly SeenAnomaly[]): void {
  say(`| month | days | ${ANOMALY_SERIES.join(" | ")} | told a day |`);
  say(`|---${"|---".repeat(ANOMALY_SERIES.length + 2)}|`);
  for (let monthMs = fromMs; monthMs < toMs; ) {
    const start = new Date(monthMs);
    const endMs = Math.min(toMs, Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
    const own = seen.filter(({ marketMs: atMs }) => atMs > monthMs && atMs <= endMs);
    const days = (endMs - monthMs) / (24 * HOUR_MS);
    const counts = ANOMALY_SERIES.map((series) => own.filter((each) => each.series === series).length);
    const told = own.filter(({ isTold }) => isTold).length / days;
    say(`| ${start.toISOString().slice(0, 7)} | ${days} | ${counts.join(" | ")} | ${told.toFixed(2)} |`);
    monthMs = endMs;
  }
}
