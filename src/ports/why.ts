import type { Signal } from "../domain/signal.ts";
import type { MarketMs } from "../domain/time.ts";
import type { Explanation, PositionFacts } from "./strategy.ts";

/** Something that must be so before a bot acts. */
export interface WhyGate {
  /** As `running`. */
  readonly name: string;
  readonly isOpen: boolean;
  /** What is the case, as `halted: news`. */
  readonly says: string;
}

/** One decision, with everything that it saw. */
export interface WhyDecision {
  readonly slotMs: MarketMs;
  readonly closedMs: MarketMs;
  readonly signal: Signal;
  /** Close and indicators, by the strategy's names. */
  readonly values: Readonly<Record<string, number>>;
  /** Every term of the rules; undefined where the strategy is code. */
  readonly explanation: Explanation | undefined;
  readonly position: PositionFacts;
  /** What became of it, where it was more than a hold. */
  readonly outcome: string | undefined;
  /** What advice made of an entry that was allowed, where the bot asks for any. */
  readonly advice?: string | undefined;
}

/** Why a bot did what it did, or did not. */
export interface WhyFacts {
  /** Undefined where it has decided nothing since this process runs. */
  readonly decision: WhyDecision | undefined;
  /** Why there is no decision, where that is known. */
  readonly silent?: string;
  /** As they are now, in the order in which they are asked. */
  readonly gates: readonly WhyGate[];
}
