import type { Candle } from "../../domain/candle.ts";
import { DAY_MS, MINUTE_MS } from "../../domain/time.ts";
import type { Coin } from "./coins.ts";
import { Anchors, type FactorDay, factorDay, pathDay, shapeSeed } from "./path.ts";
import { Random } from "./random.ts";
import { MINUTES_PER_DAY } from "./regimes.ts";

/** Volume grows with the size of the minute's move, in deviations. */
const VOLUME_PER_DEVIATION = 0.9;
const VOLUME_FLOOR = 0.25;
/** Days of the common factor that are kept: the day that is traded and one that history is read from. */
const FACTOR_DAYS_KEPT = 3;

/** The common factor by day, generated once for all symbols. */
export class FactorDays {
  readonly #seed: number;
  readonly #kept = new Map<number, FactorDay>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  at(day: number): FactorDay {
    const known = this.#kept.get(day);
    if (known) return known;
    const made = factorDay(this.#seed, day);
    this.#kept.set(day, made);
    if (this.#kept.size > FACTOR_DAYS_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return made;
  }
}

/** All one-minute candles of one symbol, a day at a time; the day in use is kept. */
export class CoinCandles {
  readonly coin: Coin;
  readonly #seed: number;
  readonly #factors: FactorDays;
  readonly #anchors: Anchors;
  #kept: { readonly day: number; readonly candles: readonly Candle[] } | undefined;

  constructor(seed: number, coin: Coin, factors: FactorDays) {
    this.coin = coin;
    this.#seed = seed;
    this.#factors = factors;
    this.#anchors = new Anchors(seed, coin);
  }

  /** The candle that opens so many minutes after the origin's day zero. */
  at(originMs: number, minute: number): Candle {
    const day = Math.floor(minute / MINUTES_PER_DAY);
    if (this.#kept?.day !== day) this.#kept = { day, candles: this.#day(originMs, day) };
    return this.#kept.candles[minute - day * MINUTES_PER_DAY]!;
  }

  /** Candles that open in the minutes [0, end) after the origin, made a day at a time while they are read. */
  *before(originMs: number, end: number): Generator<Candle> {
    for (let day = 0; day * MINUTES_PER_DAY < end; day += 1) {
      const candles = this.#kept?.day === day ? this.#kept.candles : this.#day(originMs, day);
      const left = end - day * MINUTES_PER_DAY;
      if (left >= MINUTES_PER_DAY) yield* candles;
      else yield* candles.slice(0, left);
    }
  }

  #day(originMs: number, day: number): Candle[] {
    const from = this.#anchors.at(day);
    const { logPrices, deviations } = pathDay(this.#seed, this.coin, day, this.#factors.at(day), from, this.#anchors.at(day + 1));
    const random = new Random(shapeSeed(this.#seed, this.coin, day));
    const startMs = originMs + day * DAY_MS;
    const candles: Candle[] = [];
    for (let minute = 0; minute < MINUTES_PER_DAY; minute += 1)
      candles.push(this.#candle(startMs + minute * MINUTE_MS, logPrices[minute]!, logPrices[minute + 1]!, deviations[minute]!, random));
    return candles;
  }

  /** One candle; its wicks are the extremes of a Brownian bridge between open and close. */
  #candle(openTimeMs: number, openLog: number, closeLog: number, deviation: number, random: Random): Candle {
    const change = closeLog - openLog;
    const spread = 2 * deviation * deviation * WICK_VARIANCE;
    const up = (change + Math.sqrt(change * change - spread * Math.log(random.next()))) / 2;
    const down = (change - Math.sqrt(change * change - spread * Math.log(random.next()))) / 2;
    const busy = VOLUME_FLOOR + VOLUME_PER_DEVIATION * (Math.abs(change) / deviation);
    const volume = this.coin.volume * busy * Math.exp(VOLUME_NOISE * (random.next() + random.next() - 1));
    const { priceDecimals, volumeDecimals } = this.coin;
    return {
      openTimeMs,
      open: rounded(Math.exp(openLog), priceDecimals),
      high: rounded(Math.exp(openLog + up), priceDecimals),
      low: rounded(Math.exp(openLog + down), priceDecimals),
      close: rounded(Math.exp(closeLog), priceDecimals),
      volume: rounded(volume, volumeDecimals),
    };
  }
}

/** Part of a minute's variance that shows in the wicks. */
const WICK_VARIANCE = 0.4;
const VOLUME_NOISE = 1.2;

function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
