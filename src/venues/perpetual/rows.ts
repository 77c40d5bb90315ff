import type { z } from "zod";
import { TransientError } from "../../domain/errors.ts";
import { decimal, min, ZERO } from "../../domain/money.ts";
import type { Balance, VenueFill, VenueOrder, VenuePosition } from "../../ports/live-venue.ts";
import { type Contract, type Fees, toBase } from "./contracts.ts";
import type { AlgoRow, BALANCES, FillRow, OrderRow, POSITION, TpslRow } from "./shapes.ts";

const AT_ONCE: ReadonlySet<string> = new Set(["market", "ioc", "fok"]);

/** Status words are hints: what of an order that executes at once remains has expired, what somebody canceled is canceled. */
function statusOf({ state, orderType }: OrderRow): VenueOrder["status"] {
  switch (state) {
    case "live":
    case "partially_filled":
      return "open";
    case "filled":
      return "filled";
    case "order_failed":
      return "rejected";
    default:
      return AT_ONCE.has(orderType) ? "expired" : "canceled";
  }
}

/** An order of the venue in our words, its quantities in base and not in contracts. */
export function orderOf(row: OrderRow, contract: Contract): VenueOrder {
  return {
    clientOrderId: row.clientOrderId,
    venueOrderIds: [row.orderId],
    symbol: contract.symbol,
    side: row.side,
    status: statusOf(row),
    quantity: toBase(contract, row.size),
    filledQuantity: toBase(contract, row.filledSize),
    createdMs: row.createTime,
    ...(row.updateTime !== undefined && { updatedMs: row.updateTime }),
  };
}

/**
 * A stop with its target. Once it has triggered it is the order that it became: that order's id stands beside its own, since fills name only that one.
 * `undefined` while that order cannot be seen yet.
 */
export function tpslOrderOf(row: TpslRow, contract: Contract, child: OrderRow | undefined, nowMs: number): VenueOrder | undefined {
  const size = toBase(contract, row.size);
  const base = {
    clientOrderId: row.clientOrderId,
    symbol: contract.symbol,
    side: row.side,
    createdMs: row.createTime ?? child?.createTime ?? nowMs,
    ...(row.slTriggerPrice && { stopPrice: row.slTriggerPrice }),
  };
  if (row.state === "effective") {
    if (!child) return undefined;
    const order = orderOf(child, contract);
    const { status, filledQuantity, updatedMs } = order;
    const quantity = size.isZero() ? order.quantity : size;
    const told = updatedMs === undefined ? {} : { updatedMs };
    return { ...base, ...told, venueOrderIds: [row.tpslId, child.orderId], status, quantity, filledQuantity };
  }
  const status = row.state === "live" ? "open" : row.state === "canceled" ? "canceled" : "rejected";
  return { ...base, venueOrderIds: [row.tpslId], status, quantity: size, filledQuantity: ZERO };
}

/** A conditional order, which the desk itself never places. Its later life is that of the order it becomes. */
export function algoOrderOf(row: AlgoRow, contract: Contract, nowMs: number): VenueOrder {
  const status = ({ live: "open", effective: "filled", canceled: "canceled", order_failed: "rejected" } as const)[row.state];
  return {
    clientOrderId: row.clientOrderId,
    venueOrderIds: [row.algoId],
    symbol: contract.symbol,
    side: row.side,
    status,
    quantity: toBase(contract, row.size),
    filledQuantity: ZERO,
    createdMs: row.createTime ?? nowMs,
    ...(row.triggerPrice && { stopPrice: row.triggerPrice }),
  };
}

/** The venue does not say whether a fill made or took liquidity: its fee does, being nearer to one of the two rates. */
export function fillOf(row: FillRow, contract: Contract, fees: Fees): VenueFill {
  const quantity = toBase(contract, row.fillSize);
  const betweenBps = (fees.makerFeeBps + fees.takerFeeBps) / 2;
  const between = quantity.times(row.fillPrice).times(decimal(betweenBps)).shiftedBy(-4);
  return {
    fillId: row.tradeId,
    venueOrderId: row.orderId,
    symbol: contract.symbol,
    side: row.side,
    price: row.fillPrice,
    quantity,
    fee: row.fee,
    feeCurrency: contract.settle,
    liquidity: row.fee.isLessThanOrEqualTo(between) ? "maker" : "taker",
    venueMs: row.ts,
  };
}

/** Cash, and how much of it backs nothing. The gain of open positions is in neither: it is no money yet. */
export function balancesOf(data: z.output<typeof BALANCES>): Map<string, Balance> {
  const held = new Map<string, Balance>();
  for (const { currency, balance, available } of data.details) {
    if (balance.isZero() && available.isZero()) continue;
    const free = balance.isNegative() ? ZERO : min(available, balance);
    held.set(currency, { free, locked: balance.minus(free) });
  }
  return held;
}

/** Nothing for a position that is closed. */
export function positionOf(row: z.output<typeof POSITION>, contract: Contract): VenuePosition | undefined {
  if (row.positions.isZero()) return undefined;
  if (!row.averagePrice?.isGreaterThan(0)) throw new TransientError(`the venue shows a position in ${contract.symbol} without a price`);
  const size = row.positionSide === "short" ? row.positions.abs().negated() : row.positions;
  return {
    symbol: contract.symbol,
    quantity: toBase(contract, size),
    entryPrice: row.averagePrice,
    liquidationPrice: row.liquidationPrice,
    leverage: row.leverage.toNumber(),
    marginMode: row.marginMode,
  };
}
