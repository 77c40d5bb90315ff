import type { Candle } from "../domain/candle.ts";
import { createKernel } from "../indicators/registry.ts";
import { roc } from "../indicators/roc.ts";
import { rsi } from "../indicators/rsi.ts";
import { clamped, type Figure, signed, tooFew, unknownFigure } from "./figure.ts";

const RSI_PERIOD = 14;
const RSI_MIDDLE = 50;
const OVERBOUGHT = 70;
const OVERSOLD = 30;
/** A move beyond overbought or oversold turns its vote around within twice so many points. */
const TURN_POINTS = 10;
const CHANGE_PERIOD = 10;
const WHOLE = 100;

/** Wilder's relative strength over 14 candles. Between 30 and 70 it votes with the move, beyond for an end of it. */
export function strength(candles: readonly Candle[]): Figure {
  if (candles.length <= RSI_PERIOD) return tooFew("RSI", RSI_PERIOD + 1, candles.length);
  const closes = candles.slice(-RSI_PERIOD - 1).map(({ close }) => close);
  // Without movement the index reads 0, which would look oversold.
  if (closes.every((close) => close === closes[0]))
    return unknownFigure("RSI", `The close has not moved for ${RSI_PERIOD} candles: there is no strength to measure.`);
  const kernel = createKernel(rsi(RSI_PERIOD));
  for (const candle of candles) kernel.push(candle);
  const value = kernel.at(0);
  return { name: "RSI", value, text: value.toFixed(1), meaning: strengthMeaning(value), vote: strengthVote(value) };
}

/** The vote of an RSI reading: -1 to 1 from 30 to 70, and back to the other side from there to the ends. */
export function strengthVote(value: number): number {
  if (value > OVERBOUGHT) return clamped(1 - (value - OVERBOUGHT) / TURN_POINTS);
  if (value < OVERSOLD) return clamped((OVERSOLD - value) / TURN_POINTS - 1);
  return (value - RSI_MIDDLE) / (OVERBOUGHT - RSI_MIDDLE);
}

function strengthMeaning(value: number): string {
  if (value > OVERBOUGHT) return `Above ${OVERBOUGHT} is overbought: gains outweigh losses so far that a pause is likely.`;
  if (value < OVERSOLD) return `Below ${OVERSOLD} is oversold: losses outweigh gains so far that a pause is likely.`;
  if (value === RSI_MIDDLE) return "Gains and losses are even.";
  return value > RSI_MIDDLE ? "Gains outweigh losses, not excessively." : "Losses outweigh gains, not excessively.";
}

/** Change of the close over 10 candles in percent; what it says is in trend and strength already, so it has no vote. */
export function change(candles: readonly Candle[]): Figure {
  if (candles.length <= CHANGE_PERIOD) return tooFew("Change", CHANGE_PERIOD + 1, candles.length);
  const kernel = createKernel(roc(CHANGE_PERIOD));
  for (const candle of candles.slice(-CHANGE_PERIOD - 1)) kernel.push(candle);
  const value = kernel.at(0);
  const way = value > 0 ? "up" : "down";
  const size = value < WHOLE ? `${Math.abs(value).toFixed(2)}%` : "more than double";
  const meaning =
    value === 0 ? `The close is where it was ${CHANGE_PERIOD} candles ago.` : `${size} ${way} within ${CHANGE_PERIOD} candles.`;
  return { name: "Change", value, text: `${signed(value)}%`, meaning, vote: undefined };
}
