import type { Candle } from "../domain/candle.ts";
import type { BotBook, Execution } from "../domain/execution.ts";
import type { Order } from "../domain/order.ts";
import type { MarketMs } from "../domain/time.ts";

/**
 * Where orders execute. Contract: `submit` is called once per client order id, after its attempt is durable; what it answers is evidence,
 * and `unknown` is a real answer. Protective orders that belong to an entry rest at the venue from its first fill on.
 */
export interface Venue {
  submit(order: Order): Promise<SubmitOutcome>;
  cancel(order: Order): Promise<CancelOutcome>;
  /** Looks for an order by its client order id. `absent` is proof; an error is no reading. */
  find(clientOrderId: string): Promise<"present" | "absent" | "no-reading">;
}

/** A venue that our own market moves: paper. Executions are a pure function of the book and what the market showed. */
export interface PaperVenue extends Venue {
  onCandle(book: BotBook, candle: Candle): Execution[];
  onPrice(book: BotBook, price: number, at: MarketMs): Execution[];
}

export type SubmitOutcome =
  | { readonly kind: "accepted"; readonly venueOrderId: string }
  | { readonly kind: "rejected"; readonly code: string; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

export type CancelOutcome =
  | { readonly kind: "canceled" }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown"; readonly reason: string };
