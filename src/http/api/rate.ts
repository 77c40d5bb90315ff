import type { Clock } from "../../ports/clock.ts";
import { CALLERS_MAX, RATE_WINDOW_MS } from "./limits.ts";
import { ApiProblem } from "./problem.ts";

const MS_PER_SECOND = 1_000;

/** Counts requests of each caller in windows of a minute. Bounded: the caller that was counted longest ago is forgotten first. */
export class Rate {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #most: number;
  readonly #windows = new Map<string, { endsMs: number; count: number }>();

  constructor(clock: Pick<Clock, "monotonicMs">, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Throws a 429 that says when to come again. */
  take(caller: string): void {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#windows.get(caller);
    if (known && known.endsMs > nowMs) {
      known.count += 1;
      if (known.count <= this.#most) return;
      const seconds = Math.ceil((known.endsMs - nowMs) / MS_PER_SECOND);
      throw new ApiProblem(429, `At most ${this.#most} of these a minute; try again in ${seconds} s.`, { "retry-after": String(seconds) });
    }
    this.#windows.delete(caller);
    this.#windows.set(caller, { endsMs: nowMs + RATE_WINDOW_MS, count: 1 });
    if (this.#windows.size > CALLERS_MAX) for (const oldest of this.#windows.keys()) return void this.#windows.delete(oldest);
  }
}
