import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/time.ts";

export interface TimeTick {
  readonly atMs: number;
  readonly label: string;
}

const STEPS_MS: readonly number[] = [1, 2, 5, 10, 15, 30]
  .map((minutes) => minutes * MINUTE_MS)
  .concat([1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR_MS))
  .concat([1, 2, 4, 7, 14].map((days) => days * DAY_MS));
/** Months between two ticks. */
const MONTHS: readonly number[] = [1, 2, 3, 6, 12, 24, 60, 120];
const MONTH_MS = 30.4 * DAY_MS;
const NAMES: readonly string[] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Weeks begin on a Monday; the first of the epoch was the fifth of January. */
const MONDAY_MS = 4 * DAY_MS;

/** Round instants of UTC inside of a span, about `count` of them: times of a day, the date at midnight, months over longer spans. */
export function timeTicks(fromMs: number, toMs: number, count: number): readonly TimeTick[] {
  const roughMs = (toMs - fromMs) / Math.max(1, count);
  if (!(roughMs > 0)) return [];
  const stepMs = STEPS_MS.find((each) => each >= roughMs * 0.9);
  if (stepMs === undefined) return monthTicks(fromMs, toMs, roughMs);
  const originMs = stepMs % (7 * DAY_MS) === 0 ? MONDAY_MS : 0;
  const found: TimeTick[] = [];
  for (let atMs = Math.ceil((fromMs - originMs) / stepMs) * stepMs + originMs; atMs <= toMs; atMs += stepMs)
    found.push({ atMs, label: labelOf(atMs) });
  return found;
}

function monthTicks(fromMs: number, toMs: number, roughMs: number): readonly TimeTick[] {
  const step = MONTHS.find((each) => each * MONTH_MS >= roughMs * 0.9) ?? MONTHS.at(-1)!;
  const from = new Date(fromMs);
  const first = Math.floor((from.getUTCFullYear() * 12 + from.getUTCMonth()) / step) * step;
  const found: TimeTick[] = [];
  for (let month = first; ; month += step) {
    const atMs = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (atMs > toMs) return found;
    const name = NAMES[month % 12] ?? "";
    if (atMs >= fromMs) found.push({ atMs, label: month % 12 === 0 ? String(month / 12) : name });
  }
}

function labelOf(atMs: number): string {
  if (atMs % DAY_MS === 0) return dateLabel(atMs);
  return new Date(atMs).toISOString().slice(11, 16);
}

function dateLabel(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getUTCDate()} ${NAMES[date.getUTCMonth()]}`;
}
