import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 50;
const USUAL_MAX_MS = 120_000;

/** Lets real time go by until something holds. Rejects with what it waited for when that does not come. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  { maxMs = USUAL_MAX_MS, everyMs = LOOK_EVERY_MS } = {},
): Promise<void> {
  for (const untilMs = Date.now() + maxMs; !(await holds()); await pause(everyMs))
    if (Date.now() > untilMs) throw new Error(`${maxMs} ms passed without ${what}`);
}
