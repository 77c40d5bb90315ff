import { spanText } from "../../domain/time.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { Picture } from "../../ports/picture.ts";
import type { CandleChart } from "./candle-data.ts";
import { fileName, percentOf, spanWords } from "./caption.ts";
import { footnote, header, type LegendEntry, panesOf, timeAxis, valueAxis } from "./frame.ts";
import { bandShape, candleShapes, lastPrice, levelLines, lineShapes, markShapes, priceRange, rangeMarks } from "./price-pane.ts";
import { brief, digits, priceDecimals, scale, ticks } from "./scale.ts";
import { document, plate, widthOf } from "./svg.ts";
import { HEIGHT, INK, LAYOUT, LINES, SIZE, WIDTH } from "./theme.ts";
import { volumeShapes } from "./volume-pane.ts";

const PRICE_TICKS = 6;
const VOLUME_SHARE = 0.2;

/** Candles with what lies over them, the volume below, and the same in words. */
export function candleChart(chart: CandleChart): Picture {
  const { symbol, timeframe, candles } = chart;
  const last = candles.at(-1)!;
  const lengthMs = timeframeMs(timeframe);
  const decimals = priceDecimals(last.close);
  const range = priceRange(chart);
  const marks = ticks(range.low, range.high, PRICE_TICKS);
  const labels = marks.values.map((value) => ({ value, label: digits(value, marks.decimals) }));
  const widest = Math.max(...[...labels.map(({ label }) => label), digits(last.close, decimals)].map((label) => widthOf(label)));
  const { upper: price, lower: volume } = panesOf(WIDTH - LAYOUT.edge - widest - LAYOUT.axisGap, VOLUME_SHARE);
  const x = scale(candles[0]!.openTimeMs, last.openTimeMs + lengthMs, price.left, price.right);
  const y = scale(range.low, range.high, price.bottom, price.top);
  const volumeMax = Math.max(...candles.map((each) => each.volume), 0);
  const places = { x, y, lengthMs, pane: price };
  const change = percentOf(last.close, candles[0]!.open);
  const span = spanText(last.openTimeMs + lengthMs - candles[0]!.openTimeMs);
  const svg = document(WIDTH, HEIGHT, [
    header(`${symbol} · ${timeframe}`, { now: digits(last.close, decimals), change, span }, legendOf(chart)),
    timeAxis([price, volume], x),
    valueAxis(price, y, labels, [y(last.close)]),
    valueAxis(volume, scale(0, volumeMax, volume.bottom, volume.top), volumeMax > 0 ? [{ value: volumeMax, label: brief(volumeMax) }] : []),
    volumeShapes(candles, volumeMax, volume, { x, lengthMs }),
    chart.band ? bandShape(chart.band, candles, places) : "",
    candleShapes(candles, places),
    lineShapes(chart.lines ?? [], candles, places),
    levelLines(chart.levels ?? [], last.close, places),
    markShapes(chart.fills ?? [], places),
    rangeMarks(candles, range, places),
    lastPrice(last.close, digits(last.close, decimals), places),
    plate(price.left + 4, volume.top + SIZE.small, "Volume", INK.quiet),
    footnote(`${chart.market}, closed candles only`),
  ]);
  return { name: fileName(symbol, timeframe), svg, alt: captionOf(chart, change), course: candles.map(({ close }) => close) };
}

function legendOf({ lines = [], band }: CandleChart): LegendEntry[] {
  const entries: LegendEntry[] = lines.map(({ name }, index) => {
    const { color, dash } = LINES[index % LINES.length]!;
    return { label: name, color, style: { dash } };
  });
  if (band) entries.push({ label: band.name, color: INK.quiet, style: { width: 6, opacity: 0.45 } });
  return entries;
}

function captionOf({ symbol, timeframe, quote, candles, lines = [], levels = [], fills = [] }: CandleChart, change: string): string {
  const last = candles.at(-1)!;
  const told = (value: number) => digits(value, priceDecimals(last.close));
  const high = Math.max(...candles.map((each) => each.high));
  const low = Math.min(...candles.map((each) => each.low));
  const volume = candles.reduce((sum, each) => sum + each.volume, 0);
  const span = spanWords(candles[0]!.openTimeMs, last.openTimeMs + timeframeMs(timeframe));
  const known = lines.flatMap(({ name, values }) => (Number.isFinite(values.at(-1)) ? [`${name} ${told(values.at(-1)!)}`] : []));
  const facts = [...known, ...levels.map(({ name, price }) => `${name} ${told(price)}`)];
  if (fills.length > 0) facts.push(fills.length === 1 ? "1 fill" : `${fills.length} fills`);
  const more = facts.length === 0 ? "" : ` ${facts.join(", ")}.`;
  return (
    `${symbol}, ${candles.length} candles of ${timeframe}, ${span}: from ${told(candles[0]!.open)} to ${told(last.close)} ${quote} (${change}), ` +
    `low ${told(low)}, high ${told(high)}, volume ${brief(volume)}.${more}`
  );
}
