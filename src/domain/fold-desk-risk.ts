import { type BreakerName, type BreakerSettings, breakerKey } from "./breaker.ts";
import type { DeskEvent } from "./events.ts";
import type { EntryLock, Limits, RiskScope } from "./limits.ts";
import type { MarketMs, WallMs } from "./time.ts";

/** Who asked for a reset, when, and for which opening of the breaker. */
export interface AskedReset {
  readonly by: string;
  readonly atMs: WallMs;
  readonly sinceMs: MarketMs;
}

/** What people have set about risk. */
export interface DeskRisk {
  /** Limits by what they are about. */
  limits: Map<RiskScope, Limits>;
  /** Breakers as people have set them, by what they are about. */
  breakers: Map<RiskScope, BreakerSettings>;
  /** Resets that wait for a second person or for the end of a wait, by account and breaker. */
  resets: Map<string, AskedReset>;
  /** Entries that are locked, by what they are about. */
  locks: Map<RiskScope, EntryLock>;
}

export type DeskRiskFact = Extract<
  DeskEvent,
  { type: "limits-set" | "breaker-set" | "reset-asked" | "entries-locked" | "entries-unlocked" }
>;

/** Folds what people have set and asked about breakers and limits. */
export function applyDeskRisk(state: DeskRisk, event: DeskRiskFact): void {
  switch (event.type) {
    case "breaker-set": {
      const { [event.breaker]: _, ...others } = state.breakers.get(event.scope) ?? {};
      const settings: BreakerSettings = event.setting === undefined ? others : { ...others, [event.breaker]: event.setting };
      if (Object.keys(settings).length === 0) state.breakers.delete(event.scope);
      else state.breakers.set(event.scope, settings);
      return;
    }
    case "reset-asked":
      state.resets.set(resetKey(event.account, event), { by: event.by, atMs: event.atMs, sinceMs: event.sinceMs });
      return;
    case "limits-set":
      if (Object.keys(event.limits).length === 0) state.limits.delete(event.scope);
      else state.limits.set(event.scope, event.limits);
      return;
    case "entries-locked":
      state.locks.set(event.lock.scope, event.lock);
      return;
    case "entries-unlocked":
      state.locks.delete(event.scope);
  }
}

/** One account's breaker. */
export function resetKey(account: string, breaker: { readonly breaker: BreakerName; readonly scope: RiskScope }): string {
  return `${account} ${breakerKey(breaker)}`;
}
