import type { Clock } from "../ports/clock.ts";

/** Waits for some work, but not for longer than that. */
export async function within(clock: Clock, timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  try {
    await Promise.race([work, clock.sleep(timeoutMs, done.signal)]);
  } finally {
    done.abort();
  }
}
