/** Asks that one look finds. The others are found by the next one. */
export const OPEN_ASKS_MAX = 1_000;
