import type { Instrument } from "../../../src/domain/instrument.ts";
import { decimal } from "../../../src/domain/money.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import { type SpotListing, spotListing } from "../../kit/exchange/spot/listing.ts";
import { priceAt, type Tape, type TapeCandle } from "../../kit/exchange/tape.ts";
import type { Dice } from "./dice.ts";
import { isPerpetual, PERPETUALS } from "./perpetual-listing.ts";

interface Coin {
  readonly symbol: string;
  readonly price: number;
  readonly tick: number;
}

const COINS: readonly (Coin & { readonly lot: string })[] = [
  { symbol: "BTC/USDT", price: 61_234.5, tick: 0.01, lot: "0.00001" },
  { symbol: "ETH/USDT", price: 3_017.31, tick: 0.01, lot: "0.0001" },
  { symbol: "SOL/USDT", price: 148.27, tick: 0.01, lot: "0.001" },
  { symbol: "XRP/USDT", price: 0.6123, tick: 0.0001, lot: "0.1" },
];

/** A minute without any candle comes once in so many. */
const GAP_EVERY = 60;
/** Without a price Blofin answers that it failed inside, which proves nothing before the fence: at the end of a run it has one. */
const WHOLE_AT_END = 10;
/** A price gap through most stops comes once in so many minutes. */
const JUMP_EVERY = 240;

export interface TapeSpan {
  readonly startMs: number;
  readonly historyMinutes: number;
  readonly minutes: number;
}

/** Invented prices of one run: a walk with wicks, minutes without a candle and jumps. What the exchange shows and what the referee believes. */
export class SimTape implements Tape {
  /** Of the spot exchange; perpetual contracts have prices of their own. */
  readonly symbols: readonly string[] = COINS.map(({ symbol }) => symbol);
  readonly fromMs: number;
  readonly #candles: ReadonlyMap<string, readonly (TapeCandle | undefined)[]>;
  /** Jumps within the run. */
  jumps = 0;

  constructor(dice: Dice, span: TapeSpan) {
    this.fromMs = span.startMs - span.historyMinutes * MINUTE_MS;
    this.#candles = new Map([...COINS, ...PERPETUALS].map((coin) => [coin.symbol, this.#walk(dice.fork(coin.symbol), coin, span)]));
  }

  candleAt(symbol: string, atMs: number): TapeCandle | undefined {
    return this.#candles.get(symbol)?.[Math.floor((atMs - this.fromMs) / MINUTE_MS)];
  }

  /** The newest price at an instant: in a gap, the last close before it. */
  lastPrice(symbol: string, atMs: number): number {
    for (let minute = atMs; minute >= this.fromMs; minute = minute - (minute % MINUTE_MS) - 1) {
      const price = priceAt(this, symbol, minute);
      if (price !== undefined) return minute === atMs ? price : (this.candleAt(symbol, minute)?.close ?? price);
    }
    throw new RangeError(`expected an instant after the beginning of the tape of ${symbol}, found ${atMs}`);
  }

  #walk(dice: Dice, coin: Coin, { historyMinutes, minutes }: TapeSpan): (TapeCandle | undefined)[] {
    const onTick = (price: number): number => Math.max(1, Math.round(price / coin.tick)) * coin.tick;
    const rounded = (price: number): number => Number(onTick(price).toFixed(8));
    const movePct = dice.magnitude(0.05, 0.8);
    const candles: (TapeCandle | undefined)[] = [];
    let last = coin.price * dice.between(0.8, 1.2);
    for (let minute = 0; minute < historyMinutes + minutes; minute += 1) {
      const jumps = minute > historyMinutes && dice.below(JUMP_EVERY) === 0;
      if (jumps) this.jumps += 1;
      const leap = jumps ? (dice.chance(0.6) ? -1 : 1) * dice.between(1.5, 6) : dice.between(-movePct, movePct) / 4;
      const pull = (coin.price / last - 1) * 0.002;
      const open = rounded(last * (1 + leap / 100));
      const close = rounded(open * (1 + dice.between(-movePct, movePct) / 100 + pull));
      const high = rounded(Math.max(open, close) * (1 + (dice.next() * movePct) / 300));
      const low = rounded(Math.min(open, close) * (1 - (dice.next() * movePct) / 300));
      last = close;
      const gap =
        minute > 0 && dice.below(GAP_EVERY) === 0 && !(isPerpetual(coin.symbol) && minute >= historyMinutes + minutes - WHOLE_AT_END);
      const openTimeMs = this.fromMs + minute * MINUTE_MS;
      const volume = Math.round(dice.next() * 2_000) / 10;
      candles.push(
        gap ? undefined : { openTimeMs, open, high: Math.max(high, open, close), low: Math.min(low, open, close), close, volume },
      );
    }
    return candles;
  }
}

/** The same symbols as the exchange lists them. */
export function listingsOf(tape: Tape): readonly SpotListing[] {
  return COINS.filter(({ symbol }) => tape.symbols.includes(symbol)).map(({ symbol, tick, lot }) => {
    const [base = "", quote = ""] = symbol.split("/");
    const sizes = { lot, quantityMin: lot, quantityMax: "9000000", marketQuantityMax: "9000000" };
    return spotListing(base, quote, { tick: String(tick), priceMin: String(tick), ...sizes });
  });
}

/** The rules of the symbols on the tape. */
export function instrumentsOf(tape: Tape): ReadonlyMap<string, Instrument> {
  const listed = COINS.filter(({ symbol }) => tape.symbols.includes(symbol));
  return new Map(
    listed.map(({ symbol, tick, lot }) => {
      const [base = "", quote = ""] = symbol.split("/");
      const steps = { tickSize: decimal(tick), lotSize: decimal(lot), notionalMin: decimal(5) };
      const costs = { makerFeeBps: 10, takerFeeBps: 10, halfSpreadBps: 0, slippageBps: 0 };
      return [symbol, { symbol, base, quote, ...steps, ...costs }];
    }),
  );
}
