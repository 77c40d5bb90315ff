/** Looks at something that changes without a word: who wants to see it waits for a look that begins after the call, and all who wait for one share it. */
export class Looks {
  readonly #look: () => Promise<void>;
  /** The look that is under way, and the one that begins after it. */
  #looking: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(look: () => Promise<void>) {
    this.#look = look;
  }

  /** Rejects with what the look that was waited for rejects with. */
  look(): Promise<void> {
    // One that is under way may have looked before what its caller wants to see. Those who call in one go share the next one.
    this.#next ??= (this.#looking ?? Promise.resolve()).then(this.#begin, this.#begin);
    return this.#next;
  }

  /** Resolves when the look that is under way, if there is one, has ended, whatever came of it. */
  async settled(): Promise<void> {
    await (this.#looking ?? this.#next)?.catch(() => undefined);
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    for (let look = this.#looking ?? this.#next; look; look = this.#looking ?? this.#next) await look.catch(() => undefined);
  }

  readonly #begin = (): Promise<void> => {
    this.#next = undefined;
    const look = this.#look().finally(() => {
      this.#looking = undefined;
    });
    this.#looking = look;
    return look;
  };
}
