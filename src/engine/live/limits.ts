/** Every bound of trading at a real exchange in one place. */

/** A real position may be without a confirmed protective order for so long, counted from its first fill at the venue. */
export const NAKED_MAX_MS = 5_000;
/** An entry that could not be sent within this time of its decision is dropped. */
export const ENTRY_TTL_MS = 5_000;
/** How much worse than the last price an entry may fill. */
export const ENTRY_BOUND_PCT = 0.5;
/** How far below its trigger a stop may still sell, where the venue wants a price. */
export const STOP_LIMIT_SLACK_PCT = 1;
/** A triggered stop that has not closed the position by then is replaced by a sale at market. */
export const STOP_GRACE_MS = 5_000;
/** A stop is canceled for a sale only on a reading of it that is no older. */
export const FRESH_READ_MS = 2_000;
/** Complete negative readings after the fence that prove an attempt absent. */
export const NEGATIVES_NEEDED = 3;
/** Between probes of an unanswered attempt: doubling up to the first before the fence, the second after it. */
export const PROBE_BEFORE_FENCE_MAX_MS = 30_000;
export const PROBE_AFTER_FENCE_MS = 5_000;
/** Between readings of orders that should end at once, of protective orders at rest, of those that may be triggered, and of those whose price nobody says. */
export const POLL_WORKING_MS = 1_000;
export const POLL_RESTING_MS = 60_000;
export const POLL_NEAR_MS = 2_000;
export const POLL_BLIND_MS = 4_000;
/** A price so near a target may have been there between two looks at it: then it is as if nobody said one. */
export const NEAR_TARGET_PCT = 0.3;
/** A cancel that has shown no effect is asked for again. */
export const CANCEL_AGAIN_MS = 5_000;
/** Between tries to protect or to exit, by how many have failed. */
export const RETRY_MS: readonly number[] = [0, 1_000, 2_000, 5_000, 10_000, 30_000];
/** Between readings of fills while an answer stays out or was lost, while something works, and while nothing does. */
export const FILLS_UNANSWERED_MS = 3_000;
export const FILLS_WORKING_MS = 10_000;
export const FILLS_RESTING_MS = 90_000;
/** Between reconciliations of orders and balances. */
export const RECONCILE_MS = 60_000;
/** Two readings of a balance that agree are so far apart before a difference is booked. */
export const BALANCE_SETTLE_MS = 20_000;
/** Steps that one bot may take without giving way. */
export const STEPS_MAX = 100;
/** Prices older than this are not entered on. */
export const ENTRY_PRICE_AGE_MS = 2_000;
/** Refused entries within the window are counted; a breaker says how many are too many. At most so many are remembered. */
export const REJECTS_KEPT = 50;
export const REJECTS_WINDOW_MS = 600_000;
/** Refusals of the key in a row after which it counts as dead. */
export const KEY_REFUSALS_MAX = 3;
/** A clock further off than this stops entries. */
export const CLOCK_OFF_MAX_MS = 1_000;
/** Between measurements of the clock and readings of rules and key rights. */
export const CLOCK_EVERY_MS = 600_000;
export const RULES_EVERY_MS = 3_600_000;
export const KEY_EVERY_MS = 86_400_000;
/** Entries wait so long after an exchange said that it takes no orders. */
export const VENUE_PAUSE_MS = 60_000;
/** An order that the books have ended may be listed as open for so long, because lists lag. */
export const ORPHAN_AFTER_MS = 60_000;
/** Readings of a balance that must agree before a difference is booked. */
export const BALANCE_READINGS = 3;
/** How long a perpetual position must have been missing that no fill explains. */
export const UNEXPLAINED_MS = 180_000;
/** Balances may not show what our own orders did for so long. */
export const BALANCE_LAG_MS = 15_000;
/** Between readings of symbols in which nothing of ours runs, works or is held. */
export const IDLE_SYMBOL_MS = 600_000;
/** A stop in a symbol that is no longer listed, and that the next reading after the last one did not show, protects nothing that we know of. */
export const UNREAD_MAX_MS = POLL_RESTING_MS + 2_000;
/** The longest that entries wait after an exchange said again and again that it takes no orders. */
export const VENUE_PAUSE_MAX_MS = 900_000;
/** Between writings of how far trailing stops have followed, where nothing else is written. */
export const TRAILS_EVERY_MS = 60_000;
