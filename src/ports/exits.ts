import type { Decimal } from "../domain/money.ts";
import type { MarketMs } from "../domain/time.ts";

/** One level at which a position closes, whole or in part. */
export interface ExitFacts {
  /** `later` is a level at which nothing is sold yet: there the stop begins to move. */
  readonly kind: "stop" | "target" | "time" | "later";
  /** As "stop loss" or "target 1 of 2". */
  readonly what: string;
  /** Where, as a price; a time stop has a time instead. */
  readonly price?: Decimal;
  readonly atMs?: MarketMs;
  /** How much it sells, in base. */
  readonly quantity: Decimal;
  readonly heldBy: "venue" | "desk";
}
