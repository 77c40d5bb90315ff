import type { Candle } from "../../domain/candle.ts";
import type { Band, CandleChart, FillMark, Overlay, Places, PriceLevel } from "./candle-data.ts";
import { DROP } from "./frame.ts";
import { digits, priceDecimals } from "./scale.ts";
import { at, box, course, fill, type Point, plate, stroke, text, widthOf } from "./svg.ts";
import { INK, LAYOUT, LINES, SIZE } from "./theme.ts";

/** A wick that reaches further beyond all bodies than their whole height is cut off, so that one bad price does not flatten everything else. */
const WICK_BODIES_MAX = 1;
/** A level further away than this share of the candles' range is not worth making the candles smaller for. */
const LEVEL_REACH = 0.35;
const AIR = 0.05;
const BODY_SHARE = 0.7;
const BODY_HEIGHT_MIN = 1;
const MARK_SIZE = 6;
const MARK_GAP = 4;
const TAG_HEIGHT = 19;
const NAME_GAP = 4;

export interface PriceRange {
  readonly low: number;
  readonly high: number;
}

/** The prices that the pane shows. */
export function priceRange({ candles, levels = [], fills = [] }: CandleChart): PriceRange {
  const bodyLow = Math.min(...candles.map(({ open, close }) => Math.min(open, close)));
  const bodyHigh = Math.max(...candles.map(({ open, close }) => Math.max(open, close)));
  const reach = (bodyHigh - bodyLow) * WICK_BODIES_MAX || bodyHigh * 0.005;
  const low = Math.max(Math.min(...candles.map((each) => each.low)), bodyLow - reach);
  const high = Math.min(Math.max(...candles.map((each) => each.high)), bodyHigh + reach);
  const near = (high - low || reach) * LEVEL_REACH;
  const wanted = [...levels, ...fills].map(({ price }) => price).filter((price) => price >= low - near && price <= high + near);
  const air = Math.max((high - low) * AIR, high * 1e-6);
  return { low: Math.min(low, ...wanted) - air, high: Math.max(high, ...wanted) + air };
}

/** All wicks and bodies, one path for each direction. Those that closed where they opened go with the rising ones. */
export function candleShapes(candles: readonly Candle[], { x, y, lengthMs, pane }: Places): string {
  const paths = { rise: { wicks: "", bodies: "" }, fall: { wicks: "", bodies: "" } };
  const slot = x(x.low + lengthMs) - x(x.low);
  const width = Math.max(1, slot * BODY_SHARE);
  const inside = (value: number) => Math.min(pane.bottom, Math.max(pane.top, y(value)));
  for (const { openTimeMs, open, high, low, close } of candles) {
    const path = close >= open ? paths.rise : paths.fall;
    const middle = x(openTimeMs) + slot / 2;
    const [top, bottom] = [inside(Math.max(open, close)), inside(Math.min(open, close))];
    path.wicks += `M${at(middle)} ${at(inside(high))}V${at(inside(low))}`;
    const height = Math.max(BODY_HEIGHT_MIN, bottom - top);
    path.bodies += box(middle - width / 2, (top + bottom - height) / 2, width, height);
  }
  const drawn = (color: string, { wicks, bodies }: { wicks: string; bodies: string }) => stroke(wicks, color) + fill(bodies, color);
  return drawn(INK.rise, paths.rise) + drawn(INK.fall, paths.fall);
}

/** Indicator lines over the candles, each in its own color. */
export function lineShapes(lines: readonly Overlay[], candles: readonly Candle[], places: Places): string {
  return lines
    .map(({ values }, index) => {
      const { color, dash } = LINES[index % LINES.length]!;
      return stroke(course(pointsOf(values, candles, places)), color, { width: 1.6, dash });
    })
    .join("");
}

/** The space between two lines, filled; empty while fewer than two of its points are known. */
export function bandShape({ upper, lower }: Band, candles: readonly Candle[], places: Places): string {
  const above = pointsOf(upper, candles, places).filter((point) => point !== undefined);
  const below = pointsOf(lower, candles, places).filter((point) => point !== undefined);
  if (above.length < 2) return "";
  const edges = stroke(course(above) + course(below), INK.quiet, { opacity: 0.6 });
  return fill(`${course([...above, ...below.reverse()])}z`, INK.quiet, 0.14) + edges;
}

/**
 * Dashed lines across the pane. Names of those above the price stand over their line, the others below it, and none upon another. A level that the
 * pane does not reach is left to the words.
 */
export function levelLines(levels: readonly PriceLevel[], last: number, { y, pane }: Places): string {
  const shown = levels.filter(({ price }) => price >= y.low && price <= y.high).sort((a, b) => a.price - b.price);
  const above = shown.filter(({ price }) => price >= last);
  const below = shown.filter(({ price }) => price < last).reverse();
  let edgeY = Number.POSITIVE_INFINITY;
  const over = above.map((level) => {
    edgeY = Math.max(pane.top + SIZE.small, Math.min(y(level.price) - NAME_GAP, edgeY - SIZE.small - 2));
    return nameOf(level, last, edgeY, pane.left);
  });
  edgeY = Number.NEGATIVE_INFINITY;
  const under = below.map((level) => {
    edgeY = Math.min(pane.bottom - 2, Math.max(y(level.price) + SIZE.small + 1, edgeY + SIZE.small + 2));
    return nameOf(level, last, edgeY, pane.left);
  });
  const lines = shown.map(({ price }) => `M${pane.left} ${Math.round(y(price)) + 0.5}H${pane.right}`).join("");
  return stroke(lines, INK.level, { dash: "5 4", opacity: 0.8 }) + over.join("") + under.join("");
}

function nameOf({ name, price }: PriceLevel, last: number, textY: number, left: number): string {
  return plate(left + 4, textY, `${name} ${digits(price, priceDecimals(last))}`, INK.level);
}

/** Triangles: bought below its price and pointing up, sold above its price and pointing down. */
export function markShapes(fills: readonly FillMark[], { x, y, pane }: Places): string {
  const of = (side: FillMark["side"]) => {
    const sign = side === "buy" ? 1 : -1;
    return fills
      .filter((each) => each.side === side && each.atMs >= x.low && each.atMs <= x.high)
      .map(({ atMs, price }) => {
        const tip = Math.min(pane.bottom - MARK_SIZE, Math.max(pane.top + MARK_SIZE, y(price) + sign * MARK_GAP));
        return `M${at(x(atMs))} ${at(tip)}l${-MARK_SIZE} ${sign * MARK_SIZE * 1.6}h${2 * MARK_SIZE}z`;
      })
      .join("");
  };
  const outlined = (d: string, color: string) => fill(d, color) + stroke(d, INK.text, { width: 1.2 });
  return outlined(of("buy"), INK.rise) + outlined(of("sell"), INK.fall);
}

/** Says where a wick was cut off and how far it went. */
export function rangeMarks(candles: readonly Candle[], { low, high }: PriceRange, { x, lengthMs, pane }: Places): string {
  const farthest = (value: (candle: Candle) => number, isBeyond: (price: number) => boolean) =>
    candles.filter((candle) => isBeyond(value(candle))).sort((a, b) => Math.abs(value(b) - high) - Math.abs(value(a) - high))[0];
  const named = (candle: Candle | undefined, price: number, textY: number, sign: string) => {
    if (!candle) return "";
    const middle = x(candle.openTimeMs + lengthMs / 2);
    const isLeft = middle > (pane.left + pane.right) / 2;
    const label = `${sign} ${digits(price, priceDecimals(candle.close))}`;
    return text(middle + (isLeft ? -6 : 6), textY, label, { size: SIZE.small, bold: true, anchor: isLeft ? "end" : "start" });
  };
  const [above, below] = [
    farthest(
      (each) => each.high,
      (price) => price > high,
    ),
    farthest(
      (each) => each.low,
      (price) => price < low,
    ),
  ];
  return named(above, above?.high ?? 0, pane.top + SIZE.small, "↑") + named(below, below?.low ?? 0, pane.bottom - 4, "↓");
}

/** The newest value on the axis, where the eye looks for it. */
export function lastPrice(price: number, label: string, { y, pane }: Pick<Places, "y" | "pane">): string {
  const middle = Math.min(pane.bottom - TAG_HEIGHT / 2, Math.max(pane.top + TAG_HEIGHT / 2, y(price)));
  const line: Point[] = [
    [pane.left, Math.round(y(price)) + 0.5],
    [pane.right, Math.round(y(price)) + 0.5],
  ];
  const tag = box(pane.right + 3, middle - TAG_HEIGHT / 2, widthOf(label) + LAYOUT.axisGap + 2, TAG_HEIGHT);
  return (
    stroke(course(line), INK.text, { dash: "1 3", opacity: 0.7 }) +
    fill(tag, INK.text) +
    text(pane.right + LAYOUT.axisGap, middle + SIZE.text * DROP, label, { bold: true, fill: INK.background })
  );
}

/** One point for each candle at its middle; none where the value is unknown or outside of the pane. */
function pointsOf(values: readonly number[], candles: readonly Candle[], { x, y, lengthMs, pane }: Places): (Point | undefined)[] {
  return candles.map(({ openTimeMs }, index) => {
    const value = values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) return undefined;
    return [x(openTimeMs + lengthMs / 2), Math.min(pane.bottom, Math.max(pane.top, y(value)))];
  });
}
