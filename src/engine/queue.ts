/** Runs one task after another. A task that fails rejects its own promise and lets the next one run. */
export class SerialQueue {
  readonly #waiting: (() => Promise<void>)[] = [];
  /** How many of the first waiting tasks are urgent. */
  #urgent = 0;
  #depth = 0;
  #draining = false;
  #lastUsual: Promise<unknown> = Promise.resolve();
  #lastUrgent: Promise<unknown> = Promise.resolve();

  /** Tasks that run or wait. */
  get depth(): number {
    return this.#depth;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#add(task, this.#waiting.length);
    this.#lastUsual = turn;
    return turn;
  }

  /** Runs a task after the one that runs now and after earlier urgent ones, before all others: what lowers risk does not wait for a backlog. */
  runFirst<T>(task: () => Promise<T>): Promise<T> {
    this.#urgent += 1;
    const turn = this.#add(task, this.#urgent - 1);
    this.#lastUrgent = turn;
    return turn;
  }

  /** Resolves when everything that was queued so far has ended. */
  async idle(): Promise<void> {
    await Promise.allSettled([this.#lastUsual, this.#lastUrgent]);
  }

  #add<T>(task: () => Promise<T>, place: number): Promise<T> {
    this.#depth += 1;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.splice(place, 0, async () => {
      try {
        resolve(await task());
      } catch (failure) {
        reject(failure);
      } finally {
        this.#depth -= 1;
      }
    });
    if (!this.#draining) void this.#drain();
    return promise;
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    await undefined;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#urgent = Math.max(0, this.#urgent - 1);
      await next();
    }
    this.#draining = false;
  }
}
