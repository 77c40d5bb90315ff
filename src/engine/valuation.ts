import type { AccountState } from "../domain/books.ts";
import { type Decimal, decimal, ZERO } from "../domain/money.ts";
import { remainingOf } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";

export type PriceOf = (symbol: string) => number | undefined;

/** Cash and coins at the given prices, in the account's currency; undefined while a held coin has no price. */
export function equityOf(state: AccountState, priceOf: PriceOf): Decimal | undefined {
  let equity = state.balances.get(state.currency) ?? ZERO;
  for (const [coin, quantity] of state.balances) {
    if (coin === state.currency || quantity.isZero()) continue;
    const price = priceOf(`${coin}/${state.currency}`);
    if (price === undefined) return undefined;
    equity = equity.plus(quantity.times(decimal(price)));
  }
  return equity;
}

/** Quote that working entries may still spend, at their limit price or the last one. */
export function reservedOf(state: AccountState, priceOf: PriceOf): Decimal {
  let reserved = ZERO;
  for (const order of state.orders.values()) {
    if (order.purpose !== "entry") continue;
    const price = order.price ?? decimal(priceOf(order.symbol) ?? 0);
    reserved = reserved.plus(remainingOf(order).times(price));
  }
  return reserved;
}

/** Whether the market must reach this account: something runs, is held or works. */
export function isActive(state: AccountState): boolean {
  if (state.orders.size > 0) return true;
  for (const bot of state.bots.values()) {
    if (bot.status === "running" || bot.status === "stopping" || !isFlat(bot.position)) return true;
  }
  return false;
}
