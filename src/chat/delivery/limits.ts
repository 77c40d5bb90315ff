import { MINUTE_MS, SECOND_MS } from "../../domain/time.ts";

/** Events read from a stream at once. */
export const PAGE = 200;
/** Ordinary alerts of one channel that are in memory; the rest waits in the streams. */
export const ORDINARY_MAX = 200;
/** Ordinary alerts of one channel that quiet hours do not hold, beside those that they do. */
export const EARLY_MAX = 200;
/** Critical alerts of one channel that are in memory. */
export const CRITICAL_MAX = 500;
/** Messages whose ledger rows share a commit: as many as are sent in so much time, and never more than the maximum. */
export const BATCH_SPAN_MS = 50;
export const BATCH_MAX = 20;

/** Denials of a stream that say nothing new and are remembered until the cursor is past them. */
export const REPEATS_MAX = 100_000;

/** Alike alerts within a minute that are shown one by one; further ones share a message that is edited. */
export const FOLD_AFTER = 5;
export const FOLD_WINDOW_MS = MINUTE_MS;
/** Fold keys that are remembered per channel. */
export const FOLDS_MAX = 1_000;

export const BACKOFF_FIRST_MS = SECOND_MS;
export const BACKOFF_MAX_MS = MINUTE_MS;
/** While something critical waits: with the longest send it stays below the minute in which a critical alert must arrive. */
export const BACKOFF_CRITICAL_MAX_MS = 10 * SECOND_MS;
/** A send without an answer for so long counts as one whose answer was lost. */
export const SEND_MAX_MS = 45 * SECOND_MS;
/** After so many failed tries a view is reduced to its sentences, for the rest of it may be what the platform does not take. */
export const PLAIN_AFTER = 6;
/** A channel that has not taken anything for so long hands its critical alerts to another platform, too. */
export const FAILOVER_AFTER_MS = 10 * SECOND_MS;

/** How often a channel that cannot deliver looks again. */
export const LOOK_AGAIN_MS = SECOND_MS;
/** Cursors that moved over nothing but silent events are written at most this often. */
export const CURSORS_EVERY_MS = 5 * SECOND_MS;
/** Time for the last ledger commit when the desk stops. */
export const LAST_COMMIT_MAX_MS = 5 * SECOND_MS;
