import { type Decimal, decimal, min, ZERO } from "../../../../src/domain/money.ts";
import type { Account, Market } from "./account.ts";
import { traded } from "./margin.ts";
import type { Category, Contract, LedgerRow, OrderRecord, OrderType, Side, TpslRecord, Triggers } from "./types.ts";

/** What a new order is to be. */
export interface OrderDraft extends Triggers {
  readonly instId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly marginMode: "cross" | "isolated";
  readonly size: Decimal;
  readonly price?: Decimal;
  readonly reduceOnly: boolean;
  readonly clientOrderId: string;
  readonly brokerId: string;
  readonly category?: Category;
  readonly algoId?: string;
  readonly algoClientOrderId?: string;
}

export function newOrder(market: Market, account: Account, draft: OrderDraft, nowMs: number): OrderRecord {
  const { instId, marginMode, size, side, type, reduceOnly, clientOrderId, brokerId } = draft;
  const triggers: Triggers = {
    ...(draft.slTriggerPrice && { slTriggerPrice: draft.slTriggerPrice }),
    ...(draft.slOrderPrice && { slOrderPrice: draft.slOrderPrice }),
    ...(draft.tpTriggerPrice && { tpTriggerPrice: draft.tpTriggerPrice }),
    ...(draft.tpOrderPrice && { tpOrderPrice: draft.tpOrderPrice }),
  };
  const shared = { instId, marginMode, size, side, type, reduceOnly, clientOrderId, brokerId, createMs: nowMs, updateMs: nowMs };
  return {
    ...shared,
    ...triggers,
    kind: "order",
    id: market.nextId("order"),
    price: draft.price ?? ZERO,
    leverage: account.leverage(instId, marginMode),
    state: "live",
    filled: ZERO,
    averagePrice: ZERO,
    fee: ZERO,
    pnl: ZERO,
    category: draft.category ?? "normal",
    cancelSource: "not_canceled",
    cancelReason: null,
    algoId: draft.algoId ?? "",
    algoClientOrderId: draft.algoClientOrderId ?? "",
  };
}

/** The part of an order that may trade: a reducing one never opens. */
export function tradable(account: Account, order: OrderRecord): Decimal {
  const rest = order.size.minus(order.filled);
  if (!order.reduceOnly) return rest;
  const held = account.position(order.instId, order.marginMode)?.contracts ?? ZERO;
  const reduces = order.side === "sell" ? held.isPositive() : held.isNegative();
  return reduces ? min(rest, held.abs()) : ZERO;
}

/** One execution: fill, fee, position and money, in one instant. Answers the order as it is then. */
export function execute(
  market: Market,
  account: Account,
  order: OrderRecord,
  size: Decimal,
  price: Decimal,
  liquidity: "maker" | "taker",
  nowMs: number,
): OrderRecord {
  const contract = market.contract(order.instId)!;
  const held = account.position(order.instId, order.marginMode);
  const after = traded(held?.contracts ?? ZERO, held?.averagePrice ?? ZERO, order.side, size, price, contract.contractValue);
  const rate = order.category === "full_liquidation" ? ZERO : liquidity === "maker" ? contract.makerRate : contract.takerRate;
  const fee = size.times(contract.contractValue).times(price).times(rate);
  const { instId, side } = order;
  account.addFill({
    id: market.nextId("trade"),
    orderId: order.id,
    instId,
    side,
    price,
    size,
    pnl: after.pnl,
    fee,
    liquidity,
    atMs: nowMs,
  });
  account.book(pnlKind(order.category), instId, after.pnl, nowMs);
  account.book("fee", instId, fee.negated(), nowMs);
  account.putPosition(
    {
      id: held?.id ?? market.nextId("position"),
      instId,
      marginMode: order.marginMode,
      contracts: after.contracts,
      averagePrice: after.averagePrice,
      leverage: held?.leverage ?? order.leverage,
      realizedPnl: (held?.realizedPnl ?? ZERO).plus(after.pnl).minus(fee),
      createMs: held?.createMs ?? nowMs,
      updateMs: nowMs,
    },
    nowMs,
  );
  const filled = order.filled.plus(size);
  const cost = order.averagePrice.times(order.filled).plus(price.times(size));
  const next: OrderRecord = {
    ...order,
    filled,
    averagePrice: cost.dividedBy(filled),
    fee: order.fee.plus(fee),
    pnl: order.pnl.plus(after.pnl),
    state: filled.isEqualTo(order.size) ? "filled" : "partially_filled",
    updateMs: nowMs,
  };
  const armed = armAttached(market, account, next, contract, nowMs);
  account.putOrder(armed, nowMs);
  return armed;
}

function pnlKind(category: Category): LedgerRow["kind"] {
  return category === "full_liquidation" ? "liquidation" : category === "adl" ? "adl" : "pnl";
}

/** Triggers attached to an order rest from its first fill on, for as much as has filled. */
function armAttached(market: Market, account: Account, order: OrderRecord, contract: Contract, nowMs: number): OrderRecord {
  if (!order.slTriggerPrice && !order.tpTriggerPrice) return order;
  const known = order.attachedId === undefined ? undefined : account.tpsl.latest(order.attachedId);
  if (known && known.state !== "live") return order;
  const record: TpslRecord = {
    kind: "tpsl",
    id: known?.id ?? market.nextId("tpsl"),
    clientOrderId: "",
    instId: contract.instId,
    side: order.side === "buy" ? "sell" : "buy",
    marginMode: order.marginMode,
    size: order.filled,
    reduceOnly: true,
    leverage: order.leverage,
    brokerId: order.brokerId,
    createMs: known?.createMs ?? nowMs,
    updateMs: nowMs,
    state: "live",
    actualSize: null,
    triggerType: null,
    category: "normal",
    ...(order.slTriggerPrice && { slTriggerPrice: order.slTriggerPrice, slOrderPrice: order.slOrderPrice ?? decimal(-1) }),
    ...(order.tpTriggerPrice && { tpTriggerPrice: order.tpTriggerPrice, tpOrderPrice: order.tpOrderPrice ?? decimal(-1) }),
  };
  account.putTpsl(record, nowMs);
  return { ...order, attachedId: record.id };
}

/** Ends an order that will trade no more. */
export function endOrder(account: Account, order: OrderRecord, source: string, reason: string, nowMs: number): OrderRecord {
  const state = order.filled.isZero() ? ("canceled" as const) : ("partially_canceled" as const);
  const ended = { ...order, state, cancelSource: source, cancelReason: reason, updateMs: nowMs };
  account.putOrder(ended, nowMs);
  return ended;
}
