import type { Clock } from "../../ports/clock.ts";

/** An alert waits at most so long for the answer of a command. */
const HOLD_MAX_MS = 2_000;

/** Lets a command's answer be printed before the alerts that it sets off, and keeps alerts in their order. */
export class Turns {
  readonly #clock: Clock;
  #answered: PromiseWithResolvers<void> | undefined;
  #alerts: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From here to `release` alerts wait. */
  hold(): void {
    this.#answered ??= Promise.withResolvers<void>();
  }

  release(): void {
    this.#answered?.resolve();
    this.#answered = undefined;
  }

  /** Does it when it is the alerts' turn, one after another. */
  alert<T>(print: () => Promise<T>): Promise<T> {
    const printed = this.#alerts.then(() => this.#free()).then(print);
    this.#alerts = printed.catch(() => undefined);
    return printed;
  }

  /** Resolves when all alerts that were sent so far are printed. */
  async alertsPrinted(): Promise<void> {
    await this.#alerts;
  }

  async #free(): Promise<void> {
    if (!this.#answered) return;
    const timer = new AbortController();
    await Promise.race([this.#answered.promise, this.#clock.sleep(HOLD_MAX_MS, timer.signal)]);
    timer.abort();
  }
}
