import type { Mode } from "../domain/bot.ts";
import type { RiskScope } from "../domain/limits.ts";

/** An entry that is only asked about: its arithmetic, or the reason of its denial with the code. */
export type EntryNow =
  | { readonly allowed: true; readonly arithmetic: string }
  | { readonly allowed: false; readonly code: string; readonly because: string };

/** One limit in force as people read it; of limits over several accounts there is one for each mode and currency. */
export interface LimitFacts {
  readonly scope: RiskScope;
  readonly mode: Mode;
  readonly currency: string;
  readonly name: string;
  readonly limit: string;
  readonly used: string;
}
