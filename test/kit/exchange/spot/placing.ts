import type { SpotAccount } from "./account.ts";
import type { SpotMarket } from "./market.ts";
import { isOpen, type OrderDraft, type SpotOrderType } from "./order.ts";
import { MARKET_CLOSED, MAY_NOT_TRADE, rejected } from "./refusal.ts";

const UNSUPPORTED: Readonly<Record<SpotOrderType, string>> = {
  LIMIT: "Unsupported order combination",
  LIMIT_MAKER: "Unsupported order combination",
  MARKET: "Market orders are not supported for this symbol.",
  STOP_LOSS: "Stop loss orders are not supported for this symbol.",
  STOP_LOSS_LIMIT: "Stop loss limit orders are not supported for this symbol.",
  TAKE_PROFIT: "Take profit orders are not supported for this symbol.",
  TAKE_PROFIT_LIMIT: "Take profit limit orders are not supported for this symbol.",
};

/** Throws when the symbol or the account takes no order of this type now. Answers the last price. */
export function checkOpen(market: SpotMarket, account: SpotAccount, type: SpotOrderType, ms: number): number {
  if (!account.mayTrade) throw rejected(MAY_NOT_TRADE);
  const last = market.last(ms);
  if (market.mode !== "trading" || last === undefined) throw rejected(MARKET_CLOSED);
  if (!market.listing.orderTypes.includes(type)) throw rejected(UNSUPPORTED[type]);
  return last;
}

/** Throws when a stop would trigger at once or a maker would take. The words of the first differ between the exchanges. */
export function checkSide(market: SpotMarket, draft: OrderDraft, last: number, wouldTrigger: string): void {
  const { type, side, stopPrice, price } = draft;
  if (stopPrice) {
    const above = type.startsWith("STOP") === (side === "BUY");
    const stop = stopPrice.toNumber();
    if (above ? stop <= last : stop >= last) throw rejected(wouldTrigger);
  }
  if (type !== "LIMIT_MAKER" || !price) return;
  const takes = side === "BUY" ? price.isGreaterThanOrEqualTo(market.ask(last)) : price.isLessThanOrEqualTo(market.bid(last));
  if (takes) throw rejected("Order would immediately match and take.");
}

/** Throws when an open order of the symbol has that client order id. */
export function checkDuplicate(account: SpotAccount, symbol: string, clientOrderId: string | undefined): void {
  if (clientOrderId === undefined) return;
  const alike = account.byClientOrderId(symbol, clientOrderId);
  if (alike.some(({ now }) => isOpen(now.status))) throw rejected("Duplicate order sent.");
}
