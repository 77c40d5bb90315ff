import { decodeEvent } from "../../domain/event-codec.ts";
import type { AccountEvent, DeskEvent } from "../../domain/events.ts";
import type { WallMs } from "../../domain/time.ts";
import { DESK_STREAM } from "../../engine/streams.ts";
import type { Store } from "../../ports/store.ts";
import type { Streams } from "../../ports/streams.ts";
import { PAGE } from "./limits.ts";

/** Where a channel begins. */
export interface Beginning {
  readonly cursors: ReadonlyMap<string, number>;
  /** When it became a channel, which says where it begins on streams that are not read here yet. */
  readonly wallMs: number;
}

/** The present end of every stream. */
export function endsOf(streams: Streams): Map<string, number> {
  return new Map(streams.names().map((stream) => [stream, streams.lastSequence(stream)]));
}

/** What was written before an instant into streams that are not read here: a process that does not follow an account yet must not take all of its past for news. */
export async function unreadBefore(wallMs: number, unread: readonly string[], store: Pick<Store, "read">): Promise<Map<string, number>> {
  const cursors = new Map<string, number>();
  for (const stream of unread) cursors.set(stream, await writtenBefore(wallMs, stream, store));
  return cursors;
}

async function writtenBefore(wallMs: number, stream: string, store: Pick<Store, "read">): Promise<number> {
  for (let at = 0; ; ) {
    const page = await store.read(stream, at, PAGE);
    for (const { sequence, body } of page) {
      if (decodeEvent(sequence, body).wallMs >= wallMs) return at;
      at = sequence;
    }
    if (page.length < PAGE) return at;
  }
}

/** Whether a place was unsubscribed after a cursor of the desk's stream: what is kept of it is then of an earlier subscription. */
export async function wasUnsubscribed(place: string, after: number, streams: Streams): Promise<boolean> {
  for (let at = after; at < streams.lastSequence(DESK_STREAM); ) {
    const page = await streams.since(DESK_STREAM, at, PAGE);
    if (page.length === 0) return false;
    if (page.some(({ event }) => event.type === "channel-unsubscribed" && event.place === place)) return true;
    at = page.at(-1)?.sequence ?? at;
  }
  return false;
}

/**
 * Where a channel begins whose subscription is durable while its cursors are not, because the process ended in between: at the event that made it
 * a channel, and on other streams at what was written before that. Nothing after the subscription is left out.
 */
export async function beginningOf(place: string, streams: Streams, nowMs: number): Promise<Beginning> {
  const made = await madeAt(place, streams);
  if (made === undefined) return { cursors: endsOf(streams), wallMs: nowMs };
  const cursors = new Map([[DESK_STREAM, made.sequence]]);
  for (const stream of streams.names()) if (stream !== DESK_STREAM) cursors.set(stream, await lastBefore(stream, made.wallMs, streams));
  return { cursors, wallMs: made.wallMs };
}

/** The event since which the place is a channel without a break. */
async function madeAt(place: string, streams: Streams): Promise<{ sequence: number; wallMs: WallMs } | undefined> {
  let made: { sequence: number; wallMs: WallMs } | undefined;
  for (let at = 0; at < streams.lastSequence(DESK_STREAM); ) {
    const page = await streams.since(DESK_STREAM, at, PAGE);
    if (page.length === 0) break;
    for (const { sequence, wallMs, event } of page) {
      at = sequence;
      if (event.type === "channel-unsubscribed" && event.place === place) made = undefined;
      else if (placeMade(event) === place) made ??= { sequence, wallMs };
    }
  }
  return made;
}

/** The place that an event makes a channel, if it is none yet. */
function placeMade(event: AccountEvent | DeskEvent): string | undefined {
  if (event.type === "alert-added") return event.alert.place;
  return event.type === "channel-subscribed" || event.type === "channel-digest-set" ? event.place : undefined;
}

async function lastBefore(stream: string, wallMs: WallMs, streams: Streams): Promise<number> {
  for (let end = streams.lastSequence(stream); end > 0; end = Math.max(0, end - PAGE)) {
    const page = await streams.since(stream, Math.max(0, end - PAGE), PAGE);
    const before = page.findLast((recorded) => recorded.sequence <= end && recorded.wallMs < wallMs);
    if (before) return before.sequence;
  }
  return 0;
}
