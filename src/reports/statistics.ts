import type { BotState } from "../domain/books.ts";
import type { Mode } from "../domain/bot.ts";
import { addResults, bucketOf, NO_RESULT, RESULT_BUCKET_MS, type Result } from "../domain/result.ts";
import { DAY_MS } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Engine } from "../ports/engine.ts";

/** A local day with its clock change is at most 25 hours long; two of them bound any day that touches an instant. */
const DAY_SPAN_MAX_MS = DAY_MS + 2 * 3_600_000;

/** The instant that each mode has reached, in milliseconds since the epoch: the wall clock where an exchange trades, market time on paper. */
export function reachedBy(clock: Pick<Clock, "wall">, engine: Pick<Engine, "market">): Readonly<Record<Mode, number>> {
  const wallMs = clock.wall();
  return { live: wallMs, demo: wallMs, paper: engine.market().atMs };
}

/** Reads local days of one time zone, each quarter of an hour once: reading one is slow, and many bots have results in the same. Keep one for many instants. */
export function dayReader(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const known = new Map<number, string>();
  return (epochMs) => {
    const bucketMs = bucketOf(epochMs);
    const day = known.get(bucketMs) ?? format.format(bucketMs);
    known.set(bucketMs, day);
    return day;
  };
}

/** A bot's result on each local day on which it traded, from an instant on. */
export function resultsByDay(bot: Readonly<BotState>, day: (epochMs: number) => string, sinceMs = 0): Map<string, Result> {
  const days = new Map<string, Result>();
  for (const [bucketMs, result] of bot.results) {
    if (bucketMs + RESULT_BUCKET_MS <= sinceMs) continue;
    const name = day(bucketMs);
    days.set(name, addResults(days.get(name) ?? NO_RESULT, result));
  }
  return days;
}

/** A bot's result on the local day that contains an instant. */
export function resultOfDay(bot: Readonly<BotState>, atMs: number, day: (epochMs: number) => string): Result {
  return resultsByDay(bot, day, atMs - DAY_SPAN_MAX_MS).get(day(atMs)) ?? NO_RESULT;
}
