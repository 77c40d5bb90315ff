/** What is asked of one thing happens in the order of the calls. */
export class Turns {
  /** The last thing that was asked of each. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Resolves when everything that was asked so far has ended, whatever became of it. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#last.values());
  }

  /** Runs after what was asked of the same thing before, whatever became of it. */
  run<T>(what: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(what) ?? Promise.resolve()).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(what, settled);
    void settled.then(() => {
      if (this.#last.get(what) === settled) this.#last.delete(what);
    });
    return turn;
  }
}
