import { ZERO } from "../../domain/money.ts";
import type { OrderReading, OrderRef, VenueOrder } from "../../ports/live-venue.ts";
import type { Reader } from "./reader.ts";
import { probe, sentId, spotId, targetId } from "./requests.ts";
import { ordersOf } from "./rows.ts";
import { ORDER_ROW, ORDER_ROWS, type OrderRow } from "./shapes.ts";

/** "Order does not exist." */
const NO_ORDER = -2013;
/** "Order was canceled or expired with no executed qty over 90 days ago and has been archived." */
const ARCHIVED = -2026;
/** "Invalid symbol." */
const NO_SYMBOL = -1121;
/** How far back the list of all orders is read: less than the 24 hours that one question may span, for it ends when it arrives. Older orders are found by their id. */
const HISTORY_MS = 24 * 3_600_000 - 300_000;
const PAGE = 1_000;
const PAGES_MAX = 10;

type Found = OrderReading | "negative";

/**
 * One round over every place where an order could be seen: by its client order id, among the open ones, among all of the last day. Found anywhere is
 * found; absent only when each of them answered whole and had nothing.
 */
export async function findOrder(reader: Reader, ref: OrderRef, venueMs: number): Promise<OrderReading> {
  for (const look of [byId, amongOpen, amongAll]) {
    const found = await look(reader, ref, venueMs);
    if (found !== "negative") return found;
  }
  return { kind: "absent" };
}

async function byId(reader: Reader, ref: OrderRef): Promise<Found> {
  const first = await orderRow(reader, ref, named(ref));
  if ("kind" in first) return first;
  if ("negative" in first) return "negative";
  const isLeg = first.row.orderListId !== undefined && first.row.orderListId >= 0;
  if (!isLeg || ref.clientOrderId === "" || ref.kind !== "protection") return foundIn([first.row], ref);
  const target = await orderRow(reader, ref, { origClientOrderId: targetId(ref.clientOrderId) });
  if ("row" in target) return foundIn([first.row, target.row], ref);
  return { kind: "no-reading", reason: "one leg of the pair was there and the other was not" };
}

type Name = { readonly orderId: string } | { readonly origClientOrderId: string };
type RowReading = { readonly row: OrderRow } | { readonly negative: true } | OrderReading;

/** By our own id; by the venue's where the order is a stranger's. */
function named({ clientOrderId, kind, venueOrderIds }: OrderRef): Name {
  const [orderId] = venueOrderIds;
  return clientOrderId === "" && orderId !== undefined ? { orderId } : { origClientOrderId: sentId({ clientOrderId, kind }) };
}

async function orderRow(reader: Reader, ref: OrderRef, name: Name): Promise<RowReading> {
  const reply = await reader.ask(probe("/api/v3/order", { symbol: spotId(ref.symbol), ...name }), ORDER_ROW);
  if (reply.kind === "none") return { kind: "no-reading", reason: reply.reason };
  if (reply.kind === "refused") {
    if (reply.code === NO_ORDER) return { negative: true };
    if (reply.code === ARCHIVED) return { kind: "found", order: archived(ref) };
    return { kind: "no-reading", reason: reply.reason, ...(reply.code === NO_SYMBOL && { isUnlisted: true }) };
  }
  const { clientOrderId, orderId } = reply.data;
  if ("orderId" in name ? orderId === name.orderId : clientOrderId === name.origClientOrderId) return { row: reply.data };
  return { kind: "no-reading", reason: "the venue answered another order than it was asked for" };
}

async function amongOpen(reader: Reader, ref: OrderRef): Promise<Found> {
  const reply = await reader.ask(probe("/api/v3/openOrders", { symbol: spotId(ref.symbol) }), ORDER_ROWS);
  return reply.kind === "data" ? foundIn(reply.data, ref) : { kind: "no-reading", reason: reply.reason };
}

async function amongAll(reader: Reader, ref: OrderRef, venueMs: number): Promise<Found> {
  const symbol = spotId(ref.symbol);
  let from: Record<string, number | string> = { startTime: Math.round(venueMs - HISTORY_MS) };
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const reply = await reader.ask(probe("/api/v3/allOrders", { symbol, limit: PAGE, ...from }), ORDER_ROWS);
    if (reply.kind !== "data") return { kind: "no-reading", reason: reply.reason };
    const found = foundIn(reply.data, ref);
    const last = reply.data.at(-1);
    if (found !== "negative" || reply.data.length < PAGE || last === undefined) return found;
    from = { orderId: String(BigInt(last.orderId) + 1n) };
  }
  return { kind: "no-reading", reason: `the list of orders has more than ${PAGES_MAX * PAGE} of one day` };
}

function foundIn(rows: readonly OrderRow[], ref: OrderRef): Found {
  const ids = ref.kind === "protection" ? [sentId(ref), targetId(ref.clientOrderId)] : [ref.clientOrderId];
  const isOwn = (row: OrderRow) => (ref.clientOrderId === "" ? ref.venueOrderIds.includes(row.orderId) : ids.includes(row.clientOrderId));
  const own = rows.filter((row) => isOwn(row) && row.symbol === spotId(ref.symbol));
  if (own.length === 0) return rows.every(({ symbol }) => symbol === spotId(ref.symbol)) ? "negative" : foreignSymbol();
  const orders = ordersOf(own, ref.symbol);
  const order = orders?.at(-1);
  return order ? { kind: "found", order } : { kind: "no-reading", reason: "the order has a status that is not known" };
}

function foreignSymbol(): OrderReading {
  return { kind: "no-reading", reason: "the venue answered orders of another symbol" };
}

/** The venue tells nothing of it any more but that it ended without a fill. */
function archived({ clientOrderId, venueOrderIds, symbol, kind }: OrderRef): VenueOrder {
  const side = kind === "protection" ? "sell" : "buy";
  return { clientOrderId, venueOrderIds, symbol, side, status: "canceled", quantity: ZERO, filledQuantity: ZERO, createdMs: 0 };
}
