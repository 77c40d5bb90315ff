import { COINS, type Coin } from "./coins.ts";
import { mixedSeed, Random } from "./random.ts";
import { MINUTES_PER_DAY, type Spell, spellsOfDay } from "./regimes.ts";

/*
 * The invented log prices. A day of a symbol is known from (seed, symbol, day) alone: a cheap walk over whole days fixes the
 * price at each midnight (the anchors), and the minutes between two anchors are a noisy path that is tilted to end at the next one. So a desk that
 * has run for months starts as quickly as a fresh one and keeps no past in memory.
 */

/** Deviation of the common factor in a usual minute, as a log return. */
export const MINUTE_DEVIATION = 0.0005;
/** Anchors lean back towards the coin's price by this part a day, so that years later prices are still plausible. */
const DAILY_PULL = 0.03;
const DAY_DEVIATION = MINUTE_DEVIATION * Math.sqrt(MINUTES_PER_DAY);
/** Volatility clusters: today's variance keeps most of the minute before and takes some of its squared surprise (GARCH(1,1), long-run variance one). */
const VARIANCE_KEPT = 0.9;
const VARIANCE_TAKEN = 0.08;
const VARIANCE_MAX = 20;
/**
 * Around the path the price swings to and fro with a period of some twenty minutes that fades and is pushed anew by each surprise (an AR(2)
 * process): short averages cross several times an hour, so a newcomer sees a bot act soon.
 */
const SWING_PERIOD_MIN = 20;
const SWING_KEPT = 0.95;
const SWING_FIRST = 2 * SWING_KEPT * Math.cos((2 * Math.PI) / SWING_PERIOD_MIN);
const SWING_SECOND = -SWING_KEPT * SWING_KEPT;
/** How much of a surprise stays in the price, and how much only swings. */
const WALK_SHARE = 0.6;
const SWING_SHARE = 0.4;
/** The days' own surprises, as a part of what the minutes would add up to. */
const DAY_SHARE = 0.5;

/** Numbers of the independent random streams. */
const STREAM = { spells: 1, factor: 2, own: 3, factorDay: 4, ownDay: 5, shape: 6 } as const;

/** What all symbols share on one day. */
export interface FactorDay {
  readonly spells: readonly Spell[];
  /** Each minute's regime deviation, and its factor surprise in units of a usual minute's deviation (drift not included). */
  readonly deviations: Float64Array;
  readonly surprises: Float64Array;
}

/** One day of one symbol: log prices at the 1,441 minute bounds and the deviation of each minute as a log return. */
export interface PathDay {
  readonly logPrices: Float64Array;
  readonly deviations: Float64Array;
}

/** One day of what moves all symbols together: the same for a seed and a day, whatever was asked before. */
export function factorDay(seed: number, day: number): FactorDay {
  const spells = spellsOfDay(mixedSeed(seed, STREAM.spells, day));
  const deviations = new Float64Array(MINUTES_PER_DAY);
  for (const { regime, fromMinute, toMinute } of spells) deviations.fill(regime.deviation, fromMinute, toMinute);
  const surprises = clustered(new Random(mixedSeed(seed, STREAM.factor, day)));
  for (let minute = 0; minute < MINUTES_PER_DAY; minute += 1) surprises[minute]! *= deviations[minute]!;
  return { spells, deviations, surprises };
}

/** Fat-tailed surprises whose size clusters. */
function clustered(random: Random): Float64Array {
  const surprises = new Float64Array(MINUTES_PER_DAY);
  let variance = 1;
  for (let minute = 0; minute < MINUTES_PER_DAY; minute += 1) {
    const surprise = Math.sqrt(variance) * random.fatTailed();
    surprises[minute] = surprise;
    variance = Math.min(VARIANCE_MAX, 1 - VARIANCE_KEPT - VARIANCE_TAKEN + VARIANCE_KEPT * variance + VARIANCE_TAKEN * surprise * surprise);
  }
  return surprises;
}

/** The log prices at midnight of each day; walks forward from the day it knows, and from the origin when an earlier one is asked. */
export class Anchors {
  readonly #seed: number;
  readonly #coin: Coin;
  #day = 0;
  #log: number;

  constructor(seed: number, coin: Coin) {
    this.#seed = seed;
    this.#coin = coin;
    this.#log = Math.log(coin.price);
  }

  at(day: number): number {
    if (day < this.#day) {
      this.#day = 0;
      this.#log = Math.log(this.#coin.price);
    }
    for (; this.#day < day; this.#day += 1) this.#log += dayReturn(this.#seed, this.#coin, this.#day, this.#log);
    return this.#log;
  }
}

function dayReturn(seed: number, coin: Coin, day: number, log: number): number {
  const factor = new Random(mixedSeed(seed, STREAM.factorDay, day)).fatTailed();
  const own = new Random(mixedSeed(seed, STREAM.ownDay, day, numberOf(coin))).fatTailed();
  const drift = driftBefore(spellsOfDay(mixedSeed(seed, STREAM.spells, day)), MINUTES_PER_DAY) * coin.beta * MINUTE_DEVIATION;
  return drift + (coin.beta * factor + coin.own * own) * DAY_DEVIATION * DAY_SHARE + (Math.log(coin.price) - log) * DAILY_PULL;
}

/** Sum of the drifts of a day's spells before a minute, in units of the factor's deviation. */
function driftBefore(spells: readonly Spell[], minute: number): number {
  return spells.reduce((sum, spell) => sum + spell.regime.drift * Math.max(0, Math.min(minute, spell.toMinute) - spell.fromMinute), 0);
}

/** One day of a symbol between two log prices that are given, so that days fit together in whatever order they are asked for. */
export function pathDay(seed: number, coin: Coin, day: number, factor: FactorDay, fromLog: number, toLog: number): PathDay {
  const logPrices = new Float64Array(MINUTES_PER_DAY + 1);
  const deviations = new Float64Array(MINUTES_PER_DAY);
  const own = clustered(new Random(mixedSeed(seed, STREAM.own, day, numberOf(coin))));
  const drifts = new Float64Array(MINUTES_PER_DAY);
  for (const { regime, fromMinute, toMinute } of factor.spells) drifts.fill(regime.drift, fromMinute, toMinute);
  let walk = 0;
  let swing = 0;
  let swingBefore = 0;
  for (let minute = 0; minute < MINUTES_PER_DAY; minute += 1) {
    const surprise = coin.beta * factor.surprises[minute]! + coin.own * own[minute]! * factor.deviations[minute]!;
    walk += coin.beta * drifts[minute]! + surprise * WALK_SHARE;
    const swingNext = SWING_FIRST * swing + SWING_SECOND * swingBefore + surprise * SWING_SHARE;
    swingBefore = swing;
    swing = swingNext;
    logPrices[minute + 1] = (walk + swing) * MINUTE_DEVIATION;
    deviations[minute] = Math.hypot(coin.beta, coin.own) * factor.deviations[minute]! * MINUTE_DEVIATION;
  }
  const tilt = (toLog - fromLog - logPrices[MINUTES_PER_DAY]!) / MINUTES_PER_DAY;
  for (let minute = 0; minute <= MINUTES_PER_DAY; minute += 1) logPrices[minute]! += fromLog + tilt * minute;
  return { logPrices, deviations };
}

/** Seed of the stream that shapes a day's candles (their wicks and volumes). */
export function shapeSeed(seed: number, coin: Coin, day: number): number {
  return mixedSeed(seed, STREAM.shape, day, numberOf(coin));
}

function numberOf(coin: Coin): number {
  return COINS.indexOf(coin);
}
