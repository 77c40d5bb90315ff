/** Work in order per key, keys side by side. A lane that is empty is forgotten. */
export class Lanes<Key> {
  readonly #tails = new Map<Key, Promise<unknown>>();
  readonly #sizes = new Map<Key, number>();

  /** How many pieces of work of that key are not finished. */
  size(key: Key): number {
    return this.#sizes.get(key) ?? 0;
  }

  /** Runs after everything that this key was given before; settles as the work does. */
  run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const tail = result.then(
      () => this.#leave(key),
      () => this.#leave(key),
    );
    this.#sizes.set(key, this.size(key) + 1);
    this.#tails.set(key, tail);
    return result;
  }

  /** Resolves when the work given so far is finished. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }

  #leave(key: Key): void {
    const left = this.size(key) - 1;
    if (left > 0) {
      this.#sizes.set(key, left);
      return;
    }
    this.#sizes.delete(key);
    this.#tails.delete(key);
  }
}
