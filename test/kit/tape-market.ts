import type { Candle } from "../../src/domain/candle.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { decimal } from "../../src/domain/money.ts";
import { quoteOf } from "../../src/domain/quote.ts";
import { MINUTE_MS, wallMs } from "../../src/domain/time.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { PriceReading } from "../../src/ports/market.ts";
import type { MarketData } from "../../src/ports/marketData.ts";
import { formingCandle, priceAt, type Tape } from "./exchange/tape.ts";

/** The public data of a simulated exchange, read straight from its tape: no wire, no faults. */
export function tapeMarketData(
  tape: Tape,
  symbols: Readonly<Record<string, string>>,
  clock: Clock,
  exchangeId = "binance",
  /** How far bid and ask lie apart, where the exchange tells. */
  spreadPct: () => number | undefined = () => undefined,
): MarketData {
  const idOf = (symbol: string) => symbols[symbol] ?? symbol;
  return {
    exchangeId,
    instruments: async () => new Map(Object.keys(symbols).map((symbol) => [symbol, instrument(symbol)])),
    async candles(symbol, fromMs, limit) {
      const candles: Candle[] = [];
      for (let atMs = fromMs; candles.length < limit && atMs <= clock.wall(); atMs += MINUTE_MS) {
        const closed = atMs + MINUTE_MS <= clock.wall();
        const candle = closed ? tape.candleAt(idOf(symbol), atMs) : formingCandle(tape, idOf(symbol), clock.wall());
        if (candle) candles.push(candle);
      }
      return candles;
    },
    async prices(asked) {
      return [...asked].flatMap((symbol): PriceReading[] => {
        const price = priceAt(tape, idOf(symbol), clock.wall());
        if (price === undefined) return [];
        const half = (spreadPct() ?? Number.NaN) / 200;
        const quote = quoteOf(price * (1 - half), price * (1 + half));
        return [{ symbol, price, wallMs: wallMs(clock.wall()), ...(quote && { quote }) }];
      });
    },
    async close() {},
  };
}

function instrument(symbol: string): Instrument {
  const [base = "", quote = ""] = symbol.split("/");
  return {
    symbol,
    base,
    quote,
    tickSize: decimal("0.01"),
    lotSize: decimal("0.00001"),
    notionalMin: decimal(5),
    makerFeeBps: 10,
    takerFeeBps: 10,
    halfSpreadBps: 0,
    slippageBps: 0,
  };
}
