import type { AccountEvent, DeskEvent, Recorded } from "./events.ts";
import { fromJson, toJson } from "./money.ts";
import type { MarketMs, WallMs } from "./time.ts";

/** The version that this build writes. A reader upcasts older ones; a newer one refuses to start, naming the build that wrote it. */
export const EVENT_VERSION = 1;

const KNOWN_TYPES: ReadonlySet<string> = new Set<AccountEvent["type"] | DeskEvent["type"]>([
  "account-opened",
  "day-started",
  "bot-created",
  "bot-started",
  "bot-stopped",
  "bot-faulted",
  "bot-deleted",
  "wish-denied",
  "intent",
  "attempt",
  "order-accepted",
  "order-rejected",
  "order-unknown",
  "order-filled",
  "order-canceled",
  "order-expired",
  "trail-moved",
  "breaker-tripped",
  "key-set",
  "key-rewrapped",
  "account-paused",
  "account-resumed",
  "account-removed",
  "exit-wanted",
  "fills-synced",
  "position-naked",
  "position-protected",
  "dust-moved",
  "foreign-booked",
  "claim-reduced",
  "orphan-found",
  "orphan-settled",
  "panic-started",
  "panic-finished",
  "desk-started",
  "desk-stopped",
  "watch-blind",
  "watch-sees",
  "desk-claimed",
  "access-granted",
  "access-revoked",
  "access-denied",
  "channel-subscribed",
  "channel-unsubscribed",
  "channel-digest-set",
  "channel-quiet-set",
  "digest-due",
  "account-registered",
  "account-unregistered",
  "venue-banned",
  "ceiling-lowered",
  "drill-done",
  "factor-enrolled",
  "user-linked",
  "access-locked",
  "access-unlocked",
  "bot-registered",
  "bot-unregistered",
  "halted",
  "resumed",
  "platform-failed",
  "command-done",
]);

/** The stored text of an event, with its version. */
export function encodeEvent(recorded: Omit<Recorded<AccountEvent | DeskEvent>, "sequence">): string {
  const { wallMs, marketMs, requestId, event } = recorded;
  return toJson({ v: EVENT_VERSION, wallMs, marketMs, requestId, event });
}

/** The event that `encodeEvent` wrote; throws, naming the stream's row, when this build cannot read it. */
export function decodeEvent<E extends AccountEvent | DeskEvent>(sequence: number, body: string): Recorded<E> {
  const stored = fromJson(body) as { v: number; wallMs: WallMs; marketMs: MarketMs; requestId?: string; event: E };
  if (stored.v > EVENT_VERSION || !KNOWN_TYPES.has(stored.event?.type)) {
    throw new Error(
      `row ${sequence} holds the event "${stored.event?.type}" of version ${stored.v}; this build reads up to version ${EVENT_VERSION}: start the newer build that wrote it`,
    );
  }
  return { sequence, wallMs: stored.wallMs, marketMs: stored.marketMs, requestId: stored.requestId, event: stored.event };
}
