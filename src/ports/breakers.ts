import type { Mode } from "../domain/bot.ts";
import type { BreakerName, BreakerSetting, OpenBreaker } from "../domain/breaker.ts";
import type { RiskScope } from "../domain/limits.ts";
import type { Caller } from "./engine.ts";

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

/** Breakers as commands see them. */
export interface Breakers {
  /** Every breaker of every account: what opens it, what it reads, and whether it is open. */
  all(): readonly BreakerFacts[];
  /** What opens a breaker at one level now: as somebody has set it, else as it is from the start. */
  setting(breaker: BreakerName, scope: RiskScope): BreakerSetting | undefined;
  /** Closes an open breaker; a drawdown counts from here on, also where only a limit looks at it. Throws UserError where there is nothing to reset. */
  reset(account: string, breaker: Pick<OpenBreaker, "breaker" | "scope">, reason: string, caller: Caller): Promise<void>;
}
