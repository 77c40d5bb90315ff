import type { Advice, NoAdvice } from "../domain/advice.ts";

/** A symbol of a market that some running bot wants advice on. */
export interface AdvisedSymbol {
  readonly market: string;
  readonly symbol: string;
}

/** What an AI service thinks, from memory. Nothing here waits or asks anybody: a slot decides with what is known by then. */
export interface Advisor {
  /** On a symbol of a market. It may be old: whoever uses it looks at its age. */
  on(market: string, symbol: string): Advice | NoAdvice;
}
