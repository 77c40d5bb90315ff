import type { AccountEvent, DeskEvent } from "../../domain/events.ts";
import type { WallMs } from "../../domain/time.ts";
import { DESK_STREAM } from "../../engine/streams.ts";
import type { Streams } from "../../ports/streams.ts";
import { PAGE } from "./limits.ts";

/** The present end of every stream. */
export function endsOf(streams: Streams): Map<string, number> {
  return new Map(streams.names().map((stream) => [stream, streams.lastSequence(stream)]));
}

/**
 * Where a channel begins whose subscription is durable while its cursors are not, because the process ended in between: at the event that made it
 * a channel, and on other streams at what was written before that. Nothing after the subscription is left out.
 */
export async function beginningOf(place: string, streams: Streams): Promise<Map<string, number>> {
  const made = await madeAt(place, streams);
  if (made === undefined) return endsOf(streams);
  const cursors = new Map([[DESK_STREAM, made.sequence]]);
  for (const stream of streams.names()) if (stream !== DESK_STREAM) cursors.set(stream, await lastBefore(stream, made.wallMs, streams));
  return cursors;
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
