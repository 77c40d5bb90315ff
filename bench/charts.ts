import type { Candle } from "../src/domain/candle.ts";
import { MINUTE_MS } from "../src/domain/time.ts";
import { symbolChart } from "../src/reports/charts/symbol-chart.ts";
import { systemClock } from "../src/system/clock.ts";
import { openPainter } from "../src/system/painter.ts";
import { quietLogger } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";

const RENDERS = 1_000;
const WARM_RENDERS = 20;
const CANDLES = 170;
const SHOWN = 120;
const STEP_MS = 15 * MINUTE_MS;
/** The main loop is looked at so often while charts are drawn. */
const LAG_EVERY_MS = 5;

/** A thousand different charts of candles, one after another: the text in this thread, the picture in the painter's. */
export default async function charts(figures: Figures): Promise<void> {
  const painter = openPainter({ clock: systemClock(), logger: quietLogger });
  const [drawingMs, paintingMs]: [number[], number[]] = [[], []];
  let bytes = 0;
  const rssBefore = process.memoryUsage.rss();
  let [rssEarly, rssMax] = [0, 0];
  const coldAt = performance.now();
  await painter.paint(chart(-1));
  figures.time("first picture, with the library and its fonts", performance.now() - coldAt);
  const lags = watchLoop();
  for (let index = 0; index < RENDERS + WARM_RENDERS; index += 1) {
    const beganMs = performance.now();
    const picture = chart(index);
    const drawnMs = performance.now();
    const painted = await painter.paint(picture);
    if (!("png" in painted)) throw new Error(`a chart was not drawn: ${painted.problem}`);
    const rss = process.memoryUsage.rss();
    rssMax = Math.max(rssMax, rss);
    if (index < WARM_RENDERS) {
      rssEarly = rss;
      continue;
    }
    drawingMs.push(drawnMs - beganMs);
    paintingMs.push(performance.now() - drawnMs);
    bytes += painted.png.length;
  }
  const lagsMs = lags.stop();
  await painter.close();
  figures.time("SVG p50", quantile(drawingMs, 0.5));
  figures.time("SVG p99", quantile(drawingMs, 0.99));
  figures.time("PNG p50", quantile(paintingMs, 0.5));
  figures.time("PNG p99", quantile(paintingMs, 0.99));
  figures.time("main loop held up while painting, p99", quantile(lagsMs, 0.99));
  figures.megabytes("one picture", bytes / RENDERS);
  figures.megabytes("memory that the painter took, after 20", rssEarly - rssBefore);
  figures.megabytes(`memory that the painter took, most over ${RENDERS}`, rssMax - rssBefore);
}

/** Different candles for each, so that none is kept from before. */
function chart(seed: number) {
  const price = (index: number) => 40_000 + 900 * Math.sin((index + seed) / 9) + 300 * Math.sin(index * 1.7 + seed);
  const candles = Array.from({ length: CANDLES }, (_, index): Candle & { missingMinutes: number } => {
    const [open, close] = [price(index), price(index + 1)];
    const [high, low] = [Math.max(open, close) + 60, Math.min(open, close) - 60];
    return { openTimeMs: index * STEP_MS, open, high, low, close, volume: 10 + Math.abs(close - open), missingMinutes: 0 };
  });
  const levels = [
    { name: "Support", price: 39_200 },
    { name: "Resistance", price: 40_800 },
  ];
  return symbolChart({ symbol: "BTC/USDT", timeframe: "15m", quote: "USDT", market: "bench", candles, shown: SHOWN, levels });
}

/** How much later than asked a timer of this thread fires. */
function watchLoop(): { stop(): number[] } {
  const lagsMs: number[] = [];
  let dueMs = performance.now() + LAG_EVERY_MS;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    lagsMs.push(Math.max(0, nowMs - dueMs));
    dueMs = nowMs + LAG_EVERY_MS;
  }, LAG_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return lagsMs;
    },
  };
}
