import type { Candle } from "../../src/domain/candle.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { decimal } from "../../src/domain/money.ts";
import { type MarketMs, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import type { Market, MarketStep } from "../../src/ports/market.ts";

export const SYMBOLS = 50;
const ORIGIN_MS = Date.UTC(2025, 0, 1);
const HISTORY_MINUTES = 600;
const PRICE = 100;
/** How far a symbol jumps: enough for a cross and a breakout, too little for a stop. */
const JUMP = 1;
/** Symbols that jump in the same minute. */
const JUMPERS = 2;
/** Minutes between jumps: the jump itself, the fills, and quiet ones. */
export const CYCLE_MINUTES = 5;
const ROUND = SYMBOLS / JUMPERS;

/** What happens in the minute that closes `minute` minutes after the market's start. */
export type MinuteKind = "act" | "fill" | "quiet";

export function kindOf(minute: number): MinuteKind {
  const phase = minute % CYCLE_MINUTES;
  return phase === 0 ? "act" : phase === 1 ? "fill" : "quiet";
}

export function symbolAt(index: number): string {
  return `C${index}/USDT`;
}

/**
 * A stepped market of flat prices in which two symbols of fifty jump every fifth minute: up in one round, down in the next, so that a known
 * share of the bots enters, and later exits. Equal whenever it is opened.
 */
export function openJumps(): Market {
  return new Jumps();
}

class Jumps implements Market {
  readonly key = "jumps";
  readonly label = "jumps";
  readonly pace = "stepped";
  readonly startMs = marketMs(ORIGIN_MS + HISTORY_MINUTES * MINUTE_MS);
  readonly assumptions = [];
  readonly instruments: ReadonlyMap<string, Instrument> = new Map(
    Array.from({ length: SYMBOLS }, (_, index) => [symbolAt(index), instrumentOf(index)]),
  );
  readonly #indexes = new Map(Array.from({ length: SYMBOLS }, (_, index) => [symbolAt(index), index]));

  async history(symbol: string, before: MarketMs): Promise<Iterable<Candle>> {
    const index = this.#indexes.get(symbol) ?? 0;
    const end = Math.floor((before - ORIGIN_MS) / MINUTE_MS);
    return Array.from({ length: end }, (_, minute) => candleOf(index, minute));
  }

  async advance(
    after: MarketMs,
    until: MarketMs,
    symbols: ReadonlySet<string>,
    limit: number,
  ): Promise<{ steps: MarketStep[]; ended: boolean }> {
    const steps: MarketStep[] = [];
    const end = Math.floor((until - ORIGIN_MS) / MINUTE_MS);
    for (let minute = Math.floor((after - ORIGIN_MS) / MINUTE_MS); minute < end && steps.length < limit; minute += 1) {
      const candles = new Map<string, Candle>();
      for (const symbol of symbols) candles.set(symbol, candleOf(this.#indexes.get(symbol) ?? 0, minute));
      steps.push({ atMs: marketMs(ORIGIN_MS + (minute + 1) * MINUTE_MS), candles });
    }
    return { steps, ended: false };
  }

  async prices(): Promise<never[]> {
    return [];
  }

  async close(): Promise<void> {}
}

function candleOf(index: number, minute: number): Candle {
  const close = closeAt(index, minute);
  const open = closeAt(index, minute - 1);
  return {
    openTimeMs: ORIGIN_MS + minute * MINUTE_MS,
    open,
    high: Math.max(open, close),
    low: Math.min(open, close),
    close,
    volume: 1_000_000,
  };
}

/** A square wave, each symbol's shifted against the others'. */
function closeAt(index: number, minute: number): number {
  const cycles = Math.floor((minute - HISTORY_MINUTES) / CYCLE_MINUTES);
  if (cycles < 0) return PRICE;
  const jumps = Math.floor((cycles - (index % ROUND)) / ROUND) + 1;
  return jumps % 2 === 0 ? PRICE : PRICE + JUMP;
}

function instrumentOf(index: number): Instrument {
  const step = decimal("0.01");
  return {
    symbol: symbolAt(index),
    base: `C${index}`,
    quote: "USDT",
    tickSize: step,
    lotSize: decimal("0.001"),
    notionalMin: decimal(5),
    makerFeeBps: 10,
    takerFeeBps: 10,
    halfSpreadBps: 1,
    slippageBps: 1,
  };
}
