import { ceilToStep, type Decimal, decimal, floorToStep, max, plain, toDouble } from "./money.ts";

/** Significant digits of an amount that is named as the smallest one: what is rounded up is room for the price to move. */
const SMALLEST_DIGITS = 3;

/** What a venue lets one order in a symbol be, and what trading it costs. Steps and minimums are exact; costs are in basis points of the notional. */
export interface Instrument {
  /** ccxt unified name, `BTC/USDT`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: Decimal;
  readonly lotSize: Decimal;
  /** Smallest price x quantity of an order, in quote. */
  readonly notionalMin: Decimal;
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
  /** Half of the distance between bid and ask. Modeled on paper markets, and said so. */
  readonly halfSpreadBps: number;
  /** What a market order loses beyond the spread. Modeled on paper markets, and said so. */
  readonly slippageBps: number;
  /** Set on perpetual contracts: one contract in base, and the coin that results are paid in. */
  readonly contract?: { readonly size: Decimal; readonly settle: string; readonly leverageMax: number };
  readonly quantityMin?: Decimal;
  readonly quantityMax?: Decimal;
  /** The most that one market order may trade, where that is less. */
  readonly marketQuantityMax?: Decimal;
  /** How far from the last price an order may be, as factors of it. */
  readonly priceBand?: { readonly low: number; readonly high: number };
  /** Why nothing is entered here, as a clause. What is held is still protected and closed. */
  readonly entriesBarred?: string;
  /** Protective orders that may rest at once in this symbol. */
  readonly protectiveOrdersMax?: number;
}

/** The coin that a symbol trades, as `BTC` of `BTC/USDT`. */
export function baseOf(symbol: string): string {
  const end = symbol.indexOf("/");
  return end < 0 ? symbol : symbol.slice(0, end);
}

/** Quotes that can be told apart in a joined name such as `BTCUSDT`, longest first. */
const KNOWN_QUOTES: readonly string[] = ["FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD", "EUR", "GBP", "TRY", "BRL", "BTC", "ETH", "BNB"];

/** Base and quote of `BTC/USDT`, `BTC-USDT` or `BTCUSDT`; undefined when the quote is not known. */
export function splitSymbol(text: string): { base: string; quote: string; symbol: string } | undefined {
  const upper = text.trim().toUpperCase();
  const parts = /^([A-Z0-9]{1,20})[/-]([A-Z0-9]{1,12})$/.exec(upper);
  if (parts) return { base: parts[1]!, quote: parts[2]!, symbol: `${parts[1]}/${parts[2]}` };
  const quote = KNOWN_QUOTES.find((known) => upper.endsWith(known) && upper.length > known.length);
  if (!quote || !/^[A-Z0-9]{2,32}$/.test(upper)) return undefined;
  const base = upper.slice(0, -quote.length);
  return { base, quote, symbol: `${base}/${quote}` };
}

/** A price on the tick grid: a buyer's is rounded up, a seller's down, so that a modeled price is never better than its model. */
export function priceOnTick(instrument: Instrument, price: Decimal, side: "buy" | "sell"): Decimal {
  return side === "buy" ? ceilToStep(price, instrument.tickSize) : floorToStep(price, instrument.tickSize);
}

/** The rule that a quantity breaks at a price, as a sentence, or undefined. */
export function brokenRule(instrument: Instrument, quantity: Decimal, price: Decimal): string | undefined {
  if (quantity.isLessThanOrEqualTo(0))
    return `lot size: the quantity rounds to zero (the step is ${plain(instrument.lotSize)} ${instrument.base})`;
  if (!floorToStep(quantity, instrument.lotSize).isEqualTo(quantity))
    return `lot size: ${plain(quantity)} is not a multiple of ${plain(instrument.lotSize)} ${instrument.base}`;
  if (instrument.quantityMin && quantity.isLessThan(instrument.quantityMin))
    return `smallest quantity: ${plain(quantity)} ${instrument.base} is below ${plain(instrument.quantityMin)}`;
  if (instrument.quantityMax && quantity.isGreaterThan(instrument.quantityMax))
    return `largest quantity: ${plain(quantity)} ${instrument.base} is above ${plain(instrument.quantityMax)}`;
  const notional = quantity.times(price);
  if (notional.isLessThan(instrument.notionalMin)) {
    const { quantity: smallest, amount } = smallestOrder(instrument, price);
    return `minimum notional: ${plain(notional)} ${instrument.quote} is below ${plain(instrument.notionalMin)}; the smallest quantity that works is ${plain(smallest)} ${instrument.base}, ${plain(amount)} ${instrument.quote}`;
  }
  return undefined;
}

/** The smallest quantity that breaks no rule at a price, and an amount in quote that buys it, rounded up; of several parts the amount is that of the whole of which this is a `share`. */
export function smallestOrder(instrument: Instrument, price: Decimal, share = decimal(1)): { quantity: Decimal; amount: Decimal } {
  const { lotSize, notionalMin, quantityMin = lotSize } = instrument;
  const quantity = max(max(ceilToStep(notionalMin.dividedBy(price), lotSize), ceilToStep(quantityMin, lotSize)), lotSize);
  const exact = quantity.times(price).dividedBy(share);
  const step = decimal(1).shiftedBy(Math.floor(Math.log10(toDouble(exact))) + 1 - SMALLEST_DIGITS);
  return { quantity, amount: ceilToStep(exact, step) };
}

/** A tick that fits a price's size: five significant digits, never coarser than the decimals the price itself shows. */
export function tickForPrice(price: number): Decimal {
  const magnitude = Math.floor(Math.log10(price));
  return decimal(1).shiftedBy(Math.min(0, Math.max(-8, magnitude - 5)));
}
