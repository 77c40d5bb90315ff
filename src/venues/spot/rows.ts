import { ZERO } from "../../domain/money.ts";
import type { VenueFill, VenueOrder } from "../../ports/live-venue.ts";
import type { FillRow, OrderRow, Placed } from "./shapes.ts";

const STATUS: Readonly<Record<string, VenueOrder["status"]>> = {
  NEW: "open",
  PENDING_NEW: "open",
  PARTIALLY_FILLED: "open",
  PENDING_CANCEL: "open",
  FILLED: "filled",
  CANCELED: "canceled",
  REJECTED: "rejected",
  EXPIRED: "expired",
  EXPIRED_IN_MATCH: "expired",
};
/** Of two legs the status that says most: an open one keeps the pair open, a filled one has done what the pair was for. */
const WEIGHT: readonly VenueOrder["status"][] = ["open", "filled", "expired", "canceled", "rejected"];
const STOP_TYPES: ReadonlySet<string> = new Set(["STOP_LOSS_LIMIT", "STOP_LOSS"]);

/** Orders of one symbol as the desk knows them: the two legs of a list are one order. A status that nobody knows makes the whole answer unreadable. */
export function ordersOf(rows: readonly OrderRow[], symbol: string): VenueOrder[] | undefined {
  if (rows.some(({ status }) => !(status in STATUS))) return undefined;
  const groups = new Map<string, OrderRow[]>();
  for (const row of rows) {
    const isLeg = row.orderListId !== undefined && row.orderListId >= 0;
    const key = isLeg ? `list ${row.orderListId}` : `order ${row.orderId}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((legs) => orderOf(legs, symbol));
}

/** Fills that came with the answer to placing: whatever fills at once takes. One without an id is left to the list of fills, which tells it with one. */
export function immediateFills(placed: Placed, symbol: string, side: "buy" | "sell"): VenueFill[] {
  return (placed.fills ?? []).flatMap(({ price, qty, commission, commissionAsset, tradeId }): VenueFill[] => {
    if (tradeId === undefined) return [];
    const told = { fillId: tradeId, venueOrderId: placed.orderId, symbol, side, price, quantity: qty } as const;
    return [
      { ...told, fee: commission, feeCurrency: commissionAsset || quoteOf(symbol), liquidity: "taker", venueMs: placed.transactTime },
    ];
  });
}

/** A fill of the exchange in our words. */
export function fillOf(row: FillRow, symbol: string): VenueFill {
  return {
    fillId: String(row.id),
    venueOrderId: row.orderId,
    symbol,
    side: row.isBuyer ? "buy" : "sell",
    price: row.price,
    quantity: row.qty,
    fee: row.commission,
    feeCurrency: row.commissionAsset || quoteOf(symbol),
    liquidity: row.isMaker ? "maker" : "taker",
    venueMs: row.time,
  };
}

function quoteOf(symbol: string): string {
  return symbol.split("/")[1] ?? "";
}

function orderOf(legs: readonly OrderRow[], symbol: string): VenueOrder {
  const stop = legs.find(({ type }) => STOP_TYPES.has(type));
  // The stop leg first: its id comes first in `venueOrderIds` too when the pair is placed.
  const sorted = stop ? [stop, ...legs.filter((leg) => leg !== stop)] : legs;
  const [first] = sorted as readonly [OrderRow];
  const statuses = new Set(legs.map(({ status }) => STATUS[status]!));
  const updates = legs.flatMap(({ updateTime }) => updateTime ?? []);
  return {
    clientOrderId: stop || legs.length > 1 || isTarget(first) ? stem(first) : first.clientOrderId,
    venueOrderIds: sorted.map(({ orderId }) => orderId),
    symbol,
    side: first.side,
    status: WEIGHT.find((status) => statuses.has(status))!,
    quantity: first.origQty,
    filledQuantity: legs.reduce((sum, { executedQty }) => sum.plus(executedQty), ZERO),
    createdMs: Math.min(...legs.map(({ time }) => time)),
    ...(updates.length > 0 ? { updatedMs: Math.max(...updates) } : {}),
    ...(stop?.stopPrice?.isGreaterThan(0) ? { stopPrice: stop.stopPrice } : {}),
  };
}

/** A target whose stop is closed already. */
function isTarget({ orderListId = -1 }: OrderRow): boolean {
  return orderListId >= 0;
}

function stem({ clientOrderId, type }: OrderRow): string {
  const suffix = STOP_TYPES.has(type) ? "s" : "t";
  return clientOrderId.endsWith(suffix) ? clientOrderId.slice(0, -1) : clientOrderId;
}
