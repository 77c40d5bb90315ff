/**
 * For so long after a takeover, each acquisition of that stream is one: who took it may give it back at once, while what the process before it sent last is
 * still on its way. Longer than any exchange takes a request.
 */
export const TAKEOVER_MS = 120_000;

/** Asks that one look finds. The others are found by the next one. */
export const OPEN_ASKS_MAX = 1_000;
