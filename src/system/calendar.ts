import { Cron } from "croner";
import type { Calendar } from "../ports/clock.ts";

const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * Local times of day on croner, which treats a pattern with one hour and one minute as a fixed time: at a spring change it
 * runs right after the gap, in autumn once (at the first of the two). Throws RangeError on a time of day or zone that does not exist.
 */
export function cronerCalendar(): Calendar {
  return {
    nextAt(hhmm, timeZone, afterMs) {
      const [, hour, minute] = TIME_OF_DAY.exec(hhmm) ?? [];
      if (hour === undefined || minute === undefined) throw new RangeError(`expected a time of day such as 08:30, found "${hhmm}"`);
      const next = new Cron(`0 ${minute} ${hour} * * *`, { timezone: timeZone, paused: true }).nextRun(new Date(afterMs));
      if (next === null) throw new RangeError(`there is no ${hhmm} in ${timeZone} after ${afterMs}`);
      return next.getTime();
    },
  };
}
