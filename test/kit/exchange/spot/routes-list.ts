import { type ListDraft, placeList } from "./list-placing.ts";
import { type ListKind, ordersOf, type SpotOrderList } from "./lists.ts";
import type { OrderDraft } from "./order.ts";
import { checkFit, missing, Parameters, type ParameterTable } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import { canceledList, type Json, listRow, placedList } from "./render.ts";
import { type Route, type SignedVisit, signed } from "./route.ts";
import { ANSWER_LENGTHS, draftOf, ORDER_TYPES, SIDES, TIMES_IN_FORCE } from "./routes-order.ts";

const COMMON: ParameterTable = {
  "symbol!": "symbol",
  listClientOrderId: "id",
  newOrderRespType: ANSWER_LENGTHS,
  selfTradePreventionMode: ["NONE"],
};
const ONE_LIST: ParameterTable = { orderListId: "long", listClientOrderId: "id" };

/** The parameters of one leg: `aboveType`, `abovePrice` and so on. */
function leg(prefix: string, needed = true): ParameterTable {
  return {
    [`${prefix}Type${needed ? "!" : ""}`]: ORDER_TYPES,
    [`${prefix}ClientOrderId`]: "id",
    [`${prefix}Price`]: "decimal",
    [`${prefix}StopPrice`]: "decimal",
    [`${prefix}TimeInForce`]: TIMES_IN_FORCE,
  };
}

const WORKING: ParameterTable = { ...leg("working"), "workingSide!": SIDES, "workingPrice!": "decimal", "workingQuantity!": "decimal" };
const PENDING_PAIR: ParameterTable = { ...leg("pendingAbove"), ...leg("pendingBelow"), "pendingSide!": SIDES };
const PENDING_ONE: ParameterTable = { ...leg("pending"), "pendingSide!": SIDES };

export const LIST_ROUTES: readonly Route[] = [
  signed(
    "POST /api/v3/orderList/oco",
    1,
    { ...COMMON, ...leg("above"), ...leg("below"), "side!": SIDES, "quantity!": "decimal" },
    (visit) => {
      const shared = { side: visit.parameters.needed("side"), quantity: visit.parameters.needed("quantity") };
      return place(visit, "OCO", undefined, [legDraft(visit, "above", shared), legDraft(visit, "below", shared)]);
    },
    "com",
  ),
  signed(
    "POST /api/v3/order/oco",
    1,
    {
      ...COMMON,
      "side!": SIDES,
      "quantity!": "decimal",
      "price!": "decimal",
      "stopPrice!": "decimal",
      limitClientOrderId: "id",
      stopClientOrderId: "id",
      stopLimitPrice: "decimal",
      stopLimitTimeInForce: TIMES_IN_FORCE,
    },
    placeOldOco,
    "us",
  ),
  ...(["OTO", "OPO"] as const).map((kind) =>
    signed(
      `POST /api/v3/orderList/${kind.toLowerCase()}`,
      1,
      { ...COMMON, ...WORKING, ...PENDING_ONE, ...(kind === "OTO" ? { "pendingQuantity!": "decimal" } : {}) },
      (visit) => place(visit, kind, working(visit), [legDraft(visit, "pending", pending(visit, kind))]),
      "com",
    ),
  ),
  ...(["OTOCO", "OPOCO"] as const).map((kind) =>
    signed(
      `POST /api/v3/orderList/${kind.toLowerCase()}`,
      1,
      { ...COMMON, ...WORKING, ...PENDING_PAIR, ...(kind === "OTOCO" ? { "pendingQuantity!": "decimal" } : {}) },
      (visit) => {
        const shared = pending(visit, kind);
        return place(visit, kind, working(visit), [legDraft(visit, "pendingAbove", shared), legDraft(visit, "pendingBelow", shared)]);
      },
      "com",
    ),
  ),
  signed("GET /api/v3/orderList", 4, { orderListId: "long", origClientOrderId: "id" }, (visit) => {
    const { parameters } = visit;
    const unknown = new Refusal(-2018, "Order list does not exist.");
    const list = named(visit, parameters.long("orderListId"), parameters.text("origClientOrderId"), visit.seenMs, unknown);
    return listRow(list, visit.seenMs);
  }),
  signed("GET /api/v3/openOrderList", 6, {}, (visit) =>
    mine(visit, visit.seenMs)
      .filter(({ doneMs }) => doneMs === undefined || doneMs > visit.seenMs)
      .map((list) => listRow(list, visit.seenMs)),
  ),
  signed("GET /api/v3/allOrderList", 20, { fromId: "long", startTime: "long", endTime: "long", limit: "long" }, (visit) =>
    mine(visit, visit.seenMs)
      .filter(
        ({ id, acceptedMs }) => id >= (visit.parameters.long("fromId") ?? 0) && acceptedMs >= (visit.parameters.long("startTime") ?? 0),
      )
      .slice(0, visit.parameters.long("limit") ?? 500)
      .map((list) => listRow(list, visit.seenMs)),
  ),
  signed("DELETE /api/v3/orderList", 1, { "symbol!": "symbol", ...ONE_LIST, newClientOrderId: "id" }, cancelList),
];

function place(visit: SignedVisit, kind: ListKind, first: OrderDraft | undefined, legs: readonly OrderDraft[]): Json {
  const { core, account, parameters, limits, nowMs } = visit;
  const draft: ListDraft = { kind, clientId: parameters.text("listClientOrderId"), working: first, legs };
  const count = legs.length + (first ? 1 : 0);
  limits.checkOrders(account.key, count, nowMs);
  visit.checkWindow();
  const list = placeList(core, account, draft);
  limits.countOrders(account.key, count, nowMs);
  return placedList(list, nowMs, (parameters.text("newOrderRespType") as "ACK" | "RESULT" | "FULL" | undefined) ?? "RESULT");
}

/** The old form: the limit leg has the bare names, the stop leg is limited only when a limit is given. */
function placeOldOco(visit: SignedVisit): Json {
  const { parameters } = visit;
  const limited = parameters.has("stopLimitPrice");
  checkFit(parameters, limited ? ["stopLimitTimeInForce"] : [], limited ? [] : ["stopLimitTimeInForce"]);
  const common = { symbol: parameters.needed("symbol"), side: parameters.needed("side"), quantity: parameters.needed("quantity") };
  const limit = draftOf(
    given({ ...common, type: "LIMIT_MAKER", price: parameters.needed("price"), newClientOrderId: parameters.text("limitClientOrderId") }),
  );
  const stop = draftOf(
    given({
      ...common,
      type: limited ? "STOP_LOSS_LIMIT" : "STOP_LOSS",
      price: parameters.text("stopLimitPrice"),
      timeInForce: parameters.text("stopLimitTimeInForce"),
      stopPrice: parameters.needed("stopPrice"),
      newClientOrderId: parameters.text("stopClientOrderId"),
    }),
  );
  return place(visit, "OCO", undefined, common.side === "SELL" ? [limit, stop] : [stop, limit]);
}

function working({ parameters }: SignedVisit): OrderDraft {
  const { needed, text } = readers(parameters);
  return draftOf(
    given({
      symbol: needed("symbol"),
      side: needed("workingSide"),
      type: needed("workingType"),
      price: needed("workingPrice"),
      quantity: needed("workingQuantity"),
      timeInForce: text("workingTimeInForce"),
      newClientOrderId: text("workingClientOrderId"),
    }),
    "working",
  );
}

function pending({ parameters }: SignedVisit, kind: ListKind): { side: string; quantity: string | undefined } {
  return { side: parameters.needed("pendingSide"), quantity: kind.startsWith("OPO") ? undefined : parameters.needed("pendingQuantity") };
}

/** A leg without a quantity gets it from what its working order receives. */
function legDraft({ parameters }: SignedVisit, prefix: string, shared: { side: string; quantity: string | undefined }): OrderDraft {
  const { needed, text } = readers(parameters);
  const sized = shared.quantity ?? "1";
  const draft = draftOf(
    given({
      symbol: needed("symbol"),
      side: shared.side,
      quantity: sized,
      type: needed(`${prefix}Type`),
      price: text(`${prefix}Price`),
      stopPrice: text(`${prefix}StopPrice`),
      timeInForce: text(`${prefix}TimeInForce`),
      newClientOrderId: text(`${prefix}ClientOrderId`),
    }),
    prefix,
  );
  return shared.quantity === undefined ? { ...draft, quantity: undefined } : draft;
}

function cancelList(visit: SignedVisit): Json {
  const { core, account, parameters, nowMs } = visit;
  core.market(parameters.needed("symbol"));
  visit.checkWindow();
  const unknown = new Refusal(-2011, "Unknown order sent.");
  const list = named(visit, parameters.long("orderListId"), parameters.text("listClientOrderId"), nowMs, unknown);
  const first = ordersOf(list).find((order) => order.open);
  if (!first || list.symbol !== parameters.needed("symbol")) throw unknown;
  core.cancel(account, first);
  return canceledList(list, parameters.text("newClientOrderId") ?? core.name("cancel"), nowMs);
}

function named(visit: SignedVisit, id: number | undefined, clientId: string | undefined, seenMs: number, unknown: Refusal): SpotOrderList {
  if (id === undefined && clientId === undefined) missing("orderListId");
  const list = mine(visit, seenMs).findLast(
    (each) => (id === undefined || each.id === id) && (clientId === undefined || each.clientId === clientId),
  );
  if (!list) throw unknown;
  return list;
}

function mine({ core, account }: SignedVisit, seenMs: number): readonly SpotOrderList[] {
  return core.lists.all.filter(({ accountKey, acceptedMs }) => accountKey === account.key && acceptedMs <= seenMs);
}

function given(values: Readonly<Record<string, string | undefined>>): Parameters {
  return new Parameters(new Map(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))));
}

function readers(parameters: Parameters): { needed: (name: string) => string; text: (name: string) => string | undefined } {
  return { needed: (name) => parameters.needed(name), text: (name) => parameters.text(name) };
}
