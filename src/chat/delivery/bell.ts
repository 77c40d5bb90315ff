import type { Clock } from "../../ports/clock.ts";

/** Wakes one waiter. A ring while nobody waits ends the next wait at once, so that none is lost; many rings are one. */
export class Bell {
  readonly #clock: Clock;
  #isRung = false;
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#isRung = true;
    this.#waiting?.abort();
  }

  /** Resolves at the next ring, or after so many milliseconds. */
  async wait(delayMs?: number): Promise<void> {
    if (!this.#isRung) {
      const waiting = new AbortController();
      this.#waiting = waiting;
      if (delayMs === undefined) await new Promise((resolve) => waiting.signal.addEventListener("abort", resolve, { once: true }));
      else await this.#clock.sleep(delayMs, waiting.signal);
      this.#waiting = undefined;
    }
    this.#isRung = false;
  }
}
