import { baseOf } from "../domain/instrument.ts";

/** What a symbol trades and what is paid for it: `BTC` and `USDT` of `BTC/USDT` and of `BTC/USDT:USDT`. The quote is empty where the symbol names none. */
export function coinsOf(symbol: string): { readonly base: string; readonly quote: string } {
  const base = baseOf(symbol);
  const [quote = ""] = symbol.slice(base.length + 1).split(":");
  return { base, quote };
}
