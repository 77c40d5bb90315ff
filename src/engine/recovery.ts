import type { DeskState } from "../domain/desk.ts";
import type { CrashReport } from "../domain/events.ts";
import { fromJson, toJson } from "../domain/money.ts";
import { type MarketMs, MINUTE_MS, marketMs, type WallMs } from "../domain/time.ts";
import type { Market } from "../ports/market.ts";
import type { Store } from "../ports/store.ts";
import { CRASH_WINDOW_MS } from "./limits.ts";
import { isActive } from "./valuation.ts";

/** When this desk was last known to live, and where its market stood: kept with the snapshots, every few seconds. */
export interface AliveMark {
  readonly wallMs: WallMs;
  readonly marketMs: MarketMs;
}

const ALIVE = "alive";

/** Keeps when this process was last seen at work. */
export async function saveAlive(store: Store, mark: AliveMark): Promise<void> {
  await store.saveSnapshot({ stream: ALIVE, sequence: 0, body: toJson(mark) });
}

/** When a process before this one was last seen at work; undefined at the first start, or where that was lost. */
export async function loadAlive(store: Store): Promise<AliveMark | undefined> {
  const snapshot = await store.loadSnapshot(ALIVE);
  return snapshot && (fromJson(snapshot.body) as AliveMark);
}

/** What the run before this one left behind: undefined when it ended by itself or there was none. */
export function crashReport(
  desk: DeskState,
  alive: AliveMark | undefined,
  wallMs: WallMs,
  cause: string | undefined,
): CrashReport | undefined {
  const last = desk.starts.at(-1);
  if (!last || last.stopped) return undefined;
  const crashesInWindow = desk.starts.filter(({ wallMs: startedMs, stopped }) => !stopped && wallMs - startedMs < CRASH_WINDOW_MS).length;
  const seenMs = Math.max(alive?.wallMs ?? 0, last.wallMs, desk.lastWallMs ?? 0);
  return {
    cause: cause ?? "the process was killed or lost power (no error was written)",
    awayMs: Math.max(0, wallMs - seenMs),
    crashesInWindow,
  };
}

/**
 * Where the market resumes: one step before the first instant that some active account has not left behind, because the step at which its
 * books end is decided once more; without active accounts where the market stood last.
 */
export function resumeAt(
  market: Market,
  accounts: readonly Parameters<typeof isActive>[0][],
  desk: DeskState,
  alive: AliveMark | undefined,
): MarketMs {
  const active = accounts.filter(isActive).map((account) => account.marketMs);
  if (active.length > 0) return marketMs(Math.min(...active) - MINUTE_MS);
  if (market.pace === "live") return market.startMs;
  return marketMs(Math.max(market.startMs, desk.marketMs, alive?.marketMs ?? 0, ...accounts.map((account) => account.marketMs)));
}
