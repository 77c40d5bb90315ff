import { type Decimal, ZERO } from "./money.ts";
import type { Side } from "./order.ts";
import type { MarketMs } from "./time.ts";

/** One execution of an order. `fillId` is the venue's and unique per venue and symbol: the position moves on it exactly once. */
export interface Fill {
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly fee: Decimal;
  readonly feeCurrency: string;
  readonly liquidity: "maker" | "taker";
  readonly marketMs: MarketMs;
}

/** What a bot holds: a pure fold of its fills. Long only. Cost is what the open quantity was bought for, in quote, without fees. */
export interface Position {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  /** Result of everything sold so far in quote, before fees. */
  readonly grossRealized: Decimal;
  readonly feesPaid: Decimal;
  readonly openedMs: MarketMs | undefined;
  readonly fillCount: number;
}

export const FLAT: Position = { quantity: ZERO, cost: ZERO, grossRealized: ZERO, feesPaid: ZERO, openedMs: undefined, fillCount: 0 };

export function isFlat(position: Position): boolean {
  return position.quantity.isZero();
}

/** Average price of the open quantity in quote; undefined when flat. */
export function entryPrice(position: Position): Decimal | undefined {
  return isFlat(position) ? undefined : position.cost.dividedBy(position.quantity);
}

/** Result of closed quantity in quote after all fees paid so far. */
export function netRealized(position: Position): Decimal {
  return position.grossRealized.minus(position.feesPaid);
}

/** Result of the open quantity in quote at a price, before the fee of selling it. */
export function unrealizedAt(position: Position, price: Decimal): Decimal {
  return position.quantity.times(price).minus(position.cost);
}

/**
 * The position after one fill. A buy adds cost; a sell takes its share of the cost by average, and the last sell takes all of
 * the rest, so that cost and result add up exactly. A fee in base lowers the quantity, a fee in quote is counted in `feesPaid`.
 */
export function applyFill(position: Position, fill: Fill, base: string): Position {
  const feeInBase = fill.feeCurrency === base;
  const feesPaid = feeInBase ? position.feesPaid : position.feesPaid.plus(fill.fee);
  const fillCount = position.fillCount + 1;
  const proceeds = fill.price.times(fill.quantity);
  if (fill.side === "buy") {
    const received = feeInBase ? fill.quantity.minus(fill.fee) : fill.quantity;
    const openedMs = position.openedMs ?? fill.marketMs;
    return { ...position, quantity: position.quantity.plus(received), cost: position.cost.plus(proceeds), feesPaid, openedMs, fillCount };
  }
  if (fill.quantity.isGreaterThan(position.quantity)) {
    throw new Error(
      `fill ${fill.fillId} sells ${fill.quantity.toFixed()} of ${position.quantity.toFixed()}: a spot position cannot go below zero`,
    );
  }
  const quantity = position.quantity.minus(fill.quantity);
  const costSold = quantity.isZero() ? position.cost : position.cost.times(fill.quantity).dividedBy(position.quantity);
  const grossRealized = position.grossRealized.plus(proceeds).minus(costSold);
  return {
    quantity,
    cost: position.cost.minus(costSold),
    grossRealized,
    feesPaid,
    openedMs: quantity.isZero() ? undefined : position.openedMs,
    fillCount,
  };
}
