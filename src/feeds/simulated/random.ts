/** A small seeded generator (mulberry32). Equal seeds give equal numbers on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in (0, 1), never an end. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  }

  /**
   * Student's t with four degrees of freedom, scaled to a variance of one (R. W. Bailey, "Polar generation of random variates with the t-distribution", 1994),
   * cut at `TAIL_MAX` deviations.
   */
  fatTailed(): number {
    const radius = Math.sqrt(2 * (1 / Math.sqrt(this.next()) - 1));
    const value = radius * Math.cos(2 * Math.PI * this.next());
    return Math.max(-TAIL_MAX, Math.min(TAIL_MAX, value));
  }
}

/** No return is further out than so many standard deviations. */
export const TAIL_MAX = 12;

/** One 32-bit seed out of several numbers, for streams that must not resemble each other. */
export function mixedSeed(...parts: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part >>> 0), 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}
