import type { Target } from "./exits.ts";
import type { Decimal } from "./money.ts";

/** What a fill led to. Quantities and results repeat what the fold of fills says, for readers of the stream; the levels are those of the protective orders that the venue now holds. */
export interface FillOutcome {
  readonly positionQuantity: Decimal;
  readonly entryPrice: Decimal | undefined;
  /** Result of this fill in quote after its fee; undefined for buys. */
  readonly realized: Decimal | undefined;
  /** The same less the share of the fees that opening had cost: what the trade made. Left out in records of earlier versions. */
  readonly result?: Decimal;
  /** Of an entry, where its stop lies. Of a sale by a stop on paper, the level at which the stop stood. */
  readonly stopPrice: Decimal | undefined;
  readonly takePrice: Decimal | undefined;
  /** Where there are several targets, all of them, nearest first. */
  readonly targets?: readonly Target[];
}
