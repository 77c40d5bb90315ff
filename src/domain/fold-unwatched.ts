import type { DeskEvent } from "./events.ts";
import type { WallMs } from "./time.ts";

/** What nobody watches for a while: bots without prices, and accounts without a process. */
export type UnwatchedFact = Extract<DeskEvent, { type: "watch-blind" | "watch-sees" | "accounts-unplaced" | "accounts-placed" }>;

export interface Unwatched {
  /** Since when, and for which bots, the watch has no prices. */
  blind: { sinceMs: WallMs; bots: readonly string[] } | undefined;
  /** Since when, and which accounts, no process has. */
  unplaced: { sinceMs: WallMs; accounts: readonly string[] } | undefined;
}

/** Folds whose prices nobody watches, and which accounts no process has. */
export function applyUnwatched(state: Unwatched, event: UnwatchedFact): void {
  switch (event.type) {
    case "watch-blind":
      state.blind = { sinceMs: state.blind?.sinceMs ?? event.sinceMs, bots: [...(state.blind?.bots ?? []), ...event.bots] };
      return;
    case "watch-sees": {
      const { blind } = state;
      const left = event.bots ? (blind?.bots ?? []).filter((name) => !event.bots?.includes(name)) : [];
      state.blind = blind && left.length > 0 ? { sinceMs: blind.sinceMs, bots: left } : undefined;
      return;
    }
    case "accounts-unplaced":
      state.unplaced = { sinceMs: event.sinceMs, accounts: event.accounts };
      return;
    case "accounts-placed":
      state.unplaced = undefined;
  }
}
