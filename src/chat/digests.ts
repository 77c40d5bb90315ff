import type { Channel, PeriodicDigest } from "../domain/desk-facts.ts";
import { DIGEST_PERIODS, type Digest, type DigestPeriod } from "../domain/digest.ts";
import { messageOf } from "../domain/errors.ts";
import type { DeskEvent } from "../domain/events.ts";
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

/** The time of day at which whoever claims a desk, and its terminal, get the daily digest without asking for another. */
export const DIGEST_AT = "08:00";

/** On which day a period is told, as people say it: the first one after it. */
export const DIGEST_DAYS: Readonly<Record<DigestPeriod, string>> = { weekly: "on Mondays", monthly: "on the 1st of each month" };

export interface DigestsParts {
  readonly desk: DeskLedger;
  readonly calendar: Calendar;
  readonly logger: Logger;
  /** The facts of a local day, or of the period that begins with it: the same in every channel. */
  readonly digestOf: (day: string, period?: DigestPeriod) => Digest;
}

/**
 * Makes digests fall due, each once per channel and day. A digest at a time before noon covers the local calendar day before, one at noon or later
 * the day so far. Weeks and months are told once they are over, at that time of their next day. Of several that were missed only the newest is made.
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
    const channels = [...desk.state.channels.values()];
    const daily = channels.filter((channel) => this.#nextDay(channel) <= at);
    const events = [
      ...daily.map(({ place, digest }): DeskEvent => {
        const day = digest === undefined ? "" : coveredDay(this.#newest(digest.at, digest.timeZone, at), digest.at, digest.timeZone);
        return { type: "digest-due", place, day, digest: digestOf(day) };
      }),
      ...channels.flatMap((channel) => this.#periodsDue(channel, at)),
    ];
    if (events.length === 0) return;
    try {
      await desk.append(events);
    } catch (failure) {
      this.#retryMs = at + RETRY_MS;
      logger.error({ problem: messageOf(failure) }, "a digest could not be recorded; it is tried again");
    }
  }

  #nextOf(channel: Channel): number {
    const periods = periodsOf(channel).map(([period, set]) => this.#endOf(period, nextPeriod(period, set), set));
    return Math.min(this.#nextDay(channel), ...periods);
  }

  /** The newest of each period that is over. */
  #periodsDue(channel: Channel, at: MarketMs): DeskEvent[] {
    return periodsOf(channel).flatMap(([period, set]): DeskEvent[] => {
      let first = nextPeriod(period, set);
      if (this.#endOf(period, first, set) > at) return [];
      for (let next = after(period, first); this.#endOf(period, next, set) <= at; next = after(period, next)) first = next;
      const { place } = channel;
      return [{ type: "digest-due", place, day: first, period, digest: this.#parts.digestOf(first, period) }];
    });
  }

  /** When a period that begins with a day is told: at its time of day, on the first day after it. */
  #endOf(period: DigestPeriod, first: string, { at, timeZone }: PeriodicDigest): number {
    const day = after(period, first);
    let ms = this.#parts.calendar.nextAt(at, timeZone, Date.parse(`${day}T00:00:00Z`) - ZONE_AHEAD_MS);
    while (dayOf(ms, timeZone) < day) ms = this.#parts.calendar.nextAt(at, timeZone, ms);
    return ms;
  }

  /** When a channel's next daily digest falls due: after its setting, and for a day that has had none. */
  #nextDay({ digest, lastDigestDay }: Channel): number {
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

function periodsOf({ periodic = {} }: Channel): readonly (readonly [DigestPeriod, PeriodicDigest])[] {
  return DIGEST_PERIODS.flatMap((period) => {
    const set = periodic[period];
    return set ? [[period, set] as const] : [];
  });
}

/** The first day of the period that is to be told next: the one in which it was set, or the one after the last that was told. */
function nextPeriod(period: DigestPeriod, { setMs, timeZone, last }: PeriodicDigest): string {
  const set = beginOf(period, dayOf(setMs, timeZone));
  const next = last === undefined ? set : after(period, last);
  return next > set ? next : set;
}

/** The first day of the period that a day belongs to: a Monday, or the first of a month. */
function beginOf(period: DigestPeriod, day: string): string {
  if (period === "monthly") return `${day.slice(0, 7)}-01`;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return dateOf(ms - ((new Date(ms).getUTCDay() + 6) % 7) * DAY_MS);
}

/** The first day of the next period. */
function after(period: DigestPeriod, first: string): string {
  const [year = 0, month = 0, day = 0] = first.split("-").map(Number);
  return dateOf(period === "monthly" ? Date.UTC(year, month, 1) : Date.UTC(year, month - 1, day + 7));
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
