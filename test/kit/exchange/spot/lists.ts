import type { Decimal } from "../../../../src/domain/money.ts";
import type { SpotOrder } from "./order.ts";

export type ListKind = "OCO" | "OTO" | "OTOCO" | "OPO" | "OPOCO";

/** One list of orders that hang together. */
export interface SpotOrderList {
  readonly id: number;
  readonly kind: ListKind;
  readonly clientId: string;
  readonly symbol: string;
  readonly accountKey: string;
  readonly acceptedMs: number;
  /** Goes to the book first; undefined in an OCO. */
  readonly working: SpotOrder | undefined;
  /** One, or two of which the first that moves ends the other. */
  readonly legs: readonly SpotOrder[];
  /** Since when nothing of it is open. */
  doneMs: number | undefined;
}

/** All orders of a list in the order in which the exchange names them. */
export function ordersOf(list: SpotOrderList): readonly SpotOrder[] {
  return list.working ? [list.working, ...list.legs] : list.legs;
}

/** What the documentation calls it: an OTOCO is an OTO whose pending part is an OCO. */
export function contingencyOf(list: SpotOrderList): "OCO" | "OTO" {
  return list.kind === "OCO" ? "OCO" : "OTO";
}

/** What an OPO's legs are sized from: everything that the working order received, less a fee that was taken in base. */
export function receivedBase(working: SpotOrder, base: string): Decimal {
  const fees = working.trades.filter(({ feeCoin }) => feeCoin === base);
  return fees.reduce((sum, { fee }) => sum.minus(fee), working.now.executed);
}
