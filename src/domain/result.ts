import { type Decimal, ZERO } from "./money.ts";
import type { Fill } from "./position.ts";

/** Results are kept per quarter of an hour, because every time zone's day begins on one. */
export const RESULT_BUCKET_MS = 15 * 60_000;

export interface Result {
  readonly realized: Decimal;
  readonly fees: Decimal;
  /** The part of the fees that was paid for making liquidity. */
  readonly makerFees: Decimal;
  /** Fees in a third coin, which are in no other figure here. */
  readonly otherFees: ReadonlyMap<string, Decimal>;
  /** Results of the closing fills above zero, and of those below it without their sign, each with its share of the fees of opening. */
  readonly gains: Decimal;
  readonly losses: Decimal;
  /** What fills of a strategy's orders were worse than the price that it had decided at, in quote; better ones lower it. */
  readonly slippage: Decimal;
  /** What those orders were worth at the prices that were decided at. */
  readonly decided: Decimal;
  readonly fills: number;
  readonly closes: number;
  readonly wins: number;
}

export const NO_RESULT: Result = {
  ...{ realized: ZERO, fees: ZERO, makerFees: ZERO, otherFees: new Map(), gains: ZERO, losses: ZERO, slippage: ZERO, decided: ZERO },
  ...{ fills: 0, closes: 0, wins: 0 },
};

/** The quarter of an hour in which something happened. */
export function bucketOf(epochMs: number): number {
  return epochMs - (epochMs % RESULT_BUCKET_MS);
}

/**
 * What one fill did, with what it made where it closed something. Fees in a third coin stay in that coin, because results are in quote. The fee of opening
 * is realized when it is paid; whether a closing fill won is asked of its `result`, which has its share of that fee.
 */
export function resultOf(
  fill: Fill,
  closing: { readonly realized: Decimal; readonly result: Decimal } | undefined,
  {
    feeInBase,
    feeInQuote,
    decidedAt,
  }: { readonly feeInBase: boolean; readonly feeInQuote: boolean; readonly decidedAt?: Decimal | undefined },
): Result {
  const fees = feeInBase ? fill.fee.times(fill.price) : feeInQuote ? fill.fee : ZERO;
  return {
    realized: closing?.realized ?? (feeInBase ? ZERO : fees.negated()),
    fees,
    makerFees: fill.liquidity === "maker" ? fees : ZERO,
    otherFees: feeInBase || feeInQuote || fill.fee.isZero() ? NO_RESULT.otherFees : new Map([[fill.feeCurrency, fill.fee]]),
    gains: closing?.result.isGreaterThan(0) ? closing.result : ZERO,
    losses: closing?.result.isLessThan(0) ? closing.result.negated() : ZERO,
    slippage:
      decidedAt === undefined
        ? ZERO
        : fill.price
            .minus(decidedAt)
            .times(fill.quantity)
            .times(fill.side === "buy" ? 1 : -1),
    decided: decidedAt === undefined ? ZERO : decidedAt.times(fill.quantity),
    fills: 1,
    closes: closing === undefined ? 0 : 1,
    wins: closing?.result.isGreaterThan(0) ? 1 : 0,
  };
}

/** Adds a result to the quarter of an hour that an instant lies in. */
export function addToBucket(results: Map<number, Result>, epochMs: number, result: Result): void {
  const bucket = bucketOf(epochMs);
  results.set(bucket, addResults(results.get(bucket) ?? NO_RESULT, result));
}

/** Two results together, each figure by itself. */
export function addResults(a: Result, b: Result): Result {
  return {
    realized: sumOf(a.realized, b.realized),
    fees: sumOf(a.fees, b.fees),
    makerFees: sumOf(a.makerFees, b.makerFees),
    otherFees: addCoins(a.otherFees, b.otherFees),
    gains: sumOf(a.gains, b.gains),
    losses: sumOf(a.losses, b.losses),
    slippage: sumOf(a.slippage, b.slippage),
    decided: sumOf(a.decided, b.decided),
    fills: a.fills + b.fills,
    closes: a.closes + b.closes,
    wins: a.wins + b.wins,
  };
}

/** Most of what is added up is nothing: sums of it cost no arithmetic, and a result alone in its quarter shares its numbers with the fill. */
function sumOf(a: Decimal, b: Decimal): Decimal {
  if (b.isZero()) return a;
  return a.isZero() ? b : a.plus(b);
}

function addCoins(a: Result["otherFees"], b: Result["otherFees"]): Result["otherFees"] {
  if (b.size === 0) return a;
  const sums = new Map(a);
  for (const [coin, fee] of b) sums.set(coin, (sums.get(coin) ?? ZERO).plus(fee));
  return sums;
}
