import type { Candle } from "../domain/candle.ts";
import { UserError } from "../domain/errors.ts";
import type { Instrument } from "../domain/instrument.ts";
import { DAY_MS, type MarketMs, MINUTE_MS, marketMs, minuteText, spanText } from "../domain/time.ts";
import type { Market, MarketStep } from "../ports/market.ts";
import { assumptionsOf, modeledInstrument } from "./assumptions.ts";
import { CoinCandles, FactorDays } from "./simulated/candles.ts";
import { COINS } from "./simulated/coins.ts";

/** First candle of every simulated market: 2025-01-01 00:00 UTC. */
export const ORIGIN_MS = Date.UTC(2025, 0, 1);
/** History before a fresh desk's first slot. */
export const WARM_UP_MS = 3 * DAY_MS;
/** Part of the key; to be raised when the generator changes, since books of the old prices do not fit the new ones. */
const MODEL = 1;
const SEED_MAX = 2 ** 32 - 1;

/**
 * A market with invented prices: regimes (calm, rising, falling, volatile), fat tails, clustered volatility, a factor that all symbols share. Endless,
 * and equal for equal seeds. `seed` is a whole number from 0 to 4,294,967,295. `history` makes every candle since the origin while it is read:
 * about 0.1 s per symbol for 90 market days, and more in proportion.
 */
export function openSimulated({ seed }: { seed: number }): Market {
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) throw new RangeError(`expected a seed from 0 to ${SEED_MAX}, found ${seed}`);
  return new Simulated(seed);
}

class Simulated implements Market {
  readonly key: string;
  readonly label: string;
  readonly pace = "stepped";
  readonly endless = true;
  readonly startMs: MarketMs = marketMs(ORIGIN_MS + WARM_UP_MS);
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly assumptions: readonly string[];
  readonly #coins: ReadonlyMap<string, CoinCandles>;

  constructor(seed: number) {
    this.key = `simulated:v${MODEL}:${seed}`;
    this.label = `simulated market (invented prices, seed ${seed})`;
    const factors = new FactorDays(seed);
    this.#coins = new Map(COINS.map((coin) => [coin.symbol, new CoinCandles(seed, coin, factors)]));
    this.instruments = new Map(COINS.map(({ symbol, price, priceDecimals }) => [symbol, modeledInstrument(symbol, price, priceDecimals)]));
    this.assumptions = [
      `Prices are invented; market time starts at ${minuteText(this.startMs)} UTC with ${spanText(WARM_UP_MS)} of history.`,
      ...assumptionsOf(this.instruments, "the decimals of its invented prices"),
    ];
  }

  async history(symbol: string, before: MarketMs): Promise<Iterable<Candle>> {
    const coin = this.#coins.get(symbol);
    if (!coin) throw new UserError(`${symbol} is not in this market; it has ${[...this.#coins.keys()].join(", ")}.`);
    const end = minuteOf(before);
    return { [Symbol.iterator]: () => coin.before(ORIGIN_MS, end) };
  }

  async advance(
    after: MarketMs,
    until: MarketMs,
    symbols: ReadonlySet<string>,
    limit: number,
  ): Promise<{ steps: MarketStep[]; ended: boolean }> {
    const asked = [...symbols].flatMap((symbol) => this.#coins.get(symbol) ?? []);
    const steps: MarketStep[] = [];
    if (asked.length === 0) return { steps, ended: false };
    const end = minuteOf(until);
    for (let minute = minuteOf(after); minute < end && steps.length < limit; minute += 1) {
      const candles = new Map<string, Candle>();
      for (const coin of asked) candles.set(coin.coin.symbol, coin.at(ORIGIN_MS, minute));
      steps.push({ atMs: marketMs(ORIGIN_MS + (minute + 1) * MINUTE_MS), candles });
    }
    return { steps, ended: false };
  }

  async prices(): Promise<never[]> {
    return [];
  }

  async close(): Promise<void> {}
}

/** Whole minutes from the origin to an instant. */
function minuteOf(atMs: number): number {
  return Math.max(0, Math.floor((atMs - ORIGIN_MS) / MINUTE_MS));
}
