import { type Decimal, max, min, ZERO } from "./money.ts";
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

/** What a bot holds: a pure fold of its fills. Negative when short, which only perpetuals can be. Cost is what the open quantity was bought for, in quote, without fees. */
export interface Position {
  readonly quantity: Decimal;
  readonly cost: Decimal;
  /** Result of everything sold so far in quote, before fees. */
  readonly grossRealized: Decimal;
  readonly feesPaid: Decimal;
  /** Fees in quote of what opened the open quantity; each closing takes its share. Left out in books of earlier versions. */
  readonly entryFees?: Decimal;
  readonly openedMs: MarketMs | undefined;
  readonly fillCount: number;
}

export const FLAT: Position = {
  quantity: ZERO,
  cost: ZERO,
  grossRealized: ZERO,
  feesPaid: ZERO,
  entryFees: ZERO,
  openedMs: undefined,
  fillCount: 0,
};

/** Whether nothing is held, neither long nor short. */
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

/** What a fill that closes made, in quote: `realized` after its own fee, `result` also after its share of the fees that opening had cost. */
export function closingResult(
  before: Position,
  after: Position,
  feeInQuote: Decimal,
): { readonly realized: Decimal; readonly result: Decimal } {
  const realized = after.grossRealized.minus(before.grossRealized).minus(feeInQuote);
  return { realized, result: realized.minus(entryFeesOf(before).minus(entryFeesOf(after))) };
}

function entryFeesOf({ entryFees = ZERO }: Position): Decimal {
  return entryFees;
}

/** Result of the open quantity in quote at a price, before the fee of selling it. */
export function unrealizedAt(position: Position, price: Decimal): Decimal {
  return position.quantity.times(price).minus(position.cost);
}

/** Whether a symbol is a perpetual contract, as `BTC/USDT:USDT`. */
export function isPerpetual(symbol: string): boolean {
  return symbol.includes(":");
}

/**
 * The position after one fill. What opens adds cost; what closes takes its share of the cost by average, and the last one takes all of the rest, so that
 * cost and result add up exactly. A fee in base lowers a spot position, that of a sale as far as the account has nothing of the coin `beyond` its positions
 * to pay it with; a fee in quote is counted in `feesPaid`. A perpetual may be short: its quantity and cost are then negative.
 */
export function applyFill(position: Position, fill: Fill, base: string, beyond: Decimal = ZERO): Position {
  const [, rest = ""] = fill.symbol.split("/");
  const feeInBase = fill.feeCurrency === base;
  const feeInQuote = fill.feeCurrency === rest.split(":")[0];
  const feesPaid = feeInQuote ? position.feesPaid.plus(fill.fee) : position.feesPaid;
  const counted = { ...position, feesPaid, fillCount: position.fillCount + 1 };
  if (fill.quantity.isZero()) return counted;
  const signed = fill.side === "buy" ? fill.quantity : fill.quantity.negated();
  const opens = isFlat(position) ? isPerpetual(fill.symbol) || fill.side === "buy" : position.quantity.isNegative() === signed.isNegative();
  if (opens) {
    const received = feeInBase ? signed.minus(fill.fee) : signed;
    return {
      ...counted,
      quantity: position.quantity.plus(received),
      cost: position.cost.plus(signed.times(fill.price)),
      entryFees: feeInQuote ? entryFeesOf(position).plus(fill.fee) : entryFeesOf(position),
      openedMs: position.openedMs ?? fill.marketMs,
    };
  }
  if (fill.quantity.isGreaterThan(position.quantity.abs())) {
    throw new Error(
      `fill ${fill.fillId} ${fill.side}s ${fill.quantity.toFixed()} of ${position.quantity.toFixed()}: a position cannot go below zero`,
    );
  }
  const left = closed(counted, signed, fill.price);
  const owed = feeInBase && !isPerpetual(fill.symbol) ? min(fill.fee.minus(max(beyond, ZERO)), left.quantity) : ZERO;
  return owed.isGreaterThan(0) ? closed(left, owed.negated(), ZERO) : left;
}

/**
 * The part of a fill at a real exchange that is the position's. What an order that only closes moved beyond it was somebody else's, its owner's own coins or
 * contracts, and the account's balances and positions say so.
 */
export function coveredPart({ quantity }: Position, fill: Fill, opens: boolean): Fill {
  if (opens) return fill;
  const most = quantity.isNegative() === (fill.side === "buy") ? quantity.abs() : ZERO;
  return fill.quantity.isGreaterThan(most) ? { ...fill, quantity: most } : fill;
}

/**
 * A position whose coins leave it without an order of ours: at a price when they were sold by hand, at their cost when they only move. No more than it has:
 * an earlier version may have written that more left it.
 */
export function reducePosition(position: Position, quantity: Decimal, price: Decimal | undefined): Position {
  const most = min(quantity, position.quantity.abs());
  const signed = position.quantity.isNegative() ? most : most.negated();
  const entry = entryPrice(position);
  return entry === undefined ? position : closed(position, signed, price ?? entry);
}

function closed(position: Position, signed: Decimal, price: Decimal): Position {
  const quantity = position.quantity.plus(signed);
  const shareOf = (whole: Decimal) => (quantity.isZero() ? whole : whole.times(signed.abs()).dividedBy(position.quantity.abs()));
  const costClosed = shareOf(position.cost);
  const entryFees = entryFeesOf(position);
  return {
    ...position,
    quantity,
    cost: position.cost.minus(costClosed),
    grossRealized: position.grossRealized.minus(signed.times(price)).minus(costClosed),
    entryFees: entryFees.minus(shareOf(entryFees)),
    openedMs: quantity.isZero() ? undefined : position.openedMs,
  };
}
