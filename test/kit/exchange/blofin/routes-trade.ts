import { decimal } from "../../../../src/domain/money.ts";
import { isRefusal, type OrderType, type Refusal, type Triggers } from "../perpetual/types.ts";
import { amount, BadParameter, contractOf, marginOf, needed, oneOf, type Route, type SignedAsk, sideOf, text } from "./ask.ts";
import type { Outcome } from "./wire-form.ts";

type Params = Readonly<Record<string, unknown>>;

const GONE = "Cancel failed as the order has been filled, triggered, canceled or does not exist.";
const TYPES: readonly OrderType[] = ["market", "limit", "ioc", "fok", "post_only"];
const TRIGGERS = ["tpTriggerPrice", "tpOrderPrice", "slTriggerPrice", "slOrderPrice"];
const PLACING = { right: "TRADE", trading: true } as const;

/** A refusal inside of an answer: the door decides in which of the venue's shapes it goes out. */
function row(names: Record<string, unknown>, refusal?: Refusal): Record<string, unknown> {
  return { ...names, code: refusal?.code ?? "0", msg: refusal?.msg ?? "" };
}

function modeProblem(ask: SignedAsk, params: Params): Refusal | undefined {
  const side = oneOf(params, "positionSide", ["net", "long", "short"], "net");
  const net = ask.account.positionMode === "net_mode";
  return net === (side === "net") && net ? undefined : { code: "102089", msg: "Position mode mismatch" };
}

function triggersOf(params: Params): Triggers {
  const slTriggerPrice = amount(params, "slTriggerPrice");
  const slOrderPrice = amount(params, "slOrderPrice");
  const tpTriggerPrice = amount(params, "tpTriggerPrice");
  const tpOrderPrice = amount(params, "tpOrderPrice");
  return {
    ...(slTriggerPrice && { slTriggerPrice }),
    ...(slOrderPrice && { slOrderPrice }),
    ...(tpTriggerPrice && { tpTriggerPrice }),
    ...(tpOrderPrice && { tpOrderPrice }),
  };
}

function shared(ask: SignedAsk, params: Params) {
  return {
    instId: contractOf(ask, params).instId,
    side: sideOf(params),
    marginMode: marginOf(params),
    size: needed(params, "size"),
    reduceOnly: oneOf(params, "reduceOnly", ["true", "false"], "false") === "true",
    clientOrderId: text(params, "clientOrderId"),
    brokerId: text(params, "brokerId"),
  };
}

function placeOrder(ask: SignedAsk): Outcome {
  const { params } = ask;
  const price = amount(params, "price");
  const draft = { ...shared(ask, params), ...triggersOf(params), type: oneOf(params, "orderType", TYPES), ...(price && { price }) };
  const placed = modeProblem(ask, params) ?? ask.exchange.place(ask.account, draft);
  const clientOrderId = draft.clientOrderId;
  return { data: [isRefusal(placed) ? row({ orderId: null, clientOrderId }, placed) : row({ orderId: placed.id, clientOrderId })] };
}

function placeTpsl(ask: SignedAsk): Outcome {
  const draft = { ...shared(ask, ask.params), ...triggersOf(ask.params) };
  const placed = modeProblem(ask, ask.params) ?? ask.exchange.protect(ask.account, draft);
  const clientOrderId = draft.clientOrderId === "" ? null : draft.clientOrderId;
  return {
    data: isRefusal(placed) ? row({ tpslId: null, clientOrderId }, placed) : { ...row({ tpslId: placed.id, clientOrderId }), msg: null },
  };
}

function placeAlgo(ask: SignedAsk): Outcome {
  const { params } = ask;
  oneOf(params, "orderType", ["trigger"]);
  oneOf(params, "triggerPriceType", ["last"], "last");
  const list = params.attachAlgoOrders;
  const legs: Params | undefined = Array.isArray(list) ? list[0] : undefined;
  const draft = {
    ...shared(ask, params),
    triggerPrice: needed(params, "triggerPrice"),
    orderPrice: amount(params, "orderPrice") ?? decimal(-1),
    ...(legs && { attached: triggersOf(legs) }),
  };
  const placed = modeProblem(ask, params) ?? ask.exchange.trigger(ask.account, draft);
  const clientOrderId = draft.clientOrderId === "" ? null : draft.clientOrderId;
  return {
    data: isRefusal(placed) ? row({ algoId: null, clientOrderId }, placed) : { ...row({ algoId: placed.id, clientOrderId }), msg: null },
  };
}

/** The id that a cancel means: the venue's own, or that of the newest order under the client's. */
function meant(ask: SignedAsk, params: Params, name: "orderId" | "tpslId" | "algoId"): string {
  const id = text(params, name);
  if (id !== "") return id;
  const clientOrderId = text(params, "clientOrderId");
  if (clientOrderId === "") throw new BadParameter("152003", `Either parameter ${name} or clientOrderId is required.`);
  const shelf = name === "orderId" ? ask.account.orders : name === "tpslId" ? ask.account.tpsl : ask.account.algo;
  return shelf.withClientId(clientOrderId).at(-1)?.id ?? "0";
}

function cancelOrder(ask: SignedAsk): Outcome {
  const id = meant(ask, ask.params, "orderId");
  const done = ask.exchange.cancel(ask.account, id);
  const names = { orderId: id, clientOrderId: ask.account.orders.latest(id)?.clientOrderId ?? null };
  return { data: [done ? { ...row(names), msg: null } : row(names, { code: "102068", msg: GONE })] };
}

function cancelBatch(ask: SignedAsk): Outcome {
  return {
    data: ask.rows.map((params) => {
      const id = meant(ask, params, "orderId");
      const done = ask.exchange.cancel(ask.account, id);
      const names = { orderId: id, clientOrderId: ask.account.orders.latest(id)?.clientOrderId ?? null };
      return done ? names : row(names, { code: "1000", msg: GONE });
    }),
  };
}

function cancelTpsl(ask: SignedAsk): Outcome {
  return {
    data: ask.rows.map((params) => {
      const id = meant(ask, params, "tpslId");
      const names = { tpslId: id, clientOrderId: ask.account.tpsl.latest(id)?.clientOrderId ?? null };
      return ask.exchange.cancelTpsl(ask.account, id) ? names : row(names, { code: "500", msg: GONE });
    }),
  };
}

function cancelAlgo(ask: SignedAsk): Outcome {
  const id = meant(ask, ask.params, "algoId");
  const names = { algoId: id, clientOrderId: ask.account.algo.latest(id)?.clientOrderId ?? null };
  return { data: ask.exchange.cancelAlgo(ask.account, id) ? names : row(names, { code: "500", msg: GONE }) };
}

function closePosition(ask: SignedAsk): Outcome {
  const { params } = ask;
  const contract = contractOf(ask);
  const marginMode = marginOf(params);
  const held = ask.account.position(contract.instId, marginMode);
  if (!held) return { code: "102005", msg: "Position had been closed", data: null };
  const clientOrderId = text(params, "clientOrderId");
  const placed = ask.exchange.place(ask.account, {
    instId: contract.instId,
    side: held.contracts.isPositive() ? "sell" : "buy",
    type: "market",
    marginMode,
    size: held.contracts.abs(),
    reduceOnly: true,
    clientOrderId,
    brokerId: text(params, "brokerId"),
  });
  return isRefusal(placed) ? { ...placed, data: null } : { data: { instId: contract.instId, positionSide: "net", clientOrderId } };
}

const SHARED = ["positionSide", "reduceOnly", "clientOrderId", "brokerId"];

/** Endpoints that change orders. */
export const TRADE_ROUTES: Readonly<Record<string, Route>> = {
  "POST /api/v1/trade/order": {
    ...PLACING,
    required: ["instId", "marginMode", "side", "orderType", "size"],
    optional: [...SHARED, ...TRIGGERS, "price"],
    run: placeOrder,
  },
  "POST /api/v1/trade/order-tpsl": {
    ...PLACING,
    required: ["instId", "marginMode", "side", "size"],
    optional: [...SHARED, ...TRIGGERS],
    run: placeTpsl,
  },
  "POST /api/v1/trade/order-algo": {
    ...PLACING,
    required: ["instId", "marginMode", "side", "size", "orderType", "triggerPrice"],
    optional: [...SHARED, "orderPrice", "triggerPriceType", "attachAlgoOrders"],
    run: placeAlgo,
  },
  "POST /api/v1/trade/cancel-order": { ...PLACING, required: [], optional: ["instId", "orderId", "clientOrderId"], run: cancelOrder },
  "POST /api/v1/trade/cancel-batch-orders": {
    ...PLACING,
    array: true,
    required: [],
    optional: ["instId", "orderId", "clientOrderId"],
    run: cancelBatch,
  },
  "POST /api/v1/trade/cancel-tpsl": {
    ...PLACING,
    array: true,
    required: [],
    optional: ["instId", "tpslId", "clientOrderId"],
    run: cancelTpsl,
  },
  "POST /api/v1/trade/cancel-algo": { ...PLACING, required: [], optional: ["instId", "algoId", "clientOrderId"], run: cancelAlgo },
  "POST /api/v1/trade/close-position": {
    ...PLACING,
    required: ["instId", "marginMode"],
    optional: ["positionSide", "clientOrderId", "brokerId"],
    run: closePosition,
  },
};
