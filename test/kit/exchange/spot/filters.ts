import { type Decimal, decimal, floorToStep } from "../../../../src/domain/money.ts";
import type { SpotAccount } from "./account.ts";
import type { SpotMarket } from "./market.ts";
import { isAtMarket, isTriggered, type OrderDraft } from "./order.ts";
import { filterFailure, Refusal } from "./refusal.ts";

/** Throws the refusal of the first filter that an order breaks. The average price that some filters speak of is the last price here. */
export function checkFilters(market: SpotMarket, account: SpotAccount, draft: OrderDraft, last: number, newOrders = 1): void {
  checkPrices(market, draft, last);
  if (draft.quantity) checkQuantity(market, draft, draft.quantity, last);
  else if (draft.quoteOrderQty?.isLessThan(market.rules.notionalMin)) throw filterFailure("NOTIONAL");
  checkCounts(market, account, draft, newOrders);
  checkPosition(market, account, draft);
}

function checkPrices({ rules }: SpotMarket, { price, stopPrice, side }: OrderDraft, last: number): void {
  if (price && !price.isGreaterThan(0)) throw new Refusal(-1013, "Invalid price.");
  for (const each of [price, stopPrice]) {
    if (!each) continue;
    const onTick = floorToStep(each, rules.tick).isEqualTo(each);
    if (!onTick || each.isLessThan(rules.priceMin) || each.isGreaterThan(rules.priceMax)) throw filterFailure("PRICE_FILTER");
  }
  if (!price) return;
  const [up, down] = side === "BUY" ? [rules.bidUp, rules.bidDown] : [rules.askUp, rules.askDown];
  const value = price.toNumber();
  if (value > last * up || value < last * down) throw filterFailure("PERCENT_PRICE_BY_SIDE");
}

function checkQuantity({ rules }: SpotMarket, draft: OrderDraft, quantity: Decimal, last: number): void {
  if (!quantity.isGreaterThan(0)) throw new Refusal(-1013, "Invalid quantity.");
  const onStep = floorToStep(quantity, rules.lot).isEqualTo(quantity);
  if (!onStep || quantity.isLessThan(rules.quantityMin) || quantity.isGreaterThan(rules.quantityMax)) throw filterFailure("LOT_SIZE");
  if (isAtMarket(draft.type) && quantity.isGreaterThan(rules.marketQuantityMax)) throw filterFailure("MARKET_LOT_SIZE");
  const notional = quantity.times(draft.price ?? decimal(last));
  if (notional.isLessThan(rules.notionalMin)) throw filterFailure("NOTIONAL");
  if (draft.price && notional.isGreaterThan(rules.notionalMax)) throw filterFailure("NOTIONAL");
}

function checkCounts({ waiting, rules }: SpotMarket, account: SpotAccount, draft: OrderDraft, newOrders: number): void {
  let [orders, algos] = [0, 0];
  for (const order of waiting) {
    if (order.account !== account) continue;
    orders += 1;
    if (isTriggered(order.draft.type)) algos += 1;
  }
  if (orders + newOrders > rules.ordersMax) throw filterFailure("MAX_NUM_ORDERS");
  if (isTriggered(draft.type) && algos + 1 > rules.algoOrdersMax) throw filterFailure("MAX_NUM_ALGO_ORDERS");
}

function checkPosition({ waiting, rules, listing }: SpotMarket, account: SpotAccount, { side, quantity }: OrderDraft): void {
  if (!rules.positionMax || side !== "BUY" || !quantity) return;
  let position = account.total(listing.base).plus(quantity);
  for (const order of waiting) if (order.account === account && order.draft.side === "BUY") position = position.plus(order.remaining);
  if (position.isGreaterThan(rules.positionMax)) throw filterFailure("MAX_POSITION");
}
