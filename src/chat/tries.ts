import type { Clock } from "../ports/clock.ts";

export interface TryLimits {
  /** Wrong tries of one person until they must wait. */
  readonly triesMax: number;
  readonly perMs: number;
  /** People that are remembered; the one who erred longest ago goes first. */
  readonly peopleMax: number;
}

interface Wrong {
  readonly count: number;
  readonly untilMs: number;
}

/** Counts wrong tries by person, so that guessing ends. */
export class Tries {
  readonly #clock: Clock;
  readonly #limits: TryLimits;
  readonly #wrong = new Map<string, Wrong>();

  constructor(clock: Clock, limits: TryLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many tries that person has left. */
  left(person: string): number {
    const wrong = this.#wrong.get(person);
    if (wrong === undefined || this.#clock.monotonicMs() >= wrong.untilMs) return this.#limits.triesMax;
    return Math.max(0, this.#limits.triesMax - wrong.count);
  }

  /** Counts a wrong try and answers how many are left. */
  miss(person: string): number {
    const count = this.#limits.triesMax - this.left(person) + 1;
    const known = this.#wrong.get(person);
    const nowMs = this.#clock.monotonicMs();
    const untilMs = known !== undefined && nowMs < known.untilMs ? known.untilMs : nowMs + this.#limits.perMs;
    this.#wrong.delete(person);
    this.#wrong.set(person, { count, untilMs });
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > this.#limits.peopleMax && oldest !== undefined) this.#wrong.delete(oldest);
    return Math.max(0, this.#limits.triesMax - count);
  }

  forget(person: string): void {
    this.#wrong.delete(person);
  }
}
