import type { Candle } from "../domain/candle.ts";
import { UserError } from "../domain/errors.ts";
import { DAY_MS, type MarketMs, MINUTE_MS, marketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Market } from "../ports/market.ts";
import { type MarketPlace, type MarketReader, READING_MINUTES_MAX } from "../ports/market-reader.ts";
import type { Floor } from "./floors.ts";

/** What is read of a floor. */
interface ReadFloor {
  readonly market: Floor["market"];
  readonly services: Pick<Floor["services"], "now">;
}

/** Questions that are answered at a time: each is up to 44 requests at an exchange, from the budget that trading shares. */
const RUNNING_MAX = 2;
/** Answers that are kept for the rest of their minute, each up to some megabytes. */
const KEPT_MAX = 3;

interface Kept {
  readonly endMs: number;
  readonly candles: Promise<readonly Candle[]>;
}

/** Reads the markets of all floors for people. It opens none: an exchange that does not answer would make the whole desk look ill. */
export class FloorReader implements MarketReader {
  readonly #floors: () => readonly ReadFloor[];
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  #running = 0;

  constructor(floors: () => readonly ReadFloor[], clock: Clock) {
    this.#floors = floors;
    this.#clock = clock;
  }

  markets(): readonly MarketPlace[] {
    return this.#floors().map(({ market, services }) => {
      const { key, label, instruments } = market;
      return { key, label, instruments, atMs: services.now() };
    });
  }

  async candles(marketKey: string, symbol: string, minutes: number): Promise<readonly Candle[]> {
    const floor = this.#floors().find(({ market }) => market.key === marketKey);
    if (!floor?.market.instruments.has(symbol)) throw new UserError(`There is no ${symbol.slice(0, 40)} in this market.`);
    const asked = Math.min(minutes, READING_MINUTES_MAX);
    const endMs = Math.floor(floor.services.now() / MINUTE_MS) * MINUTE_MS;
    const name = `${marketKey} ${symbol} ${asked}`;
    const known = this.#kept.get(name);
    if (known?.endMs === endMs) return known.candles;
    if (this.#running >= RUNNING_MAX)
      throw new UserError(`${RUNNING_MAX} other questions about candles are being answered. Ask again in a moment.`);
    const candles = this.#read(floor, symbol, endMs, asked);
    this.#keep(name, { endMs, candles });
    return candles;
  }

  async #read({ market }: ReadFloor, symbol: string, endMs: number, minutes: number): Promise<readonly Candle[]> {
    this.#running += 1;
    try {
      const fromMs = endMs - minutes * MINUTE_MS;
      const found: Candle[] = [];
      if (market.pace === "live") {
        for (const candle of await market.history(symbol, marketMs(endMs), minutes)) if (candle.openTimeMs >= fromMs) found.push(candle);
        return found;
      }
      // A stepped market makes all of its past for `history`; a day at a time leaves room for what trades.
      for (let dayMs = fromMs; dayMs < endMs; dayMs += DAY_MS) {
        const untilMs = Math.min(endMs, dayMs + DAY_MS);
        const { steps } = await market.advance(marketMs(dayMs), marketMs(untilMs), new Set([symbol]), DAY_MS / MINUTE_MS);
        for (const { candles } of steps) for (const candle of candles.values()) found.push(candle);
        await this.#clock.breathe();
      }
      return found;
    } finally {
      this.#running -= 1;
    }
  }

  /** A failed answer is not kept, and an older one makes room. */
  #keep(name: string, kept: Kept): void {
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size > KEPT_MAX) this.#kept.delete(this.#kept.keys().next().value!);
    kept.candles.catch(() => {
      if (this.#kept.get(name) === kept) this.#kept.delete(name);
    });
  }
}

/** Close of the candle a day before an instant; a live market is not asked for it. */
export async function dayBefore(market: Market, symbol: string, at: MarketMs): Promise<number | undefined> {
  if (market.pace === "live") return undefined;
  const from = marketMs(at - DAY_MS - MINUTE_MS);
  const { steps } = await market.advance(from, marketMs(at - DAY_MS), new Set([symbol]), 1);
  return steps[0]?.candles.get(symbol)?.close;
}
