import type { SpotAccount } from "./account.ts";
import { isTriggered, type OrderDraft, type SpotOrder, type SpotOrderType, type SpotSide, type TimeInForce } from "./order.ts";
import { checkFit, missing, type Parameters, type ParameterTable } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import { canceledList, canceledReport, type Json, orderRow, placedReport, tradeRow } from "./render.ts";
import { type Route, type SignedVisit, signed } from "./route.ts";

const ROWS_MAX = 1_000;
const ROWS_DEFAULT = 500;
const DAY_MS = 86_400_000;

export const SIDES = ["BUY", "SELL"] as const;
export const TIMES_IN_FORCE = ["GTC", "IOC", "FOK"] as const;
export const ORDER_TYPES = ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"] as const;
export const ANSWER_LENGTHS = ["ACK", "RESULT", "FULL"] as const;

const NEW_ORDER: ParameterTable = {
  "symbol!": "symbol",
  "side!": SIDES,
  "type!": ORDER_TYPES,
  timeInForce: TIMES_IN_FORCE,
  quantity: "decimal",
  quoteOrderQty: "decimal",
  price: "decimal",
  newClientOrderId: "id",
  strategyId: "long",
  strategyType: "long",
  stopPrice: "decimal",
  newOrderRespType: ANSWER_LENGTHS,
  selfTradePreventionMode: ["NONE"],
};
const ONE_ORDER: ParameterTable = { "symbol!": "symbol", orderId: "long", origClientOrderId: "id" };
const SPAN: ParameterTable = { orderId: "long", startTime: "long", endTime: "long", limit: "long" };

/** What each type needs and what it refuses, as the documentation lists it. */
const FIT: Readonly<Record<SpotOrderType, readonly [needs: readonly string[], refuses: readonly string[]]>> = {
  LIMIT: [
    ["timeInForce", "quantity", "price"],
    ["stopPrice", "quoteOrderQty"],
  ],
  LIMIT_MAKER: [
    ["quantity", "price"],
    ["timeInForce", "stopPrice", "quoteOrderQty"],
  ],
  MARKET: [[], ["timeInForce", "price", "stopPrice"]],
  STOP_LOSS: [
    ["quantity", "stopPrice"],
    ["timeInForce", "price", "quoteOrderQty"],
  ],
  STOP_LOSS_LIMIT: [["timeInForce", "quantity", "price", "stopPrice"], ["quoteOrderQty"]],
  TAKE_PROFIT: [
    ["quantity", "stopPrice"],
    ["timeInForce", "price", "quoteOrderQty"],
  ],
  TAKE_PROFIT_LIMIT: [["timeInForce", "quantity", "price", "stopPrice"], ["quoteOrderQty"]],
};

export const ORDER_ROUTES: readonly Route[] = [
  signed("POST /api/v3/order", 1, NEW_ORDER, placeOrder),
  signed("POST /api/v3/order/test", 1, NEW_ORDER, testOrder),
  signed("GET /api/v3/order", 4, ONE_ORDER, readOrder),
  signed(
    "DELETE /api/v3/order",
    1,
    { ...ONE_ORDER, newClientOrderId: "id", cancelRestrictions: ["ONLY_NEW", "ONLY_PARTIALLY_FILLED"] },
    cancelOrder,
  ),
  signed("GET /api/v3/openOrders", (sent) => (sent.has("symbol") ? 6 : 80), { symbol: "symbol" }, openOrders),
  signed("DELETE /api/v3/openOrders", 1, { "symbol!": "symbol" }, cancelAll),
  signed("GET /api/v3/allOrders", 20, { "symbol!": "symbol", ...SPAN }, allOrders),
  signed("GET /api/v3/myTrades", (sent) => (sent.has("orderId") ? 5 : 20), { "symbol!": "symbol", ...SPAN, fromId: "long" }, myTrades),
];

/** What an order of a type is, from its parameters; a list's legs have a prefix before theirs. */
export function draftOf(parameters: Parameters, prefix = ""): OrderDraft {
  const type = parameters.needed("type") as SpotOrderType;
  const [needs, refuses] = FIT[type];
  checkFit(parameters, needs, refuses, prefix);
  const [quantity, quoteOrderQty] = [parameters.decimal("quantity"), parameters.decimal("quoteOrderQty")];
  if (type === "MARKET") {
    if (!quantity && !quoteOrderQty) missing("quantity");
    if (quantity && quoteOrderQty) throw new Refusal(-1106, "Parameter 'quoteOrderQty' sent when not required.");
  }
  return {
    symbol: parameters.needed("symbol"),
    side: parameters.needed("side") as SpotSide,
    type,
    timeInForce: parameters.text("timeInForce") as TimeInForce | undefined,
    quantity,
    quoteOrderQty,
    price: parameters.decimal("price"),
    stopPrice: isTriggered(type) ? parameters.decimal("stopPrice") : undefined,
    clientOrderId: parameters.text("newClientOrderId"),
  };
}

function placeOrder({ core, account, parameters, limits, nowMs, checkWindow }: SignedVisit): Json {
  const draft = draftOf(parameters);
  core.market(draft.symbol);
  limits.checkOrders(account.key, 1, nowMs);
  checkWindow();
  const order = core.place(account, draft);
  if (order.now.executed.isZero()) limits.countOrders(account.key, 1, nowMs);
  const full = draft.type === "MARKET" || draft.type === "LIMIT";
  const length = (parameters.text("newOrderRespType") as "ACK" | "RESULT" | "FULL" | undefined) ?? (full ? "FULL" : "ACK");
  return placedReport(order, order.now, nowMs, length);
}

function testOrder({ core, account, parameters, checkWindow }: SignedVisit): Json {
  const draft = draftOf(parameters);
  checkWindow();
  core.check(account, draft, 1);
  return {};
}

function readOrder({ account, parameters, seenMs, core }: SignedVisit): Json {
  core.market(parameters.needed("symbol"));
  const order = named(account, parameters, seenMs, new Refusal(-2013, "Order does not exist."));
  const seen = order.seenAt(seenMs)!;
  return orderRow(order, seen);
}

function cancelOrder({ core, account, parameters, nowMs, checkWindow }: SignedVisit): Json {
  core.market(parameters.needed("symbol"));
  checkWindow();
  const order = named(account, parameters, nowMs, new Refusal(-2011, "Unknown order sent."));
  const only = parameters.text("cancelRestrictions");
  if (only !== undefined && order.open && order.now.status !== only.replace("ONLY_", ""))
    throw new Refusal(-2011, "Order was not canceled due to cancel restrictions.");
  core.cancel(account, order);
  const cancelId = parameters.text("newClientOrderId") ?? core.name("cancel");
  const list = core.lists.of(order);
  return list ? canceledList(list, cancelId, nowMs) : canceledReport(order, order.seenAt(nowMs)!, cancelId, nowMs);
}

function cancelAll({ core, account, parameters, nowMs, checkWindow }: SignedVisit): Json[] {
  const market = core.market(parameters.needed("symbol"));
  checkWindow();
  const mine = account.openAt(nowMs).filter((order) => order.open && order.symbol === market.id);
  if (mine.length === 0) throw new Refusal(-2011, "Unknown order sent.");
  const cancelId = core.name("cancel");
  const rows: Json[] = [];
  for (const order of mine) {
    if (!order.open) continue;
    core.cancel(account, order);
    const list = core.lists.of(order);
    rows.push(list ? canceledList(list, cancelId, nowMs) : canceledReport(order, order.seenAt(nowMs)!, cancelId, nowMs));
  }
  return rows;
}

function openOrders({ core, account, parameters, nowMs, seenMs }: SignedVisit): Json[] {
  const symbol = parameters.text("symbol");
  if (symbol !== undefined) core.market(symbol);
  if (nowMs < account.blankUntilMs) return [];
  return account
    .openAt(seenMs)
    .filter((order) => symbol === undefined || order.symbol === symbol)
    .map((order) => orderRow(order, order.seenAt(seenMs)!));
}

function allOrders({ core, account, parameters, nowMs, seenMs }: SignedVisit): Json[] {
  const { id } = core.market(parameters.needed("symbol"));
  const { from, to, limit } = spanOf(parameters);
  if (nowMs < account.blankUntilMs) return [];
  const orderId = parameters.long("orderId");
  const rows = account.orders.flatMap((order) => {
    const seen = order.symbol === id && order.acceptedMs >= from && order.acceptedMs <= to ? order.seenAt(seenMs) : undefined;
    return seen && (orderId === undefined || order.orderId >= orderId) ? [orderRow(order, seen)] : [];
  });
  return orderId === undefined && from === 0 ? rows.slice(-limit) : rows.slice(0, limit);
}

function myTrades({ core, account, parameters, nowMs, seenMs }: SignedVisit): Json[] {
  const { id } = core.market(parameters.needed("symbol"));
  const { from, to, limit } = spanOf(parameters);
  const [fromId, orderId] = [parameters.long("fromId"), parameters.long("orderId")];
  if (fromId !== undefined && (from > 0 || parameters.has("endTime")))
    throw new Refusal(-1128, "Combination of optional parameters invalid.");
  if (nowMs < account.blankUntilMs) return [];
  const rows = account
    .tradesOf(id)
    .filter(
      (trade) =>
        trade.visibleMs <= seenMs &&
        trade.ms >= from &&
        trade.ms <= to &&
        (fromId === undefined || trade.id >= fromId) &&
        (orderId === undefined || trade.order.orderId === orderId),
    );
  return (fromId === undefined && from === 0 ? rows.slice(-limit) : rows.slice(0, limit)).map(tradeRow);
}

function spanOf(parameters: Parameters): { from: number; to: number; limit: number } {
  const [from, to] = [parameters.long("startTime"), parameters.long("endTime")];
  if (from !== undefined && to !== undefined && to - from > DAY_MS)
    throw new Refusal(-1127, "More than 24 hours between startTime and endTime.");
  const limit = parameters.long("limit") ?? ROWS_DEFAULT;
  return { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER, limit: Math.min(ROWS_MAX, Math.max(1, limit)) };
}

/** The order that is meant by its number, its client order id, or both; of several with one client order id the newest. */
function named(account: SpotAccount, parameters: Parameters, seenMs: number, unknown: Refusal): SpotOrder {
  const symbol = parameters.needed("symbol");
  const [orderId, clientId] = [parameters.long("orderId"), parameters.text("origClientOrderId")];
  if (orderId === undefined && clientId === undefined)
    throw new Refusal(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
  const order =
    orderId === undefined
      ? account.byClientOrderId(symbol, clientId!).findLast((each) => each.acceptedMs <= seenMs)
      : account.byOrderId(symbol, orderId);
  if (!order || order.acceptedMs > seenMs || (clientId !== undefined && order.clientOrderId !== clientId)) throw unknown;
  return order;
}
