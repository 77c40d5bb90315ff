/**
 * Two clocks, two types. Market time drives slots, matching, bars held, daily statistics and digests; wall time drives
 * chat, tokens, retries and leases. On a live exchange both agree; on a replay or a simulated market they do not.
 */
export type MarketMs = number & { readonly clock: "market" };
export type WallMs = number & { readonly clock: "wall" };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Milliseconds since 1970 as an instant of a market, which may run at another pace than the clock on the wall. */
export function marketMs(epochMs: number): MarketMs {
  return epochMs as MarketMs;
}

/** Milliseconds since 1970 as an instant of the real world. */
export function wallMs(epochMs: number): WallMs {
  return epochMs as WallMs;
}

/** The calendar day of an instant in a time zone, as `2021-05-19`. */
export function dayOf(epochMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(epochMs);
}

/** A market instant for people, in UTC, to the minute: `2021-05-19 12:59`. */
export function minuteText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 16).replace("T", " ");
}

/** A span for people: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function spanText(spanMs: number): string {
  const seconds = Math.round(spanMs / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
