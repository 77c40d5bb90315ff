import type { Candle } from "../domain/candle.ts";
import { type Figure, priceDigits, signed, tooFew, unknownFigure } from "./figure.ts";

/** A turning point is the highest high or lowest low of so many candles on either side, so it is known only that many candles later. */
const SIDE = 3;
/** Turning points nearer to each other than this many average ranges are one level. */
const SAME_LEVEL_RANGES = 0.5;
/** Candles that are looked at; older levels are forgotten. */
const CANDLES_MAX = 200;
const CANDLES_MIN = 30;
const WHOLE = 100;

/** A price at which the market turned, and how often. */
export interface Level {
  readonly price: number;
  readonly touches: number;
}

export interface Levels {
  /** Nearest level below the newest close. */
  readonly support: Level | undefined;
  /** Nearest level above it. */
  readonly resistance: Level | undefined;
  readonly figures: readonly [support: Figure, resistance: Figure, room: Figure];
}

/** Support, resistance and the room between them, from turning points that later candles have confirmed. */
export function levels(candles: readonly Candle[], range: number | undefined): Levels {
  if (candles.length < CANDLES_MIN || range === undefined) {
    const unknown = (name: "Support" | "Resistance" | "Room") => tooFew(name, CANDLES_MIN, candles.length);
    return { support: undefined, resistance: undefined, figures: [unknown("Support"), unknown("Resistance"), unknown("Room")] };
  }
  const { close } = candles.at(-1)!;
  const found = clusters(turningPoints(candles.slice(-CANDLES_MAX)), range * SAME_LEVEL_RANGES);
  const support = found.findLast(({ price }) => price < close);
  const resistance = found.find(({ price }) => price > close);
  const figures = [levelFigure("Support", support), levelFigure("Resistance", resistance), room(support, resistance, close)] as const;
  return { support, resistance, figures };
}

/** Prices of turning points, ascending. Of equal extremes side by side only the last one counts. */
function turningPoints(candles: readonly Candle[]): number[] {
  const points: number[] = [];
  for (let index = SIDE; index < candles.length - SIDE; index += 1) {
    const { high, low } = candles[index]!;
    const before = candles.slice(index - SIDE, index);
    const after = candles.slice(index + 1, index + 1 + SIDE);
    if (before.every((each) => each.high <= high) && after.every((each) => each.high < high)) points.push(high);
    if (before.every((each) => each.low >= low) && after.every((each) => each.low > low)) points.push(low);
  }
  return points.sort((a, b) => a - b);
}

/** Neighbours at most `width` from the lowest of their group are one level at their mean. */
function clusters(points: readonly number[], width: number): Level[] {
  const found: Level[] = [];
  for (let from = 0; from < points.length; ) {
    let to = from;
    while (to < points.length && points[to]! - points[from]! <= width) to += 1;
    const group = points.slice(from, to);
    found.push({ price: group.reduce((sum, price) => sum + price, 0) / group.length, touches: group.length });
    from = to;
  }
  return found;
}

function levelFigure(name: "Support" | "Resistance", level: Level | undefined): Figure {
  const side = name === "Support" ? "below" : "above";
  if (!level) return unknownFigure(name, `The price has not turned ${side} where it is now, as far as these candles go.`);
  const text = priceDigits(level.price);
  const times = level.touches === 1 ? "once" : `${level.touches} times`;
  return { name, value: level.price, text, meaning: `The price has turned ${times} near ${text}.`, vote: undefined };
}

/** More room above than below speaks for rising. */
function room(support: Level | undefined, resistance: Level | undefined, close: number): Figure {
  if (!support || !resistance) return unknownFigure("Room", "Room is known only between a support and a resistance.");
  const up = resistance.price - close;
  const down = close - support.price;
  const vote = (up - down) / (up + down);
  const meaning = `The resistance is ${percent(up, close)} above the price, the support ${percent(down, close)} below it.`;
  return { name: "Room", value: vote, text: signed(vote), meaning, vote };
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * WHOLE).toFixed(2)}%`;
}
