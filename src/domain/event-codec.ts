import type { AccountEvent, DeskEvent, Recorded } from "./events.ts";
import { fromJson, toJson } from "./money.ts";
import type { MarketMs, WallMs } from "./time.ts";

/** The version that this build writes. A reader upcasts older ones; a newer one refuses to start, naming the build that wrote it. */
export const EVENT_VERSION = 1;

/** Every type that there is: a missing one would be written and never read again, so the compiler counts them. */
const TYPES: Readonly<Record<AccountEvent["type"] | DeskEvent["type"], true>> = {
  "account-opened": true,
  "day-started": true,
  "bot-created": true,
  "bot-changed": true,
  "bot-started": true,
  "bot-stopped": true,
  "bot-faulted": true,
  "bot-deleted": true,
  "wish-denied": true,
  intent: true,
  attempt: true,
  "order-accepted": true,
  "order-rejected": true,
  "order-unknown": true,
  "order-filled": true,
  "order-canceled": true,
  "order-expired": true,
  "trail-moved": true,
  "breaker-tripped": true,
  "breaker-probing": true,
  "breaker-reset": true,
  "stop-tightened": true,
  "key-set": true,
  "key-rewrapped": true,
  "account-paused": true,
  "account-resumed": true,
  "account-removed": true,
  "leverage-limited": true,
  "exit-wanted": true,
  "fills-synced": true,
  "position-naked": true,
  "position-protected": true,
  "dust-moved": true,
  "foreign-booked": true,
  "claim-reduced": true,
  "orphan-found": true,
  "orphan-settled": true,
  "quarantine-filled": true,
  "panic-started": true,
  "panic-stalled": true,
  "panic-finished": true,
  "desk-started": true,
  "desk-stopped": true,
  "watch-blind": true,
  "watch-sees": true,
  "process-gone": true,
  "accounts-unplaced": true,
  "accounts-placed": true,
  "desk-claimed": true,
  "access-granted": true,
  "access-revoked": true,
  "access-denied": true,
  "channel-subscribed": true,
  "channel-unsubscribed": true,
  "channel-digest-set": true,
  "channel-quiet-set": true,
  "digest-due": true,
  "account-registered": true,
  "account-unregistered": true,
  "venue-banned": true,
  "ceiling-lowered": true,
  "limits-set": true,
  "breaker-set": true,
  "reset-asked": true,
  "entries-locked": true,
  "entries-unlocked": true,
  "drill-done": true,
  "backtest-done": true,
  "alert-added": true,
  "alert-removed": true,
  "alert-fired": true,
  "alert-rested": true,
  "factor-enrolled": true,
  "user-linked": true,
  "access-locked": true,
  "access-unlocked": true,
  "token-made": true,
  "token-revoked": true,
  "bot-registered": true,
  "bot-unregistered": true,
  halted: true,
  resumed: true,
  "platform-failed": true,
  "anomaly-seen": true,
  "advice-lost": true,
  "advice-back": true,
  "command-done": true,
};
const KNOWN_TYPES: ReadonlySet<string> = new Set(Object.keys(TYPES));

/** Whether this build knows events of a type. */
export function isKnownEvent(type: string): boolean {
  return KNOWN_TYPES.has(type);
}

/** The stored text of an event, with its version. */
export function encodeEvent(recorded: Omit<Recorded<AccountEvent | DeskEvent>, "sequence">): string {
  const { wallMs, marketMs, requestId, event } = recorded;
  return toJson({ v: EVENT_VERSION, wallMs, marketMs, requestId, event });
}

/** A record that only a newer build can read. What came before it is as good as ever; nothing may be built on what comes after it. */
export class UnknownEvent extends Error {
  override readonly name = "UnknownEvent";
  /** Which row holds which event, as the beginning of a sentence. */
  readonly what: string;
  constructor(what: string) {
    super(`${what}, and this build knows no such event: start the newer build that wrote it`);
    this.what = what;
  }
}

/** The event that `encodeEvent` wrote; throws UnknownEvent, naming the stream's row, when this build cannot read it. */
export function decodeEvent<E extends AccountEvent | DeskEvent>(sequence: number, body: string): Recorded<E> {
  const stored = fromJson(body) as { v: number; wallMs: WallMs; marketMs: MarketMs; requestId?: string; event: E };
  if (stored.v > EVENT_VERSION || !isKnownEvent(stored.event?.type)) {
    throw new UnknownEvent(`row ${sequence} holds the event "${stored.event?.type}" of version ${stored.v}`);
  }
  return { sequence, wallMs: stored.wallMs, marketMs: stored.marketMs, requestId: stored.requestId, event: stored.event };
}
