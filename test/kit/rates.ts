import type { Conversion, Rates } from "../../src/domain/conversion.ts";
import { decimal } from "../../src/domain/money.ts";
import { marketMs } from "../../src/domain/time.ts";

/** A desk whose money is all in USDT, and that knows no price of any other. */
export const ONLY_USDT: Rates = { currency: "USDT", of: (currency) => `no price between ${currency} and USDT is known` };

/** Prices of one unit of each currency in another one, seen at an instant of a market. */
export function ratesOf(currency: string, prices: Readonly<Record<string, string>>, at = { market: "test", atMs: 0 }): Rates {
  return {
    currency,
    of(from): Conversion | string {
      const price = prices[from];
      if (price === undefined) return `no price between ${from} and ${currency} is known`;
      return {
        from,
        to: currency,
        legs: [{ market: at.market, symbol: `${from}/${currency}`, price: decimal(price), atMs: marketMs(at.atMs) }],
      };
    },
  };
}
