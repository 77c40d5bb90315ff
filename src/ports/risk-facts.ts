import type { Mode } from "../domain/bot.ts";
import type { BreakerName, BreakerSetting, OpenBreaker } from "../domain/breaker.ts";
import type { RiskScope } from "../domain/limits.ts";
import type { Decimal } from "../domain/money.ts";

/** An entry that is only asked about: its arithmetic, or the reason of its denial with the code. */
export type EntryNow =
  | { readonly allowed: true; readonly arithmetic: string }
  /** `sizeMin`: where only the size is too small for the market, one that is not, in quote. */
  | { readonly allowed: false; readonly code: string; readonly because: string; readonly sizeMin?: Decimal };

/** One limit in force as people read it; of limits over several accounts there is one for each mode and currency. */
export interface LimitFacts {
  readonly scope: RiskScope;
  readonly mode: Mode;
  readonly currency: string;
  readonly name: string;
  readonly limit: string;
  readonly used: string;
}

/** One breaker of one account as people read it. */
export interface BreakerFacts {
  readonly account: string;
  readonly mode: Mode;
  readonly breaker: BreakerName;
  readonly scope: RiskScope;
  /** What opens it; undefined where it is off, and only still open. */
  readonly setting: BreakerSetting | undefined;
  readonly open: OpenBreaker | undefined;
  /** What it reads now, in the unit of its rule; undefined where that cannot be said. */
  readonly reading: number | undefined;
}
