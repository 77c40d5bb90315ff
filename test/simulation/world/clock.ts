import { type WallMs, wallMs } from "../../../src/domain/time.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Timeline } from "./timeline.ts";

/** The wall clock of one machine: it may drift and be set. Monotonic time and timers do not notice. */
export class WallClock {
  readonly #timeline: Timeline;
  readonly #startMs: number;
  #errorMs = 0;
  #errorSinceMs = 0;
  #driftPpm = 0;

  constructor(timeline: Timeline, startMs: number) {
    this.#timeline = timeline;
    this.#startMs = startMs;
  }

  /** What the clock shows, in whole milliseconds. */
  now(): number {
    return Math.floor(this.trueMs() + this.errorMs());
  }

  /** What every right clock shows: the exchange's. */
  trueMs(): number {
    return this.#startMs + this.#timeline.nowMs;
  }

  /** How far ahead of the truth this clock is. */
  errorMs(): number {
    return this.#errorMs + ((this.#timeline.nowMs - this.#errorSinceMs) * this.#driftPpm) / 1_000_000;
  }

  /** Sets the clock to be so far off, from now on gaining so many millionths. */
  set(errorMs: number, driftPpm: number): void {
    this.#errorMs = errorMs;
    this.#errorSinceMs = this.#timeline.nowMs;
    this.#driftPpm = driftPpm;
  }
}

/** The clock as one process sees it. Its sleeps end with the process, because every call goes through the process's gate. */
export class ProcessClock implements Clock {
  readonly #timeline: Timeline;
  readonly #wall: WallClock;
  readonly #startedMs: number;
  #sleeping = 0;

  constructor(timeline: Timeline, wall: WallClock) {
    this.#timeline = timeline;
    this.#wall = wall;
    this.#startedMs = timeline.nowMs;
  }

  /** Sleeps that have not ended. */
  get sleeping(): number {
    return this.#sleeping;
  }

  wall(): WallMs {
    return wallMs(this.#wall.now());
  }

  monotonicMs(): number {
    return this.#timeline.nowMs - this.#startedMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    this.#sleeping += 1;
    return new Promise((resolve) => {
      const wake = (): void => {
        if (happening.canceled) return;
        happening.canceled = true;
        this.#sleeping -= 1;
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const happening = this.#timeline.after(delayMs, wake);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  breathe(): Promise<void> {
    return this.#timeline.wait(0);
  }
}
