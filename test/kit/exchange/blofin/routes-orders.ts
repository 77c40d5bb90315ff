import { priceRange } from "../perpetual/place.ts";
import type { OrderRecord, TpslRecord } from "../perpetual/types.ts";
import { BadParameter, contractOf, oneOf, page, type Route, type SignedAsk, sideOf, text } from "./ask.ts";
import { algoRow, fillRow, finishedOrder, finishedTpsl, long, type Outcome, pendingOrder, pendingTpsl } from "./wire-form.ts";

/** After about a day the venue shows a canceled order no more. */
const CANCELED_SHOWN_MS = 86_400_000;
const READING = { right: "READ", trading: true } as const;
const PAGE = ["instId", "after", "before", "limit"];

function* where<T>(rows: Iterable<T>, wanted: (row: T) => boolean): Generator<T> {
  for (const row of rows) if (wanted(row)) yield row;
}

function ofInstrument(ask: SignedAsk): (row: { readonly instId: string }) => boolean {
  const instId = text(ask.params, "instId");
  return (row) => instId === "" || row.instId === instId;
}

function shown(ask: SignedAsk, order: { readonly state: string; readonly updateMs: number }): boolean {
  return order.state !== "canceled" || order.updateMs > ask.seenMs - CANCELED_SHOWN_MS;
}

function ended(state: string): boolean {
  return state !== "live" && state !== "partially_filled";
}

function ordersPending(ask: SignedAsk): Outcome {
  const type = text(ask.params, "orderType");
  const state = text(ask.params, "state");
  const open = ask.account.orders.seenLive(ask.seenMs).filter(ofInstrument(ask));
  const wanted = open.filter((order) => (type === "" || order.type === type) && (state === "" || order.state === state));
  const rows = page(
    ask,
    wanted.filter(({ id }) => !ask.exchange.deniesFills(id)),
    ({ id }) => id,
    ({ createMs }) => createMs,
  );
  return { data: rows.map((order) => pendingOrder(order, false)) };
}

function ordersHistory(ask: SignedAsk): Outcome {
  const type = text(ask.params, "orderType");
  const state = text(ask.params, "state");
  const inSymbol = ofInstrument(ask);
  const wanted = (order: OrderRecord): boolean =>
    inSymbol(order) &&
    ended(order.state) &&
    shown(ask, order) &&
    (type === "" || order.type === type) &&
    (state === "" || order.state === state);
  const rows = page(
    ask,
    where(ask.account.orders.seen(ask.seenMs), wanted),
    ({ id }) => id,
    ({ createMs }) => createMs,
  );
  return { data: rows.map((order) => finishedOrder(order, ask.exchange.deniesFills(order.id))) };
}

function orderDetail(ask: SignedAsk): Outcome {
  const { instId } = contractOf(ask);
  const orderId = text(ask.params, "orderId");
  const client = text(ask.params, "clientOrderId");
  const algoClient = text(ask.params, "algoClientOrderId");
  if (orderId === "" && client === "" && algoClient === "")
    throw new BadParameter("152003", "Either parameter orderId or clientOrderId is required.");
  const meant = (order: OrderRecord): boolean =>
    orderId !== "" ? order.id === orderId : client !== "" ? order.clientOrderId === client : order.algoClientOrderId === algoClient;
  const fast = orderId !== "" ? [ask.account.orders.seenOne(orderId, ask.seenMs)] : client === "" ? undefined : seenByClient(ask, client);
  for (const order of fast ?? ask.account.orders.seen(ask.seenMs))
    if (order && order.instId === instId && meant(order) && shown(ask, order))
      return { data: pendingOrder(order, ask.exchange.deniesFills(order.id)) };
  return { data: null };
}

function seenByClient(ask: SignedAsk, clientOrderId: string): (OrderRecord | undefined)[] {
  return ask.account.orders
    .withClientId(clientOrderId)
    .reverse()
    .map(({ id }) => ask.account.orders.seenOne(id, ask.seenMs));
}

function matching(
  ask: SignedAsk,
  id: "tpslId" | "algoId",
): (row: { readonly id: string; readonly clientOrderId: string; readonly instId: string }) => boolean {
  const venueId = text(ask.params, id);
  const client = text(ask.params, "clientOrderId");
  const inSymbol = ofInstrument(ask);
  return (row) => inSymbol(row) && (venueId === "" || row.id === venueId) && (client === "" || row.clientOrderId === client);
}

function tpslPending(ask: SignedAsk): Outcome {
  const open = ask.account.tpsl.seenLive(ask.seenMs).filter(matching(ask, "tpslId"));
  return {
    data: page(
      ask,
      open,
      ({ id }) => id,
      ({ createMs }) => createMs,
    ).map(pendingTpsl),
  };
}

function tpslHistory(ask: SignedAsk): Outcome {
  const state = text(ask.params, "state");
  const wanted = matching(ask, "tpslId");
  const done = where(
    ask.account.tpsl.seen(ask.seenMs),
    (record: TpslRecord) => wanted(record) && ended(record.state) && shown(ask, record) && (state === "" || record.state === state),
  );
  return {
    data: page(
      ask,
      done,
      ({ id }) => id,
      ({ createMs }) => createMs,
    ).map(finishedTpsl),
  };
}

function tpslDetail(ask: SignedAsk): Outcome {
  const { instId } = contractOf(ask);
  const wanted = matching(ask, "tpslId");
  if (text(ask.params, "tpslId") === "" && text(ask.params, "clientOrderId") === "")
    throw new BadParameter("152003", "Either parameter tpslId or clientOrderId is required.");
  for (const record of ask.account.tpsl.seen(ask.seenMs))
    if (record.instId === instId && wanted(record) && shown(ask, record)) return { data: pendingTpsl(record) };
  return { data: null };
}

function algoPending(ask: SignedAsk): Outcome {
  oneOf(ask.params, "orderType", ["trigger"]);
  const open = ask.account.algo.seenLive(ask.seenMs).filter(matching(ask, "algoId"));
  return {
    data: page(
      ask,
      open,
      ({ id }) => id,
      ({ createMs }) => createMs,
    ).map((record) => algoRow(record, false)),
  };
}

function algoHistory(ask: SignedAsk): Outcome {
  oneOf(ask.params, "orderType", ["trigger"]);
  const wanted = matching(ask, "algoId");
  const done = where(ask.account.algo.seen(ask.seenMs), (record) => wanted(record) && ended(record.state) && shown(ask, record));
  return {
    data: page(
      ask,
      done,
      ({ id }) => id,
      ({ createMs }) => createMs,
    ).map((record) => algoRow(record, true)),
  };
}

function fillsHistory(ask: SignedAsk): Outcome {
  const orderId = text(ask.params, "orderId");
  const inSymbol = ofInstrument(ask);
  const { fills } = ask.account;
  function* newestFirst() {
    for (let index = fills.length - 1; index >= 0; index -= 1) {
      const fill = fills[index]!;
      if (fill.atMs <= ask.seenMs && inSymbol(fill) && (orderId === "" || fill.orderId === orderId)) yield fill;
    }
  }
  return {
    data: page(
      ask,
      newestFirst(),
      ({ id }) => id,
      ({ atMs }) => atMs,
    ).map(fillRow),
  };
}

function priceLimits(ask: SignedAsk): Outcome {
  sideOf(ask.params);
  const range = priceRange(ask.exchange.view(), contractOf(ask));
  if (!range) return { code: "103013", msg: "Internal error; unable to process your request. Please try again.", data: null };
  return { data: { maxPrice: long(range.maxPrice), minPrice: long(range.minPrice) } };
}

/** Endpoints that read orders and fills. */
export const ORDER_ROUTES: Readonly<Record<string, Route>> = {
  "GET /api/v1/trade/orders-pending": { ...READING, required: [], optional: [...PAGE, "orderType", "state"], run: ordersPending },
  "GET /api/v1/trade/orders-history": {
    ...READING,
    required: [],
    optional: [...PAGE, "orderType", "state", "begin", "end"],
    run: ordersHistory,
  },
  "GET /api/v1/trade/order-detail": {
    ...READING,
    required: ["instId"],
    optional: ["orderId", "clientOrderId", "algoClientOrderId"],
    run: orderDetail,
  },
  "GET /api/v1/trade/orders-tpsl-pending": { ...READING, required: [], optional: [...PAGE, "tpslId", "clientOrderId"], run: tpslPending },
  "GET /api/v1/trade/orders-tpsl-history": {
    ...READING,
    required: [],
    optional: [...PAGE, "tpslId", "clientOrderId", "state"],
    run: tpslHistory,
  },
  "GET /api/v1/trade/order-tpsl-detail": { ...READING, required: ["instId"], optional: ["tpslId", "clientOrderId"], run: tpslDetail },
  "GET /api/v1/trade/orders-algo-pending": {
    ...READING,
    required: ["orderType"],
    optional: [...PAGE, "algoId", "clientOrderId"],
    run: algoPending,
  },
  "GET /api/v1/trade/orders-algo-history": {
    ...READING,
    required: ["orderType"],
    optional: [...PAGE, "algoId", "clientOrderId", "state"],
    run: algoHistory,
  },
  "GET /api/v1/trade/fills-history": { ...READING, required: [], optional: [...PAGE, "orderId", "begin", "end"], run: fillsHistory },
  "GET /api/v1/trade/order/price-range": { ...READING, required: ["instId", "side"], optional: [], run: priceLimits },
};
