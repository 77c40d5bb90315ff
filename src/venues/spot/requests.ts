import { type Decimal, plain } from "../../domain/money.ts";
import type { OrderRef, OrderRequest } from "../../ports/live-venue.ts";
import type { WireCall } from "../wire.ts";

/** Longest wait for one answer. A position may wait for it: what is not answered soon is unanswered, and looked for. The list of symbols is large. */
const SEND_TIMEOUT_MS = 4_000;
const READ_TIMEOUT_MS = 5_000;
const LIST_TIMEOUT_MS = 10_000;
/** Reads may wait for the time, and an answer that took longer would tell it badly. */
const TIME_TIMEOUT_MS = 2_000;
/** The exchange takes 36 letters; one is the suffix of a leg. */
export const CLIENT_ORDER_ID_MAX = 35;
const CLIENT_ORDER_ID = new RegExp(`^[A-Za-z0-9_-]{1,${CLIENT_ORDER_ID_MAX}}$`);

/** How an exchange wants a stop together with a target. */
export type PairStyle = "order-list" | "order-oco";
type Params = Readonly<Record<string, string | number>>;
type Sent = { readonly call: WireCall; readonly ids: readonly string[] } | { readonly refused: string };

/** Spot ids are base and quote without anything between. */
export function spotId(symbol: string): string {
  return symbol.replace("/", "");
}

/** The id under which an order can be found: of a protective order its stop leg's. */
export function sentId({ clientOrderId, kind }: Pick<OrderRef, "clientOrderId" | "kind">): string {
  return kind === "protection" ? stopId(clientOrderId) : clientOrderId;
}

/** The client order id of a protection's stop leg. */
export function stopId(clientOrderId: string): string {
  return `${clientOrderId}s`;
}

/** The client order id of a protection's target leg. */
export function targetId(clientOrderId: string): string {
  return `${clientOrderId}t`;
}

/** A signed question. */
export function read(path: string, params: Params): WireCall {
  return { method: "GET", path, params, signed: true, timeoutMs: READ_TIMEOUT_MS };
}

/** A read that an unanswered order waits for goes ahead of all others. */
export function probe(path: string, params: Params): WireCall {
  return { ...read(path, params), priority: "exit" };
}

/** A question that needs no key. */
export function readPublic(path: string): WireCall {
  return { method: "GET", path, params: {}, signed: false, timeoutMs: LIST_TIMEOUT_MS };
}

/** A question for the exchange's clock: an answer that takes long says little about it. */
export function readTime(path: string): WireCall {
  return { ...readPublic(path), timeoutMs: TIME_TIMEOUT_MS };
}

/**
 * The call that places an order, and the client order ids that its answer has to repeat. A market order carries a quantity and nothing that could be
 * taken for an amount of quote to spend. Refused is what cannot be said in this dialect: nothing is sent.
 */
export function placing(request: OrderRequest, style: PairStyle): Sent {
  const { clientOrderId, symbol, side, quantity, kind } = request;
  if (!CLIENT_ORDER_ID.test(clientOrderId))
    return { refused: `the client order id is no text of 1 to ${CLIENT_ORDER_ID_MAX} letters and digits` };
  if (kind === "protection") return protecting(request, style);
  const common = { symbol: spotId(symbol), side: side.toUpperCase(), quantity: plain(quantity), newClientOrderId: clientOrderId };
  const ids = [clientOrderId];
  if (kind === "market") return { call: post("/api/v3/order", { ...common, type: "MARKET", newOrderRespType: "FULL" }, request), ids };
  if (!request.price) return { refused: `a ${kind} order needs a price` };
  const timeInForce = kind === "limit-ioc" ? "IOC" : "GTC";
  const params = { ...common, type: "LIMIT", timeInForce, price: plain(request.price), newOrderRespType: "FULL" };
  return { call: post("/api/v3/order", params, request), ids };
}

/** The call that cancels an order. Canceling one leg ends its whole list, so that a protective order is reached without knowing whether it has a target. */
export function canceling(ref: OrderRef): WireCall {
  const symbol = spotId(ref.symbol);
  const isList = ref.kind === "protection" && ref.venueOrderIds.length > 1;
  const [path, params] = isList
    ? ["/api/v3/orderList", { symbol, listClientOrderId: ref.clientOrderId }]
    : ["/api/v3/order", { symbol, origClientOrderId: sentId(ref) }];
  return { method: "DELETE", path, params, signed: true, timeoutMs: SEND_TIMEOUT_MS, priority: "exit" };
}

function protecting(request: OrderRequest, style: PairStyle): Sent {
  const { clientOrderId, symbol, side, quantity, stopPrice, stopLimitPrice, takePrice } = request;
  if (!stopPrice || !stopLimitPrice) return { refused: "a protective order needs the price of its stop and the worst price of its fill" };
  const common = { symbol: spotId(symbol), side: side.toUpperCase(), quantity: plain(quantity) };
  const ids = [stopId(clientOrderId)];
  const prices = { stop: stopPrice, limit: stopLimitPrice };
  if (!takePrice) {
    const stop = { type: "STOP_LOSS_LIMIT", timeInForce: "GTC", stopPrice: plain(stopPrice), price: plain(stopLimitPrice) };
    const params = { ...common, ...stop, newClientOrderId: stopId(clientOrderId), newOrderRespType: "FULL" };
    return { call: post("/api/v3/order", params, request), ids };
  }
  const list = { ...common, listClientOrderId: clientOrderId, newOrderRespType: "FULL" };
  const call =
    style === "order-list"
      ? post("/api/v3/orderList/oco", { ...list, ...listLegs(request, { ...prices, take: takePrice }) }, request)
      : post("/api/v3/order/oco", { ...list, ...pairLegs(clientOrderId, { ...prices, take: takePrice }) }, request);
  return { call, ids: [...ids, targetId(clientOrderId)] };
}

interface Prices {
  readonly stop: Decimal;
  readonly limit: Decimal;
  readonly take: Decimal;
}

/** What sells has its target above and its stop below; what buys back has them the other way round. */
function listLegs({ clientOrderId, side }: OrderRequest, { stop, limit, take }: Prices): Params {
  const [target, loss] = side === "sell" ? ["above", "below"] : ["below", "above"];
  return {
    [`${target}Type`]: "LIMIT_MAKER",
    [`${target}ClientOrderId`]: targetId(clientOrderId),
    [`${target}Price`]: plain(take),
    [`${loss}Type`]: "STOP_LOSS_LIMIT",
    [`${loss}ClientOrderId`]: stopId(clientOrderId),
    [`${loss}StopPrice`]: plain(stop),
    [`${loss}Price`]: plain(limit),
    [`${loss}TimeInForce`]: "GTC",
  };
}

function pairLegs(clientOrderId: string, { stop, limit, take }: Prices): Params {
  return {
    limitClientOrderId: targetId(clientOrderId),
    price: plain(take),
    stopClientOrderId: stopId(clientOrderId),
    stopPrice: plain(stop),
    stopLimitPrice: plain(limit),
    stopLimitTimeInForce: "GTC",
  };
}

function post(path: string, params: Params, { reduces, barred }: OrderRequest): WireCall {
  const call: WireCall = { method: "POST", path, params, signed: true, timeoutMs: SEND_TIMEOUT_MS, priority: reduces ? "exit" : "entry" };
  return barred ? { ...call, barred } : call;
}
