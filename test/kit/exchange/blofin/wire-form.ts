import type { Decimal } from "../../../../src/domain/money.ts";
import type { DoorAnswer } from "../door.ts";
import type { AlgoRecord, FillRecord, OrderRecord, PositionRecord, TpslRecord, Triggers } from "../perpetual/types.ts";

/** What a route answers: its data, or why not. `rows` stand under a code of their own inside an answer. */
export type Outcome = { readonly data: unknown } | { readonly code: string; readonly msg: string; readonly data?: unknown };

export function answer(status: number, body: unknown, nowMs: number): DoorAnswer {
  const headers = { "content-type": "application/json", date: new Date(nowMs).toUTCString() };
  return { status, headers, body: JSON.stringify(body) };
}

/** Amounts as the venue prints them in orders and fills. */
export function long(value: Decimal): string {
  return value.toFixed(18);
}

function longOrNull(value: Decimal | undefined): string | null {
  return value === undefined ? null : long(value);
}

/** `-1`, at market, reads back as null. */
function limitOrNull(value: Decimal | undefined): string | null {
  return value === undefined || value.isNegative() ? null : long(value);
}

function triggers(record: Triggers): Record<string, string | null> {
  return {
    tpTriggerPrice: longOrNull(record.tpTriggerPrice),
    tpOrderPrice: limitOrNull(record.tpOrderPrice),
    slTriggerPrice: longOrNull(record.slTriggerPrice),
    slOrderPrice: limitOrNull(record.slOrderPrice),
  };
}

/** An order, with the fields that both the pending and the finished ones have. */
function orderCore(order: OrderRecord, denied: boolean): Record<string, unknown> {
  const filled = denied ? long(order.filled.minus(order.filled)) : long(order.filled);
  return {
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    instId: order.instId,
    marginMode: order.marginMode,
    positionSide: "net",
    side: order.side,
    orderType: order.type,
    price: long(order.price),
    size: long(order.size),
    reduceOnly: String(order.reduceOnly),
    leverage: String(order.leverage),
    state: denied ? "canceled" : order.state,
    filledSize: filled,
    averagePrice: long(order.averagePrice),
    fee: long(order.fee),
    pnl: long(order.pnl),
    createTime: String(order.createMs),
    updateTime: String(order.updateMs),
    orderCategory: order.category,
    ...triggers(order),
    algoClientOrderId: order.algoClientOrderId,
    algoId: order.algoId,
    brokerId: order.brokerId,
  };
}

export function pendingOrder(order: OrderRecord, denied: boolean): Record<string, unknown> {
  return { ...orderCore(order, denied), filled_amount: long(order.filled) };
}

/** Past orders as they were printed last: what an exchange says of them does not change, and it is asked for them again and again. */
const FINISHED = new WeakMap<OrderRecord, Record<string, unknown>>();

export function finishedOrder(order: OrderRecord, denied: boolean): Record<string, unknown> {
  const known = FINISHED.get(order);
  if (known && !denied) return known;
  const row = { ...orderCore(order, denied), cancelSource: order.cancelSource, cancelSourceReason: order.cancelReason };
  if (!denied) FINISHED.set(order, row);
  return row;
}

function tpslCore(record: TpslRecord): Record<string, unknown> {
  return {
    tpslId: record.id,
    clientOrderId: record.clientOrderId,
    instId: record.instId,
    marginMode: record.marginMode,
    positionSide: "net",
    side: record.side,
    size: record.size.toFixed(),
    reduceOnly: String(record.reduceOnly),
    leverage: String(record.leverage),
    state: record.state,
    actualSize: record.actualSize?.toFixed() ?? null,
    ...triggers(record),
    brokerId: record.brokerId,
  };
}

export function pendingTpsl(record: TpslRecord): Record<string, unknown> {
  return { ...tpslCore(record), createTime: String(record.createMs) };
}

/** As the documentation's example shows it: without a time. */
export function finishedTpsl(record: TpslRecord): Record<string, unknown> {
  return { ...tpslCore(record), orderType: null, triggerType: record.triggerType, orderCategory: record.category };
}

export function algoRow(record: AlgoRecord, finished: boolean): Record<string, unknown> {
  const { attached } = record;
  const price = (value: Decimal | undefined): string => value?.toFixed() ?? "";
  const legs = attached && {
    tpTriggerPrice: price(attached.tpTriggerPrice),
    tpOrderPrice: price(attached.tpOrderPrice),
    tpTriggerPriceType: "last",
    slTriggerPrice: price(attached.slTriggerPrice),
    slOrderPrice: price(attached.slOrderPrice),
    slTriggerPriceType: "last",
  };
  return {
    algoId: record.id,
    clientOrderId: record.clientOrderId,
    instId: record.instId,
    marginMode: record.marginMode,
    positionSide: "net",
    side: record.side,
    orderType: "trigger",
    size: record.size.toFixed(),
    ...(finished && { actualSize: record.actualSize?.toFixed() ?? "0" }),
    leverage: String(record.leverage),
    state: record.state,
    triggerPrice: long(record.triggerPrice),
    triggerPriceType: "last",
    brokerId: record.brokerId,
    attachAlgoOrders: legs ? [legs] : [],
  };
}

export function fillRow(fill: FillRecord): Record<string, unknown> {
  return {
    instId: fill.instId,
    tradeId: fill.id,
    orderId: fill.orderId,
    fillPrice: long(fill.price),
    fillSize: long(fill.size),
    fillPnl: long(fill.pnl),
    positionSide: "net",
    side: fill.side,
    fee: long(fill.fee),
    ts: String(fill.atMs),
    brokerId: "",
  };
}

/** What a position row shows beside the record itself. */
export interface PositionView {
  readonly markPrice: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly unrealized: Decimal;
  readonly liquidationPrice: Decimal;
}

export function positionRow(position: PositionRecord, view: PositionView): Record<string, unknown> {
  const { initialMargin, maintenanceMargin, unrealized } = view;
  const backed = initialMargin.plus(unrealized);
  const ratio = (over: Decimal, under: Decimal): string => (under.isZero() ? "0" : over.dividedBy(under).toFixed());
  return {
    positionId: position.id,
    instId: position.instId,
    instType: "SWAP",
    marginMode: position.marginMode,
    positionSide: "net",
    adl: "5",
    positions: position.contracts.toFixed(),
    availablePositions: position.contracts.toFixed(),
    averagePrice: long(position.averagePrice),
    ...(position.marginMode === "isolated" ? { margin: long(initialMargin) } : { initialMargin: initialMargin.toFixed() }),
    markPrice: view.markPrice.toFixed(),
    marginRatio: ratio(backed, maintenanceMargin),
    liquidationPrice: view.liquidationPrice.isZero() ? "" : view.liquidationPrice.toFixed(),
    unrealizedPnl: unrealized.toFixed(),
    unrealizedPnlRatio: ratio(unrealized, initialMargin),
    maintenanceMargin: maintenanceMargin.toFixed(),
    createTime: String(position.createMs),
    updateTime: String(position.updateMs),
    leverage: String(position.leverage),
  };
}
