import type { Decimal } from "../domain/money.ts";

/** What stands behind one order on a perpetual contract. */
export interface MarginFacts {
  readonly leverage: number;
  /** In quote. */
  readonly margin: Decimal;
  /** Where the exchange would close the position, reckoned on the safe side; undefined where it never would. */
  readonly liquidationPrice: Decimal | undefined;
  readonly stopPrice: Decimal | undefined;
}

export interface CeilingFacts {
  readonly limit: Decimal;
  readonly currency: string;
  /** Positions and working entries of all live accounts at the last prices; undefined while a price between their currencies is missing. */
  readonly atRisk: Decimal | undefined;
}

/** What a reconciliation found and did, one sentence each. */
export interface ReconcileFacts {
  readonly findings: readonly string[];
  readonly complete: boolean;
}

/** One assumption that a drill looked at. */
export interface DrillStep {
  readonly assumption: string;
  readonly outcome: "confirmed" | "refuted" | "not tested";
  readonly detail: string;
}
