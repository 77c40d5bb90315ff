import { wallMs } from "../../src/domain/time.ts";
import { LivePrices } from "../../src/feeds/exchange/live-prices.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { PriceReading } from "../../src/ports/market.ts";
import type { MarketData, PriceListener, PushedPrices, VenueTime } from "../../src/ports/marketData.ts";
import { FakeClock } from "../kit/fake-clock.ts";

const NOON_MS = Date.UTC(2026, 0, 1, 12);
/** The exchange's clock is a minute and a half ahead of this machine's. */
const AHEAD_MS = 90_000;
export const BTC = "BTC/USDT";
export const ETH = "ETH/USDT";

class Said implements Logger {
  readonly said: string[] = [];
  debug(): void {}
  info(): void {}
  error(): void {}
  warn(_facts: Record<string, unknown>, message: string): void {
    this.said.push(message);
  }
  child(): Logger {
    return this;
  }
}

/** An exchange by hand: what it answers and pushes is what a test says. */
class HandExchange implements MarketData {
  readonly exchangeId = "hand";
  readonly asked: string[] = [];
  price = 100;
  slowMs = 0;
  failure: Error | undefined;
  aheadMs = AHEAD_MS;
  uncertaintyMs = 50;
  measured = 0;
  known: VenueTime | undefined;
  listener: PriceListener | undefined;
  watching: string[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async instruments(): ReturnType<MarketData["instruments"]> {
    return new Map();
  }

  async candles(): ReturnType<MarketData["candles"]> {
    return [];
  }

  async prices(symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    this.asked.push([...symbols].join());
    const askedMs = this.#clock.wall();
    const { price } = this;
    if (this.slowMs > 0) await this.#clock.sleep(this.slowMs);
    if (this.failure) throw this.failure;
    return [...symbols].map((symbol) => ({ symbol, price, wallMs: wallMs(askedMs) }));
  }

  readonly pushes: PushedPrices = {
    time: () => this.known,
    measure: async () => {
      this.measured += 1;
      if (this.failure) throw this.failure;
      this.known = { offsetMs: this.venueMs() - this.#clock.monotonicMs(), uncertaintyMs: this.uncertaintyMs };
    },
    open: (listener) => {
      this.listener = listener;
      return {
        watch: (symbols) => {
          this.watching = [...symbols];
        },
        close: async () => {
          this.watching = ["closed"];
        },
      };
    },
  };

  venueMs(): number {
    return NOON_MS + this.#clock.monotonicMs() + this.aheadMs;
  }

  /** Pushes a price that was true so long ago. */
  push(price: number, agoMs = 0, symbol = BTC): void {
    this.listener?.pushed({ symbol, price, venueMs: this.venueMs() - agoMs });
  }

  async close(): Promise<void> {}
}

/** Last prices of an exchange by hand, under a clock by hand. */
export class PricesStage {
  readonly clock = new FakeClock(NOON_MS);
  readonly exchange = new HandExchange(this.clock);
  readonly logger = new Said();
  readonly prices = new LivePrices({ data: this.exchange, clock: this.clock, logger: this.logger });

  /** Price and age of each reading. */
  async read(...symbols: string[]): Promise<string[]> {
    const readings = await this.prices.read(new Set(symbols.length > 0 ? symbols : [BTC]));
    return readings.map(({ price, wallMs: seenMs }) => `${price} ${this.clock.wall() - seenMs}`);
  }

  /** A stream that is believed: its clock is known, and its first price was checked a second ago. */
  async streaming(): Promise<void> {
    await this.read();
    this.exchange.push(100);
    await this.read();
    await this.clock.breathe();
    await this.clock.advance(1_000);
    this.exchange.asked.length = 0;
  }
}
