import type { BotSpec } from "../domain/bot.ts";
import type { Feed, Reads } from "./feeds.ts";
import type { AccountServices } from "./services.ts";

/** A feed with what is read of it. On a live market one of a symbol that nobody followed begins anew: the candles in between never came. */
export function follow(
  accounts: { symbolsOn(market: string): ReadonlySet<string> },
  { market, hub }: Pick<AccountServices, "market" | "hub">,
  { symbol, timeframe }: Pick<BotSpec, "symbol" | "timeframe">,
  reads: Reads,
): Promise<Feed> {
  if (market.pace === "live" && !accounts.symbolsOn(market.key).has(symbol)) hub.forget(symbol);
  return hub.subscribe(symbol, timeframe, reads);
}
