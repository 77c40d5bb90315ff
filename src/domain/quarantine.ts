import { type Decimal, ZERO } from "./money.ts";
import type { Fill } from "./position.ts";

/** Fills that are remembered by their ids, so that a reading which shows them again books nothing twice. */
const FILL_IDS_MAX = 200;

/**
 * What orders in quarantine have filled in one symbol: a bot that decides nothing and holds no claim. The account's balances move by what the exchange
 * says of them; this says which part of that our mark has done. Quantities are in base, amounts in quote and without fees.
 */
export interface Quarantine {
  readonly bought: Decimal;
  readonly spent: Decimal;
  readonly sold: Decimal;
  readonly received: Decimal;
  readonly fills: number;
  readonly fillIds: readonly string[];
}

const EMPTY: Quarantine = { bought: ZERO, spent: ZERO, sold: ZERO, received: ZERO, fills: 0, fillIds: [] };

/** The name under which the fills of an account's quarantine in a symbol are shown, as `quarantine-main-BTC/USDT`. */
export function quarantineName(account: string, symbol: string): string {
  return `quarantine-${account}-${symbol}`;
}

/** The quarantine of a symbol after one more fill; the same when it knows the fill. */
export function withQuarantined(known: Quarantine | undefined, { fillId, side, price, quantity }: Fill): Quarantine {
  const before = known ?? EMPTY;
  if (before.fillIds.includes(fillId)) return before;
  const amount = price.times(quantity);
  const counted = { ...before, fills: before.fills + 1, fillIds: [...before.fillIds, fillId].slice(-FILL_IDS_MAX) };
  return side === "buy"
    ? { ...counted, bought: before.bought.plus(quantity), spent: before.spent.plus(amount) }
    : { ...counted, sold: before.sold.plus(quantity), received: before.received.plus(amount) };
}
