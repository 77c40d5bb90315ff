import type { Candle } from "../domain/candle.ts";
import type { BotBook, Execution } from "../domain/execution.ts";
import { movedStop } from "../domain/exits.ts";
import { affordable, type Decimal, decimal, floorToStep, max, min, ONE, percentOf, toDouble, ZERO } from "../domain/money.ts";
import { isProtective, type Order, remainingOf } from "../domain/order.ts";
import { type MarketMs, MINUTE_MS, marketMs } from "../domain/time.ts";
import { feeOf, takerPrice } from "./costs.ts";
import { heldLevels } from "./protection.ts";

/** At most this share of a one-minute candle's volume fills for one bot; the rest of an order works on in the next minute. */
export const PARTICIPATION_PCT = 10;

/**
 * How a bot's orders fill against one closed one-minute candle, in this order: closing orders, a stop that the open has passed, else entries at the open, then stops before
 * targets inside the candle, an open beyond a level filling at the open, and an entry beyond one, as after a gap, at what the market showed then. A trailing stop is held where the candles before this one put it,
 * because a candle does not tell whether its high or its low came first. Pure.
 */
export function matchCandle(book: BotBook, candle: Candle): Execution[] {
  const run = new Matching(book, floorToStep(percentOf(decimal(candle.volume), PARTICIPATION_PCT), book.instrument.lotSize));
  const openMs = marketMs(candle.openTimeMs);
  const closeMs = marketMs(candle.openTimeMs + MINUTE_MS);
  for (const order of book.orders) if (closesAtMarket(order)) run.take(order, candle.open, openMs, run.triggerOf(order));
  const resting = run.levels().stop;
  if (resting && candle.open <= toDouble(resting.price)) run.take(resting.order, candle.open, openMs, resting.price);
  else for (const order of book.orders) if (order.purpose === "entry") run.enterInCandle(order, candle, openMs, closeMs);
  const { stop, targets } = run.levels();
  const seen = run.enteredAt ?? candle.open;
  const seenMs = seen === candle.open ? openMs : closeMs;
  // After an entry inside of the candle only its close is known to come; the high may have come before.
  const high = seen === candle.open ? candle.high : candle.close;
  if (stop && candle.low <= toDouble(stop.price)) {
    const gapped = seen <= toDouble(stop.price);
    run.take(stop.order, gapped ? seen : stop.price, gapped ? seenMs : closeMs, stop.price);
    return run.executions;
  }
  for (const target of targets) {
    if (high < toDouble(target.price)) break;
    const gapped = seen >= toDouble(target.price);
    run.take(target.order, gapped ? seen : target.price, gapped ? seenMs : closeMs);
  }
  return run.executions;
}

/** How a bot's orders fill at one price seen on a live market: whole, because a price tells no volume. Pure. */
export function matchPrice(book: BotBook, price: number, at: MarketMs): Execution[] {
  const run = new Matching(book, undefined);
  for (const order of book.orders) if (closesAtMarket(order)) run.take(order, price, at, run.triggerOf(order));
  for (const order of book.orders) {
    if (order.purpose !== "entry") continue;
    if (order.type === "market" || (order.price && price <= toDouble(order.price))) run.take(order, price, at);
  }
  const { stop, targets } = run.levels();
  if (stop && price <= toDouble(stop.price)) run.take(stop.order, price, at, stop.price);
  else for (const target of targets) if (price >= toDouble(target.price)) run.take(target.order, price, at);
  return run.executions;
}

/** Closing orders, and stops or targets that have triggered and filled in part: what is left of them works at market. */
function closesAtMarket(order: Order): boolean {
  if (order.purpose === "entry") return false;
  return order.type === "market" || order.status === "partially-filled";
}

/** The running state of one matching: what was executed, what the position became, what volume is left. */
class Matching {
  readonly executions: Execution[] = [];
  readonly #book: BotBook;
  readonly #filled = new Map<string, Decimal>();
  #position: Decimal;
  #cost: Decimal;
  #cash: Decimal;
  #volumeLeft: Decimal | undefined;
  /** What the market showed when something was last entered in this candle: no level was touched before that. */
  enteredAt: number | undefined;

  constructor(book: BotBook, volumeLeft: Decimal | undefined) {
    this.#book = book;
    this.#position = book.positionQuantity;
    this.#cost = book.positionCost;
    this.#cash = book.cash;
    this.#volumeLeft = volumeLeft;
  }

  /** Executes as much of an order as volume and position allow, taking liquidity at what the market shows. */
  take(order: Order, shown: number | Decimal, at: MarketMs, trigger?: Decimal): void {
    this.#execute(order, takerPrice(this.#book.instrument, shown, order.side), "taker", at, trigger);
  }

  /** Where a stop stands that has triggered and filled in part; undefined of any other order. */
  triggerOf({ purpose, price }: Order): Decimal | undefined {
    if (purpose !== "stop" || !price || this.#position.isZero()) return undefined;
    const { instrument, protection, highest } = this.#book;
    return movedStop(instrument, protection, { side: "sell", entry: this.#cost.dividedBy(this.#position), best: highest }, price);
  }

  enterInCandle(order: Order, candle: Candle, openMs: MarketMs, closeMs: MarketMs): void {
    const before = this.executions.length;
    const limit = order.price && toDouble(order.price);
    const atOpen = order.type === "market" || limit === undefined || candle.open <= limit;
    if (order.type === "market") this.take(order, candle.open, openMs);
    else if (!order.price || limit === undefined) return;
    else if (atOpen) this.#execute(order, decimal(candle.open), "taker", openMs);
    else if (candle.low < limit) this.#execute(order, order.price, "maker", closeMs);
    if (this.executions.length > before) this.enteredAt = atOpen ? candle.open : limit;
  }

  /** The protective orders that hold now. An entry of this very candle is protected from its fill on. */
  levels(): ReturnType<typeof heldLevels> {
    if (this.#position.isZero()) return { stop: undefined, targets: [] };
    const entered = this.#book.orders.find(({ clientOrderId, purpose }) => purpose === "entry" && this.#filled.has(clientOrderId));
    return heldLevels(this.#book, { quantity: this.#position, cost: this.#cost }, entered);
  }

  #execute(order: Order, price: Decimal, liquidity: "maker" | "taker", at: MarketMs, trigger?: Decimal): void {
    const wanted = isProtective(order)
      ? this.#position.minus(order.keep ?? ZERO)
      : remainingOf(order).minus(this.#filled.get(order.clientOrderId) ?? ZERO);
    let quantity = order.side === "sell" ? min(wanted, this.#position) : min(wanted, this.#affordable(price, liquidity));
    if (this.#volumeLeft !== undefined) {
      quantity = min(quantity, this.#volumeLeft);
      this.#volumeLeft = this.#volumeLeft.minus(max(quantity, ZERO));
    }
    if (quantity.isLessThanOrEqualTo(0)) return;
    this.#filled.set(order.clientOrderId, (this.#filled.get(order.clientOrderId) ?? ZERO).plus(quantity));
    const fee = feeOf(this.#book.instrument, price, quantity, liquidity);
    this.executions.push({
      clientOrderId: order.clientOrderId,
      price,
      quantity,
      fee,
      liquidity,
      marketMs: at,
      ...(trigger && { trigger }),
    });
    if (order.side === "buy") {
      this.#position = this.#position.plus(quantity);
      this.#cost = this.#cost.plus(price.times(quantity));
      this.#cash = this.#cash.minus(price.times(quantity)).minus(fee);
      return;
    }
    this.#cost = this.#cost.minus(this.#cost.times(quantity).dividedBy(this.#position));
    this.#position = this.#position.minus(quantity);
  }

  #affordable(price: Decimal, liquidity: "maker" | "taker"): Decimal {
    const { instrument } = this.#book;
    const oneWithFee = price.plus(feeOf(instrument, price, ONE, liquidity));
    return max(ZERO, affordable(max(this.#cash, ZERO), oneWithFee, instrument.lotSize));
  }
}
