import type { Decimal } from "../domain/money.ts";

/** One entry of a position that is built of several, as it would be in a fall. In quote, but for the share. */
export interface PlannedEntry {
  readonly share: Decimal;
  /** Undefined where no price is known yet. */
  readonly price: Decimal | undefined;
  readonly notional: Decimal | undefined;
}

/** The whole of such a position before anything is bought: all that it may come to. In quote. */
export interface PlanFacts {
  readonly entries: readonly PlannedEntry[];
  /** Undefined where the size is not known yet. */
  readonly whole: Decimal | undefined;
  /** How the whole is come by, or why it is not known. */
  readonly says: string;
  /** Average price once everything is bought, and the stop then. */
  readonly average: Decimal | undefined;
  readonly stopPrice: Decimal | undefined;
  /** What all of it loses at that stop, fees included. */
  readonly lossAtStop: Decimal | undefined;
}
