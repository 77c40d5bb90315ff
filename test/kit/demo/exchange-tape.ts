import { DAY_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import { CoinCandles, FactorDays } from "../../../src/feeds/simulated/candles.ts";
import { COINS } from "../../../src/feeds/simulated/coins.ts";
import type { Tape, TapeCandle } from "../exchange/tape.ts";

/** Whoever asks for history finds so much. */
const HISTORY_DAYS = 7;

/** The invented prices of the simulated market in real time, as an exchange would have them. */
export class InventedTape implements Tape {
  readonly symbols: readonly string[];
  readonly #originMs: number;
  readonly #coins: ReadonlyMap<string, CoinCandles>;

  constructor(seed: number, nowMs: number) {
    this.#originMs = Math.floor(nowMs / DAY_MS) * DAY_MS - HISTORY_DAYS * DAY_MS;
    const factors = new FactorDays(seed);
    this.#coins = new Map(COINS.map((coin) => [coin.symbol.replace("/", ""), new CoinCandles(seed, coin, factors)]));
    this.symbols = [...this.#coins.keys()];
  }

  candleAt(symbol: string, atMs: number): TapeCandle | undefined {
    const minute = Math.floor((atMs - this.#originMs) / MINUTE_MS);
    return minute < 0 ? undefined : this.#coins.get(symbol)?.at(this.#originMs, minute);
  }
}
