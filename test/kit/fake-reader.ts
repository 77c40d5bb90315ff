import type { Candle } from "../../src/domain/candle.ts";
import { UserError } from "../../src/domain/errors.ts";
import { exchangeMarketKey } from "../../src/domain/market-key.ts";
import type { Decimal } from "../../src/domain/money.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import type { AccountFacts } from "../../src/ports/engine.ts";
import { type MarketPlace, type MarketReader, READING_MINUTES_MAX } from "../../src/ports/market-reader.ts";
import { instrumentOf } from "./fake-instrument.ts";
import { MARKET_START } from "./fake-ledger.ts";

/** Markets whose prices swing slowly around the one that the fake desk names, or follow a tape. */
export class FakeReader implements MarketReader {
  /** What a test lets a market tell of a symbol. */
  readonly tapes = new Map<string, readonly Candle[]>();
  /** Set to make the next question fail. */
  failure: Error | undefined;
  /** The same for questions about one symbol. */
  readonly failures = new Map<string, Error>();
  /** Each question, as `fake BTC/USDT 14400`. */
  readonly asked: string[] = [];
  readonly #prices: ReadonlyMap<string, Decimal>;
  readonly #accounts: () => readonly AccountFacts[];

  constructor(prices: ReadonlyMap<string, Decimal>, accounts: () => readonly AccountFacts[]) {
    this.#prices = prices;
    this.#accounts = accounts;
  }

  markets(): readonly MarketPlace[] {
    const instruments = new Map([...this.#prices.keys()].map((symbol) => [symbol, instrumentOf(symbol)]));
    const rest = { instruments, atMs: marketMs(MARKET_START) };
    const venues = this.#accounts().flatMap(({ venue }) => venue ?? []);
    const keys = new Set(venues.map(({ exchangeId, environment }) => exchangeMarketKey(exchangeId, environment === "demo")));
    return [
      { key: "fake", label: "simulated market (invented prices)", ...rest },
      ...[...keys].map((key) => ({ key, label: `live prices of ${key}`, ...rest })),
    ];
  }

  async candles(marketKey: string, symbol: string, minutes: number): Promise<readonly Candle[]> {
    this.asked.push(`${marketKey} ${symbol} ${minutes}`);
    const failure = this.failure ?? this.failures.get(symbol);
    if (failure) throw failure;
    const price = this.#prices.get(symbol);
    if (!price || !this.markets().some(({ key }) => key === marketKey)) throw new UserError(`There is no ${symbol} in this market.`);
    return this.tapes.get(symbol) ?? swinging(Number(price), Math.min(minutes, READING_MINUTES_MAX));
  }
}

/** Candles that end at the start of the fake market, at the price. */
function swinging(price: number, minutes: number): Candle[] {
  const at = (index: number) => price * (1 + 0.02 * Math.sin(index / 400) + 0.001 * Math.sin(index / 7));
  return Array.from({ length: minutes }, (_, position) => {
    const index = minutes - position;
    const [open, close] = [at(index), at(index - 1)];
    const openTimeMs = MARKET_START - index * MINUTE_MS;
    return { openTimeMs, open, high: Math.max(open, close) * 1.0002, low: Math.min(open, close) * 0.9998, close, volume: 0.1 };
  });
}
