import type { Target } from "./exits.ts";
import type { Decimal } from "./money.ts";

/** What a fill led to. Quantities and results repeat what the fold of fills says, for readers of the stream; the levels are those of the protective orders that the venue now holds. */
export interface FillOutcome {
  readonly positionQuantity: Decimal;
  readonly entryPrice: Decimal | undefined;
  /** Result of this fill in quote after its fee; undefined for buys. */
  readonly realized: Decimal | undefined;
  readonly stopPrice: Decimal | undefined;
  readonly takePrice: Decimal | undefined;
  /** Where there are several targets, all of them, nearest first. */
  readonly targets?: readonly Target[];
}
