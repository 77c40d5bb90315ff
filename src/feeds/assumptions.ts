import { type Instrument, splitSymbol } from "../domain/instrument.ts";
import { type Decimal, decimal, plain } from "../domain/money.ts";

/*
 * What markets without a venue assume about trading costs and rules. Replay and the simulated market share these figures,
 * and every one of them is said in `assumptionsOf`, so that a person never mistakes them for a venue's own.
 */
export const MAKER_FEE_BPS = 10;
export const TAKER_FEE_BPS = 10;
export const HALF_SPREAD_BPS = 1;
export const SLIPPAGE_BPS = 1;
export const NOTIONAL_MIN_DEFAULT = "5";
/** Quotes whose unit is worth far more than a dollar. */
const NOTIONAL_MIN_BY_QUOTE: Readonly<Record<string, string>> = { BTC: "0.0001", ETH: "0.0001", BNB: "0.0001" };
/** Prices finer than this are read, but the tick is never finer. */
export const PRICE_DECIMALS_MAX = 8;

/** Step of the quantity by the price of one base unit, measured so that a minimum notional counts as five. */
const LOT_BY_PRICE: readonly { readonly from: number; readonly lot: string }[] = [
  { from: 1_000, lot: "0.00001" },
  { from: 100, lot: "0.0001" },
  { from: 10, lot: "0.001" },
  { from: 1, lot: "0.01" },
  { from: 0.1, lot: "0.1" },
  { from: 0, lot: "1" },
];

function notionalMinOf(quote: string): Decimal {
  return decimal(NOTIONAL_MIN_BY_QUOTE[quote] ?? NOTIONAL_MIN_DEFAULT);
}

function lotFor(price: number, notionalMin: Decimal): Decimal {
  const scaled = (price / notionalMin.toNumber()) * Number(NOTIONAL_MIN_DEFAULT);
  return decimal(LOT_BY_PRICE.find(({ from }) => scaled >= from)?.lot ?? "1");
}

/** The instrument of a market that no venue describes: the tick from the decimals of its prices, the rest from the table above. */
export function modeledInstrument(symbol: string, price: number, priceDecimals: number): Instrument {
  const parts = splitSymbol(symbol);
  if (!parts) throw new RangeError(`expected a symbol such as BTC/USDT, found "${symbol}"`);
  const notionalMin = notionalMinOf(parts.quote);
  return {
    symbol: parts.symbol,
    base: parts.base,
    quote: parts.quote,
    tickSize: decimal(1).shiftedBy(-Math.min(PRICE_DECIMALS_MAX, priceDecimals)),
    lotSize: lotFor(price, notionalMin),
    notionalMin,
    makerFeeBps: MAKER_FEE_BPS,
    takerFeeBps: TAKER_FEE_BPS,
    halfSpreadBps: HALF_SPREAD_BPS,
    slippageBps: SLIPPAGE_BPS,
  };
}

/** The assumptions as sentences for people. `tickFrom` says where the tick sizes come from. */
export function assumptionsOf(instruments: ReadonlyMap<string, Instrument>, tickFrom: string): string[] {
  const sentences = [
    `Fees are assumed: ${MAKER_FEE_BPS} bps for makers and ${TAKER_FEE_BPS} bps for takers.`,
    `Half of the spread is assumed to be ${HALF_SPREAD_BPS} bps of the price.`,
    `Slippage of a market order is assumed to be ${SLIPPAGE_BPS} bps beyond the spread.`,
  ];
  for (const { symbol, base, quote, tickSize, lotSize, notionalMin } of instruments.values())
    sentences.push(
      `${symbol}: tick ${plain(tickSize)} ${quote} (${tickFrom}); lot ${plain(lotSize)} ${base} and minimum notional ${plain(notionalMin)} ${quote} are assumed.`,
    );
  return sentences;
}
