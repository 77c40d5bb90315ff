import type { Clock } from "../../ports/clock.ts";

/** Nobody reads why a pause has ended; without a reason, an exception would be made for it each time. */
const WOKEN = "woken";

/** Work that is done again and again, never twice at once: after a pause, and at once when it is woken. */
export class Rounds {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #work: () => Promise<void>;
  readonly #over = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(clock: Clock, everyMs: number, work: () => Promise<void>) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#work = work;
  }

  /** Begins the first round. `onFatal` hears what the work rejects with, which ends the rounds. */
  start(onFatal: (failure: unknown) => void): void {
    this.#running = this.#run().catch(onFatal);
  }

  /** Begins the next round at once, or right after the one that runs. */
  wake(): void {
    this.#wake.abort(WOKEN);
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Aborted when no further round begins. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Begins no further round and resolves when the one that runs has ended. */
  async stop(): Promise<void> {
    this.#over.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.isOver) {
      if (this.#wake.signal.aborted) this.#wake = new AbortController();
      await this.#work();
      if (!this.isOver) await this.#clock.sleep(this.#everyMs, this.#wake.signal);
    }
  }
}
