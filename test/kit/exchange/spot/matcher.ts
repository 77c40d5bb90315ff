import { type Decimal, decimal, floorToStep, max, min, ZERO } from "../../../../src/domain/money.ts";
import { feeOf } from "./fees.ts";
import type { FillPlan } from "./fill-plan.ts";
import { levelOf, type SpotMarket } from "./market.ts";
import { isAtMarket, isTriggered, type SpotOrder, type SpotStatus } from "./order.ts";

/** What order lists have to hear of. */
export interface OrderEvents {
  /** It begins to work, or got a part: its twin ends now. */
  moved(order: SpotOrder, ms: number): void;
  filled(order: SpotOrder, ms: number): void;
  /** Canceled or expired. */
  ended(order: SpotOrder, status: SpotStatus, ms: number): void;
}

/**
 * Executes orders. At once: at the ask or the bid, each further piece one tick worse. Resting: at the order's own price, one piece a second while the last
 * price is at or beyond it. A stop or a target works from the first second in which the last price is at or beyond its trigger.
 */
export class Matcher {
  readonly #plan: FillPlan;
  readonly #events: OrderEvents;

  constructor(plan: FillPlan, events: OrderEvents) {
    this.#plan = plan;
    this.#events = events;
  }

  piecesOf(market: SpotMarket, orderId: number): number {
    return Math.max(1, this.#plan.pieces(market.id, orderId));
  }

  /** What a market order may cost at most in quote: every piece at the price of the last. */
  worstCost(market: SpotMarket, quantity: Decimal, last: number, pieces: number): Decimal {
    return quantity.times(market.ask(last).plus(market.rules.tick.times(pieces - 1)));
  }

  /** Executes what can be executed at once; the rest waits, or expires where it may not. */
  enter(market: SpotMarket, order: SpotOrder, ms: number): void {
    const last = market.last(ms);
    if (isTriggered(order.draft.type) && order.now.workingMs < 0) return market.wait(order);
    const immediate = isAtMarket(order.draft.type) || order.timeInForce !== "GTC";
    const takes = order.draft.type !== "LIMIT_MAKER";
    if (last !== undefined && takes) this.#take(market, order, last, immediate ? this.#plan.share(market.id, order.orderId) : 1, ms);
    if (!order.open) return;
    if (immediate) this.end(market, order, "EXPIRED", ms);
    else market.wait(order);
  }

  /** One second of a market: everything that its last price reaches. */
  step(market: SpotMarket, ms: number): void {
    if (market.mode !== "trading" || market.waiting.size === 0) return;
    const last = market.last(ms);
    if (last === undefined || !market.moves(last)) return;
    for (const order of [...market.waiting]) {
      const level = levelOf(order);
      if (!order.open || !level || (level.from === "below" ? last > level.price : last < level.price)) continue;
      if (isTriggered(order.draft.type) && order.now.workingMs < 0) this.#trigger(market, order, ms);
      else this.fill(market, order, this.#piece(market, order), order.draft.price!, true, ms);
    }
  }

  /** One execution. */
  fill(market: SpotMarket, order: SpotOrder, quantity: Decimal, price: Decimal, maker: boolean, ms: number): void {
    if (!quantity.isGreaterThan(0)) return;
    const { account, draft } = order;
    const { base, quote } = market.listing;
    const notional = quantity.times(price);
    if (draft.side === "BUY") {
      account.pay(order.lock, quote, notional, ms);
      account.credit(base, quantity, ms);
    } else {
      account.pay(order.lock, base, quantity, ms);
      account.credit(quote, notional, ms);
    }
    const { fee, coin } = feeOf(account, { base, quote, side: draft.side, quantity, notional, maker });
    account.credit(coin, fee.negated(), ms);
    const executed = order.now.executed.plus(quantity);
    const full = executed.isGreaterThanOrEqualTo(order.now.quantity);
    order.change(ms, { executed, quote: order.now.quote.plus(notional), status: full ? "FILLED" : "PARTIALLY_FILLED" });
    const visibleMs = ms + this.#plan.tradeLagMs(market.id, order.orderId);
    const trade = { id: market.nextTradeId(), order, price, quantity, quote: notional, fee, feeCoin: coin, ms, visibleMs, maker };
    order.trades.push(trade);
    account.rememberTrade(trade);
    this.#events.moved(order, ms);
    this.#releaseExcess(order, ms);
    if (!full) return;
    market.leave(order);
    this.#dropLock(order, ms);
    this.#events.filled(order, ms);
  }

  /** Takes an open order out of the market without another execution. */
  end(market: SpotMarket, order: SpotOrder, status: "CANCELED" | "EXPIRED", ms: number): void {
    if (!order.open) return;
    order.change(ms, { status });
    market.leave(order);
    this.#dropLock(order, ms);
    this.#events.ended(order, status, ms);
  }

  /** A quantity of a market order that is given as money: what the money buys or needs, on the lot below. */
  quantityFor(market: SpotMarket, side: "BUY" | "SELL", money: Decimal, last: number): Decimal {
    return floorToStep(money.dividedBy(side === "BUY" ? market.ask(last) : market.bid(last)), market.rules.lot);
  }

  #trigger(market: SpotMarket, order: SpotOrder, ms: number): void {
    market.leave(order);
    order.change(ms, { workingMs: ms });
    this.#events.moved(order, ms);
    this.enter(market, order, ms);
  }

  /** Executes against the other side of the book, as far as price and depth allow. */
  #take(market: SpotMarket, order: SpotOrder, last: number, share: number, ms: number): void {
    const buys = order.draft.side === "BUY";
    const limit = isAtMarket(order.draft.type) ? undefined : order.draft.price;
    const best = buys ? market.ask(last) : market.bid(last);
    if (limit && (buys ? best.isGreaterThan(limit) : best.isLessThan(limit))) return;
    if (order.timeInForce === "FOK" && share < 1) return;
    const there = share < 1 ? floorToStep(order.remaining.times(decimal(share)), market.rules.lot) : order.remaining;
    const each = floorToStep(there.dividedBy(decimal(order.pieces)), market.rules.lot);
    let left = there;
    for (let index = 0; index < order.pieces && left.isGreaterThan(0); index += 1) {
      const quantity = index === order.pieces - 1 ? left : min(left, max(each, market.rules.lot));
      const away = market.rules.tick.times(index);
      const price = buys ? best.plus(away) : max(best.minus(away), market.rules.tick);
      this.fill(market, order, quantity, limit ? (buys ? min(price, limit) : max(price, limit)) : price, false, ms);
      left = left.minus(quantity);
    }
  }

  #piece(market: SpotMarket, order: SpotOrder): Decimal {
    const each = floorToStep(order.now.quantity.dividedBy(decimal(order.pieces)), market.rules.lot);
    const rest = order.remaining.minus(each);
    return rest.isLessThan(each) || each.isLessThanOrEqualTo(0) ? order.remaining : each;
  }

  /** A buyer who paid less than the limit gets the difference back. */
  #releaseExcess(order: SpotOrder, ms: number): void {
    const { lock } = order;
    if (!lock || lock.users > 1) return;
    const price = order.draft.side === "BUY" ? (order.draft.price ?? order.draft.stopPrice ?? ZERO) : decimal(1);
    const excess = lock.amount.minus(order.remaining.times(price));
    if (excess.isGreaterThan(0)) order.account.release(lock, excess, ms);
  }

  #dropLock(order: SpotOrder, ms: number): void {
    const { lock } = order;
    if (!lock) return;
    order.lock = undefined;
    lock.users -= 1;
    if (lock.users === 0) order.account.release(lock, lock.amount, ms);
  }
}
