import { type Candle, candleProblem } from "../../src/domain/candle.ts";
import { UserError } from "../../src/domain/errors.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { decimal } from "../../src/domain/money.ts";
import { type MarketMs, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import type { Market, MarketStep, PriceReading } from "../../src/ports/market.ts";

/** An instrument with round steps, so that a test can compute by hand. Costs are zero unless told. */
export function plainInstrument(symbol: string, rules: Partial<Instrument> = {}): Instrument {
  const [base = "", quote = ""] = symbol.split("/");
  const steps = { tickSize: decimal("0.01"), lotSize: decimal("0.001"), notionalMin: decimal(5) };
  return { symbol, base, quote, ...steps, makerFeeBps: 0, takerFeeBps: 0, halfSpreadBps: 0, slippageBps: 0, ...rules };
}

export interface ArrayMarketOptions {
  readonly candles: ReadonlyMap<string, readonly Candle[]>;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly startMs: MarketMs;
  readonly key?: string;
}

/** A stepped market over given candles: strict about its own contract, so that a test's market cannot lie. */
export class ArrayMarket implements Market {
  readonly key: string;
  readonly label = "test market";
  readonly pace: "stepped" | "live" = "stepped";
  readonly startMs: MarketMs;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly assumptions: readonly string[] = [];
  readonly candles: ReadonlyMap<string, readonly Candle[]>;

  constructor({ candles, instruments, startMs, key = "test" }: ArrayMarketOptions) {
    for (const [symbol, list] of candles) checkCandles(symbol, list);
    this.candles = candles;
    this.instruments = instruments;
    this.startMs = startMs;
    this.key = key;
  }

  async history(symbol: string, before: MarketMs, _minutes: number): Promise<Iterable<Candle>> {
    return this.#of(symbol).filter(({ openTimeMs }) => openTimeMs + MINUTE_MS <= before);
  }

  async advance(after: MarketMs, until: MarketMs, symbols: ReadonlySet<string>, limit: number) {
    const byInstant = new Map<number, Map<string, Candle>>();
    for (const symbol of symbols) {
      for (const candle of this.#of(symbol)) {
        const atMs = candle.openTimeMs + MINUTE_MS;
        if (atMs <= after || atMs > until) continue;
        const step = byInstant.get(atMs) ?? new Map<string, Candle>();
        byInstant.set(atMs, step.set(symbol, candle));
      }
    }
    const instants = [...byInstant.keys()].sort((a, b) => a - b).slice(0, limit);
    const steps = instants.map((atMs): MarketStep => ({ atMs: marketMs(atMs), candles: byInstant.get(atMs)! }));
    const reached = steps.length < limit ? until : (steps.at(-1)?.atMs ?? after);
    return { steps, ended: reached >= this.endMs };
  }

  async prices(_symbols: ReadonlySet<string>): Promise<PriceReading[]> {
    return [];
  }

  async close(): Promise<void> {}

  /** Close of the last candle. */
  get endMs(): number {
    return Math.max(...[...this.candles.values()].map((list) => (list.at(-1)?.openTimeMs ?? 0) + MINUTE_MS));
  }

  #of(symbol: string): readonly Candle[] {
    const list = this.candles.get(symbol);
    if (!list) throw new UserError(`${symbol} is not in this market.`);
    return list;
  }
}

/** One-minute candles from closes: each opens where the one before it closed, with a little room above and below. */
export function candlesOf(startMs: number, closes: readonly number[], volume = 1_000_000): Candle[] {
  return closes.map((close, index) => {
    const open = closes[index - 1] ?? close;
    return { openTimeMs: startMs + index * MINUTE_MS, open, high: Math.max(open, close), low: Math.min(open, close), close, volume };
  });
}

export interface WalkOptions {
  readonly seed: number;
  readonly startMs: number;
  readonly minutes: number;
  readonly price: number;
  /** Largest move of a minute in percent. */
  readonly movePct: number;
  readonly volume: number;
  /** One minute in so many has no candle at all. */
  readonly gapEvery?: number;
}

/** A seeded random walk on a tick of 0.01 with wicks, volumes from nothing to twice the usual, and gaps. */
export function walk({ seed, startMs, minutes, price, movePct, volume, gapEvery }: WalkOptions): Candle[] {
  const draw = random(seed);
  const cents = (value: number) => Math.round(value * 100) / 100;
  const candles: Candle[] = [];
  let last = price;
  for (let minute = 0; minute < minutes; minute += 1) {
    const move = () => 1 + ((draw() * 2 - 1) * movePct) / 100;
    const open = cents(last * (1 + ((draw() * 2 - 1) * movePct) / 500));
    const close = cents(open * move());
    const high = cents(Math.max(open, close) * (1 + (draw() * movePct) / 200));
    const low = cents(Math.min(open, close) * (1 - (draw() * movePct) / 200));
    const traded = draw() < 0.1 ? 0 : Math.round(draw() * 2 * volume * 1_000) / 1_000;
    last = close;
    if (gapEvery !== undefined && Math.floor(draw() * gapEvery) === 0) continue;
    candles.push({ openTimeMs: startMs + minute * MINUTE_MS, open, high, low, close, volume: traded });
  }
  return candles;
}

/** Numbers from 0 to 1 that repeat for an equal seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function checkCandles(symbol: string, list: readonly Candle[]): void {
  for (const [index, candle] of list.entries()) {
    const problem = candleProblem(candle) ?? (candle.openTimeMs % MINUTE_MS === 0 ? undefined : "off the minute");
    if (problem !== undefined) throw new Error(`test candle ${index} of ${symbol}: ${problem}`);
    if (index > 0 && candle.openTimeMs <= list[index - 1]!.openTimeMs)
      throw new Error(`test candles of ${symbol} do not ascend at ${index}`);
  }
}

export const NOON = Date.UTC(2025, 0, 10, 12, 0);
const FLAT_MINUTES = 30;

/** A market that stands at each symbol's first close for half an hour of history, then goes through the given closes from `NOON` on. */
export function scripted(
  closes: Readonly<Record<string, readonly number[]>>,
  volume = 1_000_000,
  rules: Partial<Instrument> = {},
): ArrayMarket {
  const symbols = Object.keys(closes);
  const historyMs = NOON - FLAT_MINUTES * MINUTE_MS;
  const candles = (list: readonly number[]) => candlesOf(historyMs, [...Array(FLAT_MINUTES).fill(list[0]), ...list], volume);
  return new ArrayMarket({
    startMs: marketMs(NOON),
    instruments: new Map(symbols.map((symbol) => [symbol, plainInstrument(symbol, rules)])),
    candles: new Map(symbols.map((symbol) => [symbol, candles(closes[symbol]!)])),
  });
}
