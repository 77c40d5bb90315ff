import {
  bearishengulfingpattern,
  bearishharami,
  bullishengulfingpattern,
  bullishharami,
  threeblackcrows,
  threewhitesoldiers,
} from "technicalindicators";
import type { Candle } from "../domain/candle.ts";
import { type Figure, tooFew, unknownFigure } from "./figure.ts";

/** Candles that the longest pattern spans. */
const CANDLES = 3;

/** The parts of candles as the library reads them. */
type Columns = Record<"open" | "high" | "low" | "close", number[]>;

interface Pattern {
  readonly name: string;
  readonly vote: 1 | -1;
  readonly found: (data: Columns) => boolean;
}

/**
 * Patterns that are plain comparisons of bodies. Stars, piercing lines and dark clouds need gaps, which a market without closing hours hardly has; hammers and
 * dojis are judged by the library within a thousandth of the price, which on short timeframes is every other candle.
 */
const PATTERNS: readonly Pattern[] = [
  { name: "three white soldiers", vote: 1, found: threewhitesoldiers },
  { name: "three black crows", vote: -1, found: threeblackcrows },
  { name: "bullish engulfing", vote: 1, found: bullishengulfingpattern },
  { name: "bearish engulfing", vote: -1, found: bearishengulfingpattern },
  { name: "bullish harami", vote: 1, found: bullishharami },
  { name: "bearish harami", vote: -1, found: bearishharami },
];

/** The first pattern of the list that the newest candles end with. */
export function pattern(candles: readonly Candle[], lengthMs: number): Figure {
  if (candles.length < CANDLES) return tooFew("Pattern", CANDLES, candles.length);
  const newest = candles.slice(-CANDLES);
  const isWhole = newest.every(({ openTimeMs }, index) => openTimeMs === newest[0]!.openTimeMs + index * lengthMs);
  if (!isWhole) return unknownFigure("Pattern", "The newest candles have a gap between them, and a pattern must not.");
  const match = PATTERNS.find(({ found }) => found(columnsOf(newest)));
  if (!match) return { name: "Pattern", value: 0, text: "none", meaning: "The newest candles form no known pattern.", vote: 0 };
  const side = match.vote > 0 ? "rise" : "fall";
  return {
    name: "Pattern",
    value: match.vote,
    text: match.name,
    meaning: `A ${match.name} often comes before a ${side}.`,
    vote: match.vote,
  };
}

/** Fresh ones for each question, because the library may change what it is given. */
function columnsOf(candles: readonly Candle[]): Columns {
  const column = (name: keyof Columns) => candles.map((candle) => candle[name]);
  return { open: column("open"), high: column("high"), low: column("low"), close: column("close") };
}
