import type { FoldedCandle } from "../domain/candle.ts";
import { MINUTE_MS } from "../domain/time.ts";
import { type Timeframe, timeframeMs } from "../domain/timeframe.ts";
import type { Figure, FigureName } from "./figure.ts";
import { levels } from "./levels.ts";
import { change, strength } from "./momentum.ts";
import { pattern } from "./patterns.ts";
import { averageRanges } from "./range.ts";
import { trend } from "./trend.ts";
import { volatility } from "./volatility.ts";
import { buyingShare, volume } from "./volume.ts";

/** What each figure's vote counts. */
export const WEIGHTS: Readonly<Partial<Record<FigureName, number>>> = { Trend: 3, RSI: 2, "Buying share": 1, Room: 1, Pattern: 1 };
const WEIGHT_OF_ALL = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);

/** What the closed candles of one timeframe say. */
export interface Reading {
  readonly timeframe: Timeframe;
  readonly candles: number;
  readonly figures: readonly Figure[];
  /** Weighted mean of the votes that are known, -1 to 1; 0 when none is. */
  readonly score: number;
  /** Share of all votes, by weight, that are known: 0 to 1. */
  readonly coverage: number;
  /** Share of minutes in the span of the candles of which nothing came: 0 to 1. */
  readonly missingShare: number;
  /** The newest average range as a multiple of the usual one. */
  readonly volatilityRatio: number | undefined;
}

/** Reads closed candles of one timeframe, ascending. Total: what cannot be known is said, and no number is ever NaN. */
export function readingOf(timeframe: Timeframe, candles: readonly FoldedCandle[]): Reading {
  const ranges = averageRanges(candles);
  const range = ranges.at(-1);
  const { figure, ratio } = volatility(candles, ranges);
  const figures: readonly Figure[] = [
    trend(candles, range),
    strength(candles),
    change(candles),
    figure,
    volume(candles),
    buyingShare(candles),
    ...levels(candles, range).figures,
    pattern(candles, timeframeMs(timeframe)),
  ];
  let [sum, known] = [0, 0];
  for (const { name, vote } of figures) {
    const weight = vote === undefined ? 0 : (WEIGHTS[name] ?? 0);
    sum += weight * (vote ?? 0);
    known += weight;
  }
  return {
    timeframe,
    candles: candles.length,
    figures,
    score: known === 0 ? 0 : sum / known,
    coverage: known / WEIGHT_OF_ALL,
    missingShare: missingShare(timeframe, candles),
    volatilityRatio: ratio,
  };
}

function missingShare(timeframe: Timeframe, candles: readonly FoldedCandle[]): number {
  const [first, last] = [candles[0], candles.at(-1)];
  if (!first || !last) return 0;
  const minutesEach = timeframeMs(timeframe) / MINUTE_MS;
  const spanned = (last.openTimeMs - first.openTimeMs) / MINUTE_MS + minutesEach;
  const came = candles.reduce((sum, { missingMinutes }) => sum + minutesEach - missingMinutes, 0);
  return Math.max(0, 1 - came / spanned);
}
