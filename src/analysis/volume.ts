import type { Candle } from "../domain/candle.ts";
import { clamped, type Figure, median, tooFew, unknownFigure } from "./figure.ts";

const CANDLES = 20;
const EVEN_SHARE = 0.5;
/** So far from even is a whole vote. */
const WHOLE_VOTE_SHARE = 0.2;
const WHOLE = 100;
const LOUD = 2;
const QUIET = 0.5;

/** The newest candle's volume as a multiple of the median of the 20 before it. It has no side, so no vote. */
export function volume(candles: readonly Candle[]): Figure {
  if (candles.length <= CANDLES) return tooFew("Volume", CANDLES + 1, candles.length);
  const usual = median(candles.slice(-CANDLES - 1, -1).map((candle) => candle.volume));
  if (!(usual > 0))
    return unknownFigure("Volume", `Half of the last ${CANDLES} candles have no volume: there is no usual one to compare with.`);
  const value = candles.at(-1)!.volume / usual;
  const text = `${value.toFixed(2)} x`;
  return { name: "Volume", value, text, meaning: meaningOf(value), vote: undefined };
}

function meaningOf(value: number): string {
  const told = `The newest candle has ${value.toFixed(1)} times the usual volume`;
  if (value > LOUD) return `${told}: many take part.`;
  return value < QUIET ? `${told}: few take part.` : `${told}.`;
}

/** The share of volume in rising candles, of all that rose or fell within 20. */
export function buyingShare(candles: readonly Candle[]): Figure {
  if (candles.length < CANDLES) return tooFew("Buying share", CANDLES, candles.length);
  let [up, down] = [0, 0];
  for (const { open, close, volume: traded } of candles.slice(-CANDLES)) {
    if (close > open) up += traded;
    if (close < open) down += traded;
  }
  if (up + down === 0) return unknownFigure("Buying share", `No candle of the last ${CANDLES} rose or fell with volume.`);
  const value = up / (up + down);
  const text = `${Math.round(value * WHOLE)}%`;
  const meaning = `${text} of the volume of ${CANDLES} candles was in rising ones.`;
  return { name: "Buying share", value, text, meaning, vote: clamped((value - EVEN_SHARE) / WHOLE_VOTE_SHARE) };
}
