import type { BotState } from "../domain/books.ts";
import { type Decimal, decimal } from "../domain/money.ts";
import { RESULT_BUCKET_MS } from "../domain/result.ts";
import { HOUR_MS } from "../domain/time.ts";

/** How long something was held. */
export interface Exposure {
  readonly heldMs: number;
  /** Of the whole span, from 0 to 1. */
  readonly share: Decimal;
}

type Held = Pick<BotState, "held" | "heldSinceMs">;

/**
 * The part of the time in which at least one of these bots held something: from the first fill, or from a later instant, until now. Times that overlap
 * count once. Undefined before the first fill.
 */
export function exposureOf(bots: readonly Held[], nowMs: number, sinceMs = Number.NEGATIVE_INFINITY): Exposure | undefined {
  const spans = bots.flatMap((bot) => spansOf(bot, nowMs)).sort(([a], [b]) => a - b);
  const [first] = spans;
  if (!first) return undefined;
  const begunMs = Math.max(first[0], sinceMs);
  if (nowMs <= begunMs) return undefined;
  let heldMs = 0;
  let countedMs = begunMs;
  for (const [fromMs, toMs] of spans) {
    const freshMs = Math.max(fromMs, countedMs);
    const endMs = Math.min(toMs, nowMs);
    if (endMs <= freshMs) continue;
    heldMs += endMs - freshMs;
    countedMs = endMs;
  }
  return { heldMs, share: decimal(heldMs).dividedBy(decimal(nowMs - begunMs)) };
}

function spansOf({ held, heldSinceMs }: Held, nowMs: number): readonly (readonly [number, number])[] {
  const spans: (readonly [number, number])[] = [];
  for (let index = 0; index + 1 < held.length; index += 2) spans.push([held[index] ?? 0, held[index + 1] ?? 0]);
  if (heldSinceMs !== undefined) spans.push([heldSinceMs, Math.max(heldSinceMs, nowMs)]);
  return spans;
}

/** A local day begins at most so long before or after the UTC day of the same date. */
const ZONE_MOST_MS = 15 * HOUR_MS;

/** The instant at which a local day begins: every time zone's day does on a quarter of an hour. */
export function dayBegins(day: string, read: (epochMs: number) => string): number {
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  let low = (midnightMs - ZONE_MOST_MS) / RESULT_BUCKET_MS;
  let high = (midnightMs + ZONE_MOST_MS) / RESULT_BUCKET_MS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (read(middle * RESULT_BUCKET_MS) >= day) high = middle;
    else low = middle;
  }
  return high * RESULT_BUCKET_MS;
}
