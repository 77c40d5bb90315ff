interface Waiter {
  readonly name: PropertyKey;
  readonly take: (value: unknown) => boolean;
}

/** Remembers everything that was signalled (unless told not to), so that nobody can be late: waiting looks back before it looks forward. */
export class Signals<M> {
  readonly #past = new Map<PropertyKey, unknown[]>();
  readonly #cursor = new Map<PropertyKey, number>();
  readonly #waiters = new Set<Waiter>();

  readonly #remembers: boolean;

  constructor(remembers = true) {
    this.#remembers = remembers;
  }

  emit<K extends keyof M>(name: K, value: M[K]): void {
    const past = this.#past.get(name) ?? [];
    if (this.#remembers) this.#past.set(name, [...past, value]);
    for (const waiter of [...this.#waiters]) if (waiter.name === name && waiter.take(value)) this.#waiters.delete(waiter);
  }

  all<K extends keyof M>(name: K): M[K][] {
    return [...((this.#past.get(name) ?? []) as M[K][])];
  }

  /** The first one ever that fits. */
  find<K extends keyof M>(name: K, fits: (value: M[K]) => boolean, timeoutMs: number, missing: () => string): Promise<M[K]> {
    const known = this.all(name).find(fits);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        name,
        take: (value) => {
          if (!fits(value as M[K])) return false;
          clearTimeout(timer);
          resolve(value as M[K]);
          return true;
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`${missing()} within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  /** The next one that was not handed out yet: calling it twice gives the first and the second. */
  next<K extends keyof M>(name: K, timeoutMs: number, missing: () => string): Promise<M[K]> {
    const position = this.#cursor.get(name) ?? 0;
    this.#cursor.set(name, position + 1);
    const past = this.all(name);
    if (position < past.length) return Promise.resolve(past[position] as M[K]);
    let toSkip = position - past.length;
    let lookingBack = past.length;
    return this.find(name, () => lookingBack-- <= 0 && toSkip-- <= 0, timeoutMs, missing).catch((error: unknown) => {
      this.#cursor.set(name, position);
      throw error;
    });
  }
}
