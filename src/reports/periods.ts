import { addResults, NO_RESULT, type Result } from "../domain/result.ts";
import { DAY_MS } from "../domain/time.ts";

/** The period that a local day, as `2021-05-19`, belongs to. */
export type PeriodOf = (day: string) => string;

const THURSDAY = 4;

/** The ISO 8601 week of a day, as `2021-W20`: weeks begin on Monday, and a week belongs to the year of its Thursday. */
export function isoWeek(day: string): string {
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  const weekday = new Date(midnightMs).getUTCDay() || 7;
  const thursdayMs = midnightMs + (THURSDAY - weekday) * DAY_MS;
  const year = new Date(thursdayMs).getUTCFullYear();
  const week = Math.floor((thursdayMs - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

/** The calendar month of a day, as `2021-05`. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** Calendar days from one to another, both included. They are counted on the calendar, so that a change of the clocks neither drops nor repeats one. */
export function daysBetween(first: string, last: string): readonly string[] {
  const days: string[] = [];
  const lastMs = Date.parse(`${last}T00:00:00Z`);
  for (let ms = Date.parse(`${first}T00:00:00Z`); ms <= lastMs; ms += DAY_MS) days.push(new Date(ms).toISOString().slice(0, 10));
  return days;
}

/** The newest periods up to a local day, newest first. */
export function lastPeriods(day: string, count: number, periodOf: PeriodOf): readonly string[] {
  const periods: string[] = [];
  for (let ms = Date.parse(`${day}T00:00:00Z`); periods.length < count; ms -= DAY_MS) {
    const period = periodOf(new Date(ms).toISOString().slice(0, 10));
    if (periods.at(-1) !== period) periods.push(period);
  }
  return periods;
}

/** Results by local day as results by period. */
export function resultsByPeriod(days: ReadonlyMap<string, Result>, periodOf: PeriodOf): Map<string, Result> {
  const periods = new Map<string, Result>();
  for (const [day, result] of days) {
    const period = periodOf(day);
    periods.set(period, addResults(periods.get(period) ?? NO_RESULT, result));
  }
  return periods;
}
