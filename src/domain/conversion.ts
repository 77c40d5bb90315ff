import type { Mode } from "./bot.ts";
import { type Decimal, ONE } from "./money.ts";
import type { MarketMs } from "./time.ts";

/** One price on the way from one currency to another: whose, how high, and when it was seen. `inverse`: it is a price of what one comes to in what one comes from. */
export interface ConversionLeg {
  readonly market: string;
  readonly symbol: string;
  readonly price: Decimal;
  readonly atMs: MarketMs;
  readonly inverse?: true;
}

/** By which prices money of one currency was counted in another one. Kept where it mattered, so that the same number can be had again. */
export interface Conversion {
  readonly from: string;
  readonly to: string;
  readonly legs: readonly ConversionLeg[];
}

/** An amount of `from` in `to`: exact where prices are multiplied, rounded to 18 decimals where one is divided by. */
export function converted(amount: Decimal, { legs }: Pick<Conversion, "legs">): Decimal {
  return legs.reduce((sum, { price, inverse }) => (inverse ? sum.dividedBy(price) : sum.times(price)), amount);
}

/** An amount of `to` in `from`. */
export function convertedBack(amount: Decimal, { legs }: Pick<Conversion, "legs">): Decimal {
  return legs.reduceRight((sum, { price, inverse }) => (inverse ? sum.times(price) : sum.dividedBy(price)), amount);
}

/** What one unit of `from` is in `to`. */
export function rateOf(conversion: Pick<Conversion, "legs">): Decimal {
  return converted(ONE, conversion);
}

/** The instant of its oldest price: it is no newer than that. */
export function seenMs({ legs }: Conversion): MarketMs {
  return legs.reduce((oldest, { atMs }) => (atMs < oldest ? atMs : oldest), legs[0]?.atMs ?? (0 as MarketMs));
}

/** Where conversions come from: prices that the desk sees anyway, or has asked a market for. */
export interface Rates {
  /** The one currency in which the desk counts what is in several. */
  readonly currency: string;
  /** By which price money of a currency is counted in it now, or why it cannot be, as a clause. Real money is never counted by prices of a demo world or of an invented market. */
  of(currency: string, mode: Mode): Conversion | string;
}
