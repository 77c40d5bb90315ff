/** Bounds of the whole engine, most of them shared by several of its files; those of accounts at exchanges are in `live/limits.ts`. */

/** One-minute steps that are asked of the market at once. */
export const STEPS_PER_BATCH = 1_440;
/** How long the pump runs before it lets chat and the store have the thread. */
export const BREATHE_EVERY_MS = 15;
/** Steps that one account may lag behind the market before the market waits for it. */
export const ACCOUNT_LAG_MAX = 600;
/** Minutes that a market entry works before what is left of it expires. */
export const ENTRY_WORKS_MINUTES = 5;
/** Bots of one owner, and of the whole desk. */
export const BOTS_PER_OWNER_MAX = 500;
export const BOTS_MAX = 20_000;
/** Wall time between snapshots of an account whose market position moved. */
export const SNAPSHOT_EVERY_MS = 10_000;
/** Crashes within this window count towards a safe start. */
export const CRASH_WINDOW_MS = 600_000;
/** Wall time that an account may be behind a fast market before its slots count as late; a beat brings many steps at once there. */
export const LATE_AFTER_MS = 2_000;
/** A beat and a writing older than these are a problem: commands would wait. */
export const BEAT_STALE_MS = 5_000;
export const STORE_STALE_MS = 15_000;
/** A watch older than this is said to be blind. */
export const WATCH_STALE_MS = 10_000;
/** Prices older than this are not traded on. */
export const PRICE_FRESH_MS = 2_000;
/** A bid and an ask older than these are none. */
export const QUOTE_AGE_MAX_MS = 5_000;
/** Wall time that a shutdown may take before the process ends anyway. */
export const SHUTDOWN_MS = 5_000;
/** How much of it whatever is under way gets to end by itself, and again once its exchanges were cut off. */
export const STOP_SETTLE_MS = 1_250;
