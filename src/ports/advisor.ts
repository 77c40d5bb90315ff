import type { Advice, NoAdvice } from "../domain/advice.ts";

/** What an AI service thinks, from memory. Nothing here waits or asks anybody: a slot decides with what is known by then. */
export interface Advisor {
  /** On a symbol of a market. It may be old: whoever uses it looks at its age. */
  on(market: string, symbol: string): Advice | NoAdvice;
}
