import type { Channel } from "../domain/desk-facts.ts";
import { messageOf } from "../domain/errors.ts";
import type { DeskEvent, Digest } from "../domain/events.ts";
import { DAY_MS, dayOf, HOUR_MS, type MarketMs, MINUTE_MS } from "../domain/time.ts";
import type { Calendar } from "../ports/clock.ts";
import type { DeskLedger } from "../ports/engine.ts";
import type { Logger } from "../ports/logger.ts";
import type { Scheduled } from "../ports/streams.ts";

/** Two local days in a row, one of them with a clock change, are never longer: in such a span a time of day occurs at least once. */
const OCCURS_WITHIN_MS = 49 * HOUR_MS;
/** A local day begins at most so long before the UTC day of the same date. */
const ZONE_AHEAD_MS = 15 * HOUR_MS;
/** Market time until the next try when the desk's stream could not be written. */
const RETRY_MS = MINUTE_MS;
const NOON = "12:00";

export interface DigestsParts {
  readonly desk: DeskLedger;
  readonly calendar: Calendar;
  readonly logger: Logger;
  /** The facts of a channel's local day. */
  readonly digestOf: (place: string, day: string) => Digest;
}

/**
 * Makes digests fall due, each once per channel and day. A digest at a time before noon covers the local calendar day before, one at noon or later
 * the day so far. Of several that were missed only the newest is made.
 */
export class Digests implements Scheduled {
  readonly #parts: DigestsParts;
  #computedAt = -1;
  #dueMs = Number.POSITIVE_INFINITY;
  #retryMs = 0;

  constructor(parts: DigestsParts) {
    this.#parts = parts;
  }

  dueMs(): number {
    const { state } = this.#parts.desk;
    if (this.#computedAt !== state.sequence) {
      this.#dueMs = [...state.channels.values()].reduce((due, channel) => Math.min(due, this.#nextOf(channel)), Number.POSITIVE_INFINITY);
      this.#computedAt = state.sequence;
    }
    return Math.max(this.#dueMs, this.#retryMs);
  }

  /** Records what is due. A desk that cannot be written is asked again after a minute of market time: the market never waits for a digest. */
  async run(at: MarketMs): Promise<void> {
    const { desk, digestOf, logger } = this.#parts;
    const due = [...desk.state.channels.values()].filter((channel) => this.#nextOf(channel) <= at);
    if (due.length === 0) return;
    try {
      await desk.append(
        due.map(({ place, digest }): DeskEvent => {
          const day = digest === undefined ? "" : coveredDay(this.#newest(digest.at, digest.timeZone, at), digest.at, digest.timeZone);
          return { type: "digest-due", place, day, digest: digestOf(place, day) };
        }),
      );
    } catch (failure) {
      this.#retryMs = at + RETRY_MS;
      logger.error({ problem: messageOf(failure) }, "a digest could not be recorded; it is tried again");
    }
  }

  /** When a channel's next digest falls due: after its setting, and for a day that has had none. */
  #nextOf({ digest, lastDigestDay }: Channel): number {
    if (digest === undefined) return Number.POSITIVE_INFINITY;
    const { at, timeZone, setMs } = digest;
    const { calendar } = this.#parts;
    if (lastDigestDay === undefined) return calendar.nextAt(at, timeZone, setMs);
    let nextMs = calendar.nextAt(at, timeZone, Math.max(setMs, Date.parse(`${lastDigestDay}T00:00:00Z`) - ZONE_AHEAD_MS));
    while (coveredDay(nextMs, at, timeZone) <= lastDigestDay) nextMs = calendar.nextAt(at, timeZone, nextMs);
    return nextMs;
  }

  /** The last instant up to another at which it was that time of day. */
  #newest(at: string, timeZone: string, untilMs: number): number {
    const { calendar } = this.#parts;
    let newestMs = calendar.nextAt(at, timeZone, untilMs - OCCURS_WITHIN_MS);
    for (let nextMs = newestMs; nextMs <= untilMs; nextMs = calendar.nextAt(at, timeZone, nextMs)) newestMs = nextMs;
    return newestMs;
  }
}

/** The local day that a digest at an instant speaks of. */
function coveredDay(dueMs: number, at: string, timeZone: string): string {
  const day = dayOf(dueMs, timeZone);
  if (at >= NOON) return day;
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
}
