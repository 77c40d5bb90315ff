/** Runs one task after another. A task that fails rejects its own promise and lets the next one run. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #depth = 0;

  /** Tasks that run or wait. */
  get depth(): number {
    return this.#depth;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#depth += 1;
    const turn = this.#tail.then(task).finally(() => {
      this.#depth -= 1;
    });
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when everything that was queued so far has ended. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
