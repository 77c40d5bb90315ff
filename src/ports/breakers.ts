import type { Mode } from "../domain/bot.ts";
import type { BreakerName, BreakerSetting, OpenBreaker } from "../domain/breaker.ts";
import type { RiskScope } from "../domain/limits.ts";

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
