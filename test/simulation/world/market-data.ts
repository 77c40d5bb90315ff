import type { Candle } from "../../../src/domain/candle.ts";
import { TransientError } from "../../../src/domain/errors.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { MINUTE_MS, wallMs } from "../../../src/domain/time.ts";
import type { PriceReading } from "../../../src/ports/market.ts";
import type { MarketData } from "../../../src/ports/marketData.ts";
import { formingCandle } from "../../kit/exchange/tape.ts";
import type { WallClock } from "./clock.ts";
import type { SimQuotes } from "./quotes.ts";
import type { SimTape } from "./tape.ts";
import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

/** Right after its minute a candle may still change for so long at the exchange. */
const REVISED_MS = 1_500;
/** A candle may be shown so late. */
const LATE_MAX_MS = 9_000;
const LAG_MAX_MS = 15_000;

/** What one exchange lists, and how its faults are called. */
export interface Listing {
  readonly exchangeId: string;
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Stands before the names of the faults. */
  readonly faults: string;
  readonly quotes: SimQuotes;
}

/**
 * The public side of a simulated exchange, as its adapter shows it: whole answers or TransientError. E1 lost, E3 late, E9 read from a replica that is
 * behind, E15 maintenance, E17 candles that come late, are revised or lie in the future. The exchange's own clock is right.
 */
export class SimMarketData implements MarketData {
  readonly exchangeId: string;
  readonly #tape: SimTape;
  readonly #timeline: Timeline;
  readonly #wall: WallClock;
  readonly #weather: Weather;
  readonly #listing: Listing;
  /** Names of the faults that may strike each question. */
  readonly #faults: { readonly lost: string; readonly late: string; readonly maintenance: string };

  constructor(tape: SimTape, timeline: Timeline, wall: WallClock, weather: Weather, listing: Listing) {
    this.exchangeId = listing.exchangeId;
    this.#listing = listing;
    const { faults } = listing;
    this.#faults = { lost: `${faults}E1`, late: `${faults}E3`, maintenance: `${faults}E15` };
    this.#tape = tape;
    this.#timeline = timeline;
    this.#wall = wall;
    this.#weather = weather;
  }

  async instruments(): Promise<ReadonlyMap<string, Instrument>> {
    await this.#travel();
    return this.#listing.instruments;
  }

  async candles(symbol: string, fromMs: number, limit: number): Promise<Candle[]> {
    await this.#travel();
    const nowMs = this.#wall.trueMs();
    const candles: Candle[] = [];
    const seenMs = this.#seenMs(nowMs);
    for (let atMs = Math.max(fromMs, this.#tape.fromMs); atMs <= seenMs && candles.length < limit; atMs += MINUTE_MS) {
      const closed = atMs + MINUTE_MS <= seenMs;
      const candle = closed ? this.#tape.candleAt(symbol, atMs) : formingCandle(this.#tape, symbol, seenMs);
      if (candle) candles.push(candle);
    }
    return this.#spoiled(candles, fromMs, nowMs);
  }

  async prices(symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    const askedMs = wallMs(this.#wall.now());
    await this.#travel();
    const nowMs = this.#wall.trueMs();
    return [...symbols].map((symbol) => {
      const price = this.#tape.lastPrice(symbol, nowMs);
      const quote = this.#listing.quotes.of(symbol, price, nowMs);
      return quote ? { symbol, price, wallMs: askedMs, quote } : { symbol, price, wallMs: askedMs };
    });
  }

  nowMs(): number {
    return this.#wall.trueMs();
  }

  async close(): Promise<void> {}

  /** The way to the exchange and back. */
  async #travel(): Promise<void> {
    const { lost, late, maintenance } = this.#faults;
    if (this.#weather.isOn(maintenance)) {
      this.#weather.strikes(maintenance);
      throw new TransientError("the exchange is in maintenance");
    }
    if (this.#weather.strikes(lost, 0.5)) throw new TransientError("the exchange did not answer");
    if (this.#weather.strikes(late, 0.3)) await this.#timeline.wait(this.#weather.span(20, 30_000));
  }

  /** Up to when the replica that answers knows what happened. */
  #seenMs(nowMs: number): number {
    return this.#weather.strikes(`${this.#listing.faults}E9`, 0.5) ? nowMs - this.#weather.span(100, LAG_MAX_MS) : nowMs;
  }

  #spoiled(candles: Candle[], fromMs: number, nowMs: number): Candle[] {
    const last = candles.at(-1);
    if (last === undefined || nowMs - last.openTimeMs > 2 * MINUTE_MS) return candles;
    if (this.#weather.strikes(`${this.#listing.faults}E17 late`, 0.5)) {
      const knownMs = nowMs - this.#weather.span(500, LATE_MAX_MS);
      return candles.filter(({ openTimeMs }) => openTimeMs + MINUTE_MS <= knownMs);
    }
    const closedMs = nowMs - (nowMs % MINUTE_MS);
    const place = candles.findIndex(({ openTimeMs }) => openTimeMs + MINUTE_MS === closedMs);
    const fresh = candles[place];
    if (fresh && nowMs - closedMs < REVISED_MS && this.#weather.strikes(`${this.#listing.faults}E17 revised`)) {
      const close = fresh.low;
      return candles.with(place, { ...fresh, close });
    }
    const nextMs = closedMs + MINUTE_MS;
    if (nextMs >= fromMs && this.#weather.strikes(`${this.#listing.faults}E17 future`, 0.2))
      return [...candles, { ...last, openTimeMs: nextMs }];
    return candles;
  }
}
