import type { Candle } from "../domain/candle.ts";
import { ema } from "../indicators/ema.ts";
import { createKernel } from "../indicators/registry.ts";
import { clamped, type Figure, signed, tooFew } from "./figure.ts";

const FAST = 20;
const SLOW = 50;
/** A distance of so many average ranges between the averages is a whole vote. */
const WHOLE_VOTE_RANGES = 2;
/** Below this distance the averages are as good as together. */
const NO_TREND_RANGES = 0.25;

/** Distance of the 20-candle average above the 50-candle one, in average ranges of a candle. */
export function trend(candles: readonly Candle[], range: number | undefined): Figure {
  if (candles.length < SLOW || range === undefined) return tooFew("Trend", SLOW, candles.length);
  const [fast, slow] = [createKernel(ema(FAST)), createKernel(ema(SLOW))];
  for (const candle of candles) for (const kernel of [fast, slow]) kernel.push(candle);
  const distance = range > 0 ? (fast.at(0) - slow.at(0)) / range : 0;
  const text = `${signed(distance)} ATR`;
  return { name: "Trend", value: distance, text, meaning: meaningOf(distance), vote: clamped(distance / WHOLE_VOTE_RANGES) };
}

function meaningOf(distance: number): string {
  if (Math.abs(distance) < NO_TREND_RANGES) return `The averages of ${FAST} and ${SLOW} candles are together: there is no trend.`;
  const [where, way] = distance > 0 ? ["above", "rising"] : ["below", "falling"];
  return `The average of ${FAST} candles is ${Math.abs(distance).toFixed(1)} average ranges ${where} that of ${SLOW}: the price has been ${way}.`;
}
