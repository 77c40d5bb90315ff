import { HOUR_MS, MINUTE_MS, type WallMs } from "./time.ts";

/** Hours of each local day in which a channel gets nothing ordinary: from a time of day (as `22:00`) up to, not including, another. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

/** Clocks are never turned back further in one step. */
const TURNED_BACK_MAX_MS = 2 * HOUR_MS;

/**
 * Whether an instant of wall time is in the quiet hours, which may reach over midnight. A time of day that the spring change skips happens right
 * after the change; one that the autumn change shows twice happens at the first of the two, so that a night never has two ends.
 */
export function isQuiet({ from, to, timeZone }: QuietHours, at: WallMs): boolean {
  const time = latestTimeOfDay(at, timeZone);
  return from < to ? from <= time && time < to : from <= time || time < to;
}

/** The time of day, as `08:30`; while a clock that was turned back shows an hour again, the last time that it showed before that. */
function latestTimeOfDay(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  let latest = format.format(at);
  const beforeMs = at - TURNED_BACK_MAX_MS;
  if (localMs(format.format(beforeMs)) + TURNED_BACK_MAX_MS > localMs(latest)) {
    for (let atMs = at - MINUTE_MS; atMs > beforeMs; atMs -= MINUTE_MS) {
      const shown = format.format(atMs);
      if (shown > latest) latest = shown;
    }
  }
  return latest.slice(-"hh:mm".length);
}

function localMs(shown: string): number {
  return Date.parse(`${shown.replace(" ", "T")}Z`);
}
