import type { Decimal } from "../domain/money.ts";

/** One entry of a position that is built of several, as it would be in a fall. In quote, but for the share. */
export interface PlannedEntry {
  readonly share: Decimal;
  /** Undefined where no price is known yet. */
  readonly price: Decimal | undefined;
  readonly notional: Decimal | undefined;
  /** It is bought. */
  readonly isHeld?: true;
}

/** The whole of such a position: all that it may come to, with what is bought of it. In quote. */
export interface PlanFacts {
  readonly entries: readonly PlannedEntry[];
  /** Undefined where the size is not known yet. */
  readonly whole: Decimal | undefined;
  /** How the whole is come by, or why it is not known; empty where it was sized when it began. */
  readonly says: string;
  /** Average price once everything is bought, and the stop then. */
  readonly average: Decimal | undefined;
  readonly stopPrice: Decimal | undefined;
  /** What all of it loses at that stop, fees included. */
  readonly lossAtStop: Decimal | undefined;
}
