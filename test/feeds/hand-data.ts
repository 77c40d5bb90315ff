import type { Candle } from "../../src/domain/candle.ts";
import { TransientError } from "../../src/domain/errors.ts";
import { decimal } from "../../src/domain/money.ts";
import { MINUTE_MS, wallMs } from "../../src/domain/time.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { PriceReading } from "../../src/ports/market.ts";
import type { MarketData } from "../../src/ports/marketData.ts";
import type { FakeClock } from "../kit/fake-clock.ts";

export const NOON_MS = Date.UTC(2026, 0, 1, 12);
export const BTC = "BTC/USDT";
export const ETH = "ETH/USDT";

export class Warnings implements Logger {
  readonly warnings: string[] = [];
  debug(): void {}
  info(): void {}
  error(): void {}
  warn(_facts: Record<string, unknown>, message: string): void {
    this.warnings.push(message);
  }
  child(): Logger {
    return this;
  }
}

/** Public data by hand: a candle for every minute until now, the last one forming; what is in `absent` is late. */
export class HandData implements MarketData {
  readonly exchangeId = "hand";
  readonly asked: string[] = [];
  readonly absent = new Set<string>();
  readonly broken = new Set<string>();
  shiftMs = 0;
  slowMs = 0;
  closed = false;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async instruments(): ReturnType<MarketData["instruments"]> {
    const rules = {
      tickSize: decimal("0.01"),
      lotSize: decimal("0.001"),
      notionalMin: decimal(5),
      makerFeeBps: 10,
      takerFeeBps: 10,
      halfSpreadBps: 0,
      slippageBps: 0,
    };
    return new Map(["BTC", "ETH"].map((base) => [`${base}/USDT`, { symbol: `${base}/USDT`, base, quote: "USDT", ...rules }]));
  }

  async candles(symbol: string, fromMs: number, limit: number): Promise<Candle[]> {
    this.asked.push(`${symbol} ${(fromMs - NOON_MS) / MINUTE_MS} ${limit}`);
    if (this.broken.has(symbol)) throw new TransientError(`hand has no answer for ${symbol}`);
    const candles: Candle[] = [];
    for (let at = fromMs; at <= this.#clock.wall() && candles.length < limit; at += MINUTE_MS)
      if (!this.absent.has(`${symbol} ${(at - NOON_MS) / MINUTE_MS}`))
        candles.push({ openTimeMs: at + this.shiftMs, open: 10, high: 11, low: 9, close: 10, volume: 1 });
    return candles;
  }

  async prices(symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    this.asked.push(`prices ${[...symbols].join()}`);
    const askedMs = this.#clock.wall();
    if (this.slowMs > 0) await this.#clock.sleep(this.slowMs);
    return [...symbols].map((symbol) => ({ symbol, price: 10, wallMs: wallMs(askedMs) }));
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
