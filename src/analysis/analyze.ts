import { type Candle, foldMinutes } from "../domain/candle.ts";
import { MINUTE_MS, minuteText, spanText } from "../domain/time.ts";
import { type Timeframe, timeframeMs } from "../domain/timeframe.ts";
import { signed } from "./figure.ts";
import { type Reading, readingOf, WEIGHTS } from "./reading.ts";

/** The asked timeframe counts twice, the coarser ones once each. */
const MAIN_WEIGHT = 2;
/** A timeframe of which fewer votes are known has no say. */
const COVERAGE_MIN = 0.5;
/** A score beyond it is a recommendation to buy or to sell. */
export const ACT_SCORE = 0.25;
/** Nothing about prices is surer than this. */
const CONFIDENCE_MAX_PCT = 95;
/** Above this multiple of the usual range the past tells less. */
const WILD_RATIO = 2;
const WILD_DISCOUNT = 0.7;
/** Missing minutes are told from this share on. */
const MISSING_TOLD = 0.01;
/** The newest candle is told to be old when this many minutes have come after it without one. */
const OLD_MINUTES = 10;
const REASONS_MAX = 3;
/** Votes weaker than this are no reason. */
const VOTE_TOLD = 0.1;

/** The coarser timeframes that are read with each. */
export const LADDER: Readonly<Record<Timeframe, readonly Timeframe[]>> = {
  "1m": ["5m", "15m"],
  "3m": ["15m", "1h"],
  "5m": ["15m", "1h"],
  "15m": ["1h", "4h"],
  "30m": ["2h", "1d"],
  "1h": ["4h", "1d"],
  "2h": ["1d"],
  "4h": ["1d"],
  "1d": [],
};

/** Candles of the asked and of the coarsest timeframe that an analysis would like to have. */
const MAIN_CANDLES = 200;
const COARSEST_CANDLES = 60;

/** How many one-minute candles an analysis on a timeframe asks for; long ones want more than a market may give. */
export function minutesWanted(timeframe: Timeframe): number {
  const coarsest = LADDER[timeframe].at(-1) ?? timeframe;
  return Math.max(MAIN_CANDLES * timeframeMs(timeframe), COARSEST_CANDLES * timeframeMs(coarsest)) / MINUTE_MS;
}

export interface Recommendation {
  readonly action: "buy" | "sell" | "hold";
  /** How much the figures agree and how much of them is known, 0 to 95; not a probability of profit. */
  readonly confidencePct: number;
  /** Weighted mean over the timeframes that have a say, -1 to 1. */
  readonly score: number;
  /** One sentence each, the strongest first. */
  readonly reasons: readonly string[];
}

export interface Analysis {
  /** The asked timeframe first. */
  readonly readings: readonly Reading[];
  readonly recommendation: Recommendation;
  /** What these candles do not tell, one sentence each. */
  readonly limits: readonly string[];
}

/** Whether enough of a timeframe is known to count. */
export function hasSay({ coverage }: Reading): boolean {
  return coverage >= COVERAGE_MIN;
}

/** Reads one-minute candles that had closed at an instant, on a timeframe and the coarser ones of its ladder. Pure, and sees nothing after `atMs`. */
export function analyze(minutes: readonly Candle[], timeframe: Timeframe, atMs: number): Analysis {
  const closed = minutes.filter(({ openTimeMs }) => openTimeMs + MINUTE_MS <= atMs);
  const readings = [timeframe, ...LADDER[timeframe]].map((each) => readingOf(each, foldMinutes(closed, each)));
  const recommendation = recommend(readings);
  return { readings, recommendation, limits: limitsOf(readings, closed, atMs) };
}

function recommend(readings: readonly Reading[]): Recommendation {
  const main = readings[0]!;
  const weightOf = (reading: Reading) => (reading === main ? MAIN_WEIGHT : 1);
  const weightOfAll = readings.reduce((sum, reading) => sum + weightOf(reading), 0);
  const heard = readings.filter(hasSay);
  if (!heard.includes(main)) {
    const reason = `Too little is known of ${main.timeframe} candles to recommend anything.`;
    return { action: "hold", confidencePct: 0, score: 0, reasons: [reason] };
  }
  const weight = heard.reduce((sum, reading) => sum + weightOf(reading), 0);
  const score = heard.reduce((sum, reading) => sum + weightOf(reading) * reading.score, 0) / weight;
  const coverage = heard.reduce((sum, reading) => sum + weightOf(reading) * reading.coverage, 0) / weightOfAll;
  const action = score >= ACT_SCORE ? "buy" : score <= -ACT_SCORE ? "sell" : "hold";
  const strength = action === "hold" ? 1 - Math.abs(score) / ACT_SCORE : Math.abs(score);
  const calm = (main.volatilityRatio ?? 1) > WILD_RATIO ? WILD_DISCOUNT : 1;
  const pct = Math.round(100 * strength * coverage * (1 - main.missingShare) * calm);
  return { action, confidencePct: Math.min(CONFIDENCE_MAX_PCT, pct), score, reasons: reasonsOf(heard) };
}

/** The strongest votes of the main timeframe in words, then what the others say as a whole. */
function reasonsOf([main, ...others]: readonly Reading[]): string[] {
  const votes = main!.figures
    .map(({ name, vote }) => ({ name, vote: vote ?? 0, weight: (WEIGHTS[name] ?? 0) * Math.abs(vote ?? 0) }))
    .filter(({ vote }) => Math.abs(vote) >= VOTE_TOLD)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, REASONS_MAX);
  const told = votes.map(({ name, vote }) => `${name} speaks ${vote > 0 ? "for" : "against"} buying (${signed(vote)}).`);
  if (told.length === 0) told.push(`No figure of ${main!.timeframe} candles speaks for or against buying.`);
  return [...told, ...others.map(({ timeframe, score }) => `${timeframe} candles score ${signed(score)}.`)];
}

function limitsOf(readings: readonly Reading[], minutes: readonly Candle[], atMs: number): string[] {
  const newest = minutes.at(-1);
  if (!newest) return ["There is no closed candle at all."];
  const limits: string[] = [];
  for (const reading of readings) {
    const { timeframe, candles, missingShare, figures, volatilityRatio } = reading;
    const unknown = figures.filter(({ name, vote }) => WEIGHTS[name] !== undefined && vote === undefined).map(({ name }) => name);
    const unheard = hasSay(reading) ? "" : "; it has no say";
    const count = candles === 1 ? "1 candle" : `${candles} candles`;
    if (unknown.length > 0) limits.push(`${timeframe} (${count}): not known is ${unknown.join(", ")}${unheard}.`);
    if (missingShare >= MISSING_TOLD) limits.push(`${timeframe}: ${Math.round(missingShare * 100)}% of the minutes never came.`);
    if ((volatilityRatio ?? 1) > WILD_RATIO) limits.push(`${timeframe}: far wilder than usual, so that the past tells less.`);
  }
  const ageMs = atMs - newest.openTimeMs - MINUTE_MS;
  if (ageMs >= OLD_MINUTES * MINUTE_MS)
    limits.push(`The newest candle is of ${minuteText(newest.openTimeMs)} UTC, ${spanText(ageMs)} before now.`);
  return limits;
}
