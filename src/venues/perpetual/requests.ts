import { plain } from "../../domain/money.ts";
import type { OrderRef, OrderRequest } from "../../ports/live-venue.ts";
import type { WireCall, WirePriority } from "../wire.ts";
import { type Contract, toContracts } from "./contracts.ts";

/** Letters that a client order id of the venue may have. */
export const CLIENT_ORDER_ID_MAX = 32;
const CLIENT_ORDER_ID = /^[A-Za-z0-9_]{1,32}$/;
/** A position may wait for an answer: what is not answered soon is unanswered, and looked for. The list of contracts is large. */
const SEND_TIMEOUT_MS = 4_000;
const READ_TIMEOUT_MS = 5_000;
const LIST_TIMEOUT_MS = 10_000;
/** Reads may wait for the time, and an answer that took longer would tell it badly. */
const TIME_TIMEOUT_MS = 2_000;
/** "At market", in the venue's words. */
const AT_MARKET = "-1";

/** What the desk sends with every order. */
export interface OrderHabits {
  readonly marginMode: "cross" | "isolated";
  /** Only keys that are bound to a broker need one. */
  readonly brokerId: string | undefined;
}

/** A signed read. */
export function read(path: string, params: Readonly<Record<string, string>> = {}): WireCall {
  return { method: "GET", path, params, signed: true, timeoutMs: READ_TIMEOUT_MS };
}

/** A read that needs no key. */
export function readPublic(path: string, params: Readonly<Record<string, string>> = {}): WireCall {
  return { method: "GET", path, params, signed: false, timeoutMs: LIST_TIMEOUT_MS };
}

/** A small public answer, asked for its `Date`. */
export function readTime(path: string, params: Readonly<Record<string, string>>): WireCall {
  return { ...readPublic(path, params), timeoutMs: TIME_TIMEOUT_MS };
}

/** A signed call that changes something at the venue. */
export function send(path: string, params: WireCall["params"], priority: WirePriority = "exit"): WireCall {
  return { method: "POST", path, params, signed: true, timeoutMs: SEND_TIMEOUT_MS, priority };
}

export type Placing = { readonly call: WireCall; readonly space: "orderId" | "tpslId" } | { readonly refused: string };

/** The call that places an order, or why it cannot be sent. Everything in it is text: the venue's numbers are. */
export function placing(request: OrderRequest, contract: Contract, habits: OrderHabits): Placing {
  const { clientOrderId, kind, side, price, stopPrice, takePrice, quantity } = request;
  if (!CLIENT_ORDER_ID.test(clientOrderId))
    return { refused: `a client order id has at most ${CLIENT_ORDER_ID_MAX} letters, digits and underscores` };
  const size = toContracts(contract, quantity);
  if (!size) return { refused: `the quantity ${plain(quantity)} is not a whole number of lots of ${contract.symbol}` };
  for (const each of [price, stopPrice, takePrice])
    if (each && (!each.isFinite() || !each.isGreaterThan(0))) return { refused: `a price of ${plain(each)} cannot be sent` };
  const shared = {
    instId: contract.instId,
    marginMode: habits.marginMode,
    positionSide: "net",
    side,
    size: plain(size),
    clientOrderId,
    ...(habits.brokerId !== undefined && { brokerId: habits.brokerId }),
  };
  const legs = {
    ...(stopPrice && { slTriggerPrice: plain(stopPrice), slOrderPrice: AT_MARKET }),
    ...(takePrice && { tpTriggerPrice: plain(takePrice), tpOrderPrice: AT_MARKET }),
  };
  if (kind === "protection") {
    if (!stopPrice && !takePrice) return { refused: "a protective order needs a stop or a target" };
    return { space: "tpslId", call: send("/api/v1/trade/order-tpsl", { ...shared, ...legs, reduceOnly: "true" }) };
  }
  if (kind !== "market" && !price) return { refused: `a ${kind} order needs a price` };
  const type = kind === "market" ? { orderType: "market" } : { orderType: kind === "limit-ioc" ? "ioc" : "limit", price: plain(price!) };
  const reduceOnly = String(request.reduces);
  return {
    space: "orderId",
    call: {
      ...send("/api/v1/trade/order", { ...shared, ...type, ...legs, reduceOnly }, request.reduces ? "exit" : "entry"),
      ...(request.barred && { barred: request.barred }),
    },
  };
}

/** The call that cancels an order: by the venue's id where it is known, else by ours. */
export function canceling(
  ref: OrderRef,
  contract: Pick<Contract, "instId">,
): { readonly call: WireCall; readonly space: "orderId" | "tpslId" } {
  const { instId } = contract;
  const known = ref.venueOrderIds[0];
  if (ref.kind === "protection") {
    const named = known === undefined ? { clientOrderId: ref.clientOrderId } : { tpslId: known };
    return { space: "tpslId", call: send("/api/v1/trade/cancel-tpsl", [{ instId, ...named }]) };
  }
  const named = known === undefined ? { clientOrderId: ref.clientOrderId } : { orderId: known };
  return { space: "orderId", call: send("/api/v1/trade/cancel-order", { instId, ...named }) };
}
