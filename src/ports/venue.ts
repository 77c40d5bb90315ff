import type { Decimal } from "../domain/money.ts";
import type { Order } from "../domain/order.ts";

/**
 * Where orders execute. Contract: `submit` is called once per client order id, after its attempt is durable; what it answers is evidence,
 * and `unknown` is a real answer. Protective orders that travel with an entry rest at the venue as soon as it fills.
 */
export interface Venue {
  submit(order: NewOrder): Promise<SubmitOutcome>;
  cancel(order: Order): Promise<CancelOutcome>;
  /** Looks for an order by its client order id. `absent` is proof; an error is no reading. */
  find(clientOrderId: string): Promise<"present" | "absent" | "no-reading">;
}

/** An order with the levels of the protective orders that belong to it, relative to its fill price. */
export interface NewOrder {
  readonly order: Order;
  readonly stopPct?: number;
  readonly takePct?: number;
  readonly trailingPct?: number;
}

export type SubmitOutcome =
  | { readonly kind: "accepted"; readonly venueOrderId: string }
  | { readonly kind: "rejected"; readonly code: string; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

export type CancelOutcome =
  | { readonly kind: "canceled" }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown"; readonly reason: string };

/** What an account holds at the venue, by currency. */
export type VenueBalances = ReadonlyMap<string, Decimal>;
