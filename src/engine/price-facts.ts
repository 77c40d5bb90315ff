import { TransientError } from "../domain/errors.ts";
import { decimal } from "../domain/money.ts";
import type { Quote } from "../domain/quote.ts";
import { marketMs } from "../domain/time.ts";
import type { PriceFacts } from "../ports/engine.ts";
import type { Market } from "../ports/market.ts";
import type { Account } from "./account.ts";
import type { FeedHub } from "./feeds.ts";
import { QUOTE_AGE_MAX_MS } from "./limits.ts";
import { LiveAccount } from "./live/account.ts";
import { entryBound } from "./live/intents.ts";
import { dayBefore } from "./market-reader.ts";

/** The best bid and ask where they are of the price's own moment. */
function freshQuote(hub: FeedHub, symbol: string, atMs: number): Quote | undefined {
  const quote = hub.quote(symbol);
  return quote && atMs - quote.atMs <= QUOTE_AGE_MAX_MS ? { bid: quote.bid, ask: quote.ask } : undefined;
}

/** The newest price of a symbol; of an account at an exchange, with the rules and the worst prices there. */
export async function priceFacts(
  { market, hub }: { readonly market: Market; readonly hub: FeedHub },
  account: Account | undefined,
  symbol: string,
): Promise<PriceFacts | undefined> {
  if (account instanceof LiveAccount && account.venue && account.rules.size === 0)
    throw new TransientError("its symbols and their rules are still being read");
  const instrument = account instanceof LiveAccount ? account.rulesOf(symbol) : market.instruments.get(symbol);
  if (!instrument) return undefined;
  if (market.pace === "live") {
    const reading = (await market.prices(new Set([symbol])))[0];
    if (reading) hub.seePrice(symbol, reading.price, marketMs(reading.wallMs), reading.quote);
  }
  const seen = hub.price(symbol);
  if (!seen) return undefined;
  const before = await dayBefore(market, symbol, seen.atMs);
  const change24hPct = before === undefined ? undefined : (seen.price / before - 1) * 100;
  const quote = freshQuote(hub, symbol, seen.atMs);
  const facts = { instrument, price: decimal(seen.price), atMs: seen.atMs, change24hPct, ...(quote && { quote }) };
  if (!(account instanceof LiveAccount)) return facts;
  const bound = (side: "buy" | "sell") => entryBound(seen.price, side, instrument);
  return { ...facts, worst: { buy: bound("buy"), sell: bound("sell") } };
}
