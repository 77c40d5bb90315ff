import { wallMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";

/** The longest delay that a Node timer can hold; longer ones fire at once, so sleeps are cut into pieces of it. */
const TIMER_MAX_MS = 2_147_483_647;

/** The machine's clock and timers. A sleep keeps the process alive; abort its signal to end it early. */
export function systemClock(): Clock {
  return {
    wall: () => wallMs(Date.now()),
    monotonicMs: () => performance.now(),
    sleep,
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

async function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  let leftMs = Math.max(0, delayMs);
  do {
    const pieceMs = Math.min(leftMs, TIMER_MAX_MS);
    await timer(pieceMs, signal);
    leftMs -= pieceMs;
  } while (leftMs > 0 && signal?.aborted !== true);
}

function timer(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(handle);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const handle = setTimeout(done, delayMs);
    signal?.addEventListener("abort", done, { once: true });
  });
}
