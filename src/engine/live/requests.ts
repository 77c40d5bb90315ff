import { isProtective, type Order } from "../../domain/order.ts";
import type { OrderRef, OrderRequest } from "../../ports/live-venue.ts";

/** How an order goes to the venue. `barred` says in the moment of sending why it does not go after all. */
export function requestOf(order: Order, barred?: () => string | undefined): OrderRequest {
  const { clientOrderId, symbol, side, quantity, price, stopLimitPrice, takePrice } = order;
  const base = {
    clientOrderId,
    symbol,
    side,
    quantity,
    kind: kindOf(order),
    reduces: order.purpose !== "entry",
    ...(barred && { barred }),
  };
  if (!isProtective(order)) return price === undefined ? base : { ...base, price };
  return {
    ...base,
    ...(price === undefined ? {} : { stopPrice: price }),
    ...(stopLimitPrice === undefined ? {} : { stopLimitPrice }),
    ...(takePrice === undefined ? {} : { takePrice }),
  };
}

/** How an order is looked for. */
export function refOf(order: Order): OrderRef {
  return { clientOrderId: order.clientOrderId, symbol: order.symbol, kind: kindOf(order), venueOrderIds: order.venueOrderIds ?? [] };
}

function kindOf(order: Order): OrderRequest["kind"] {
  if (isProtective(order)) return "protection";
  if (order.type === "limit") return order.immediate ? "limit-ioc" : "limit";
  return "market";
}
