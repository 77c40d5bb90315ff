import type { Decimal } from "./money.ts";
import type { MarketMs, WallMs } from "./time.ts";

/** What a bot makes of advice: nothing but telling it, or letting it take away. Where neither is said, it is not even asked for. */
export const ADVICE_MODES = ["advise", "veto"] as const;
export type AdviceMode = (typeof ADVICE_MODES)[number];

/** What the AI service thinks of one symbol, checked and as the desk keeps it. */
export interface Advice {
  readonly action: "buy" | "sell" | "hold";
  /** How sure the service says it is, 0 to 1. */
  readonly confidence: number;
  /** Its words: written by nobody who is trusted, cleaned and cut. */
  readonly reasons: readonly string[];
  /** Market time of the figures that it was asked about. */
  readonly marketMs: MarketMs;
  /** By its own word it is worth nothing after that. */
  readonly validUntilMs: WallMs;
  /** Marks the question that it answers. */
  readonly question: string;
}

/** Why there is none, in one sentence of ours. */
export interface NoAdvice {
  readonly none: string;
}

/** What became of an entry by advice: part of the decision's event. */
export interface AdviceUse {
  readonly mode: AdviceMode;
  /** `none`: there was none, and the entry is what it would be without a service. */
  readonly effect: "none" | "kept" | "cut" | "vetoed";
  readonly because: string;
  /** Left out where there was none. */
  readonly advice?: Omit<Advice, "validUntilMs">;
  /** What the entry would be without it, in base. */
  readonly quantityBefore: Decimal;
}
