import type { AccountState } from "../../domain/books.ts";
import { unclaimed } from "../../domain/dust.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { baseOf } from "../../domain/instrument.ts";
import type { Decimal } from "../../domain/money.ts";
import { isProtective, type Order } from "../../domain/order.ts";
import { applyFill, closingResult, coveredPart, entryPrice, type Fill, type Position } from "../../domain/position.ts";
import { marketMs } from "../../domain/time.ts";
import type { VenueFill } from "../../ports/live-venue.ts";

/** A fill at the venue with the order of ours that it belongs to. */
export interface OwnFill {
  readonly fill: VenueFill;
  readonly order: Order;
}

/** The order of ours that carries a venue's order id, ended ones included. The ids are unique per symbol only. */
export function orderWithVenueId({ orders, venue }: AccountState, symbol: string, venueOrderId: string): Order | undefined {
  const carries = (order: Order) => order.symbol === symbol && order.venueOrderIds?.includes(venueOrderId);
  for (const order of orders.values()) if (carries(order)) return order;
  for (const order of venue.closed.values()) if (carries(order)) return order;
  return undefined;
}

/** The events that fills are which the books do not hold yet, each with what it led to. To be asked right before they are appended. */
export function fillEvents(state: AccountState, fills: readonly OwnFill[]): AccountEvent[] {
  const events: AccountEvent[] = [];
  const positions = new Map<string, Position>();
  /** What the account has of a coin beyond its bots' positions, as the fills before leave it. */
  const beyond = new Map<string, Decimal>();
  const seen = new Set<string>();
  for (const { fill, order } of fills) {
    const known = state.orders.get(order.clientOrderId) ?? state.venue.closed.get(order.clientOrderId);
    const key = `${fill.symbol} ${fill.fillId}`;
    if (!known || known.fillIds.includes(fill.fillId) || seen.has(key)) continue;
    seen.add(key);
    const before = positions.get(order.botId) ?? state.bots.get(order.botId)?.position;
    if (!before) continue;
    const booked = ownFill(fill, order);
    const base = baseOf(fill.symbol);
    const others = beyond.get(base) ?? unclaimed(state, base);
    const after = applyFill(before, coveredPart(before, booked, order.purpose === "entry"), base, others);
    positions.set(order.botId, after);
    beyond.set(base, others.plus(coinsOf(booked, base)).minus(after.quantity.minus(before.quantity)));
    events.push(filled(order, booked, before, after));
  }
  return events;
}

/** A fill as the books know it, under the id of its order. */
export function ownFill(fill: VenueFill, { clientOrderId }: Pick<Order, "clientOrderId">): Fill {
  const { fillId, symbol, side, price, quantity, fee, feeCurrency, liquidity, venueMs } = fill;
  return {
    fillId,
    clientOrderId,
    symbol,
    side,
    price,
    quantity,
    fee,
    feeCurrency,
    liquidity,
    marketMs: marketMs(venueMs),
  };
}

/** How a fill moves what the account has of the coin that is traded. */
function coinsOf({ side, quantity, fee, feeCurrency }: Fill, base: string): Decimal {
  const moved = side === "buy" ? quantity : quantity.negated();
  return feeCurrency === base ? moved.minus(fee) : moved;
}

function filled(order: Order, fill: Fill, before: Position, after: Position): AccountEvent {
  const quote = fill.symbol.split("/")[1]?.split(":")[0];
  const closes = after.quantity.abs().isLessThan(before.quantity.abs());
  const feeInQuote = fill.feeCurrency === quote ? fill.fee : fill.fee.times(0);
  const made = closes ? closingResult(before, after, feeInQuote) : { realized: undefined };
  const { botId, reason } = order;
  const outcome = { positionQuantity: after.quantity, entryPrice: entryPrice(after), ...made, stopPrice: undefined, takePrice: undefined };
  return { type: "order-filled", fill, botId, purpose: purposeOf(order, fill), reason: reasonOf(order, fill) ?? reason, after: outcome };
}

/** A protective order with a target tells by its price which of the two it was. */
function purposeOf(order: Order, fill: Fill): Order["purpose"] {
  return isProtective(order) && tookTarget(order, fill) ? "take" : order.purpose;
}

function reasonOf(order: Order, fill: Fill): string | undefined {
  if (!isProtective(order)) return undefined;
  return tookTarget(order, fill) ? "take profit" : "stop loss";
}

function tookTarget({ takePrice, price }: Order, fill: Fill): boolean {
  if (!takePrice || !price) return false;
  return fill.price.minus(takePrice).abs().isLessThan(fill.price.minus(price).abs());
}
