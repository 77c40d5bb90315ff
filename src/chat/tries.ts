import type { Clock } from "../ports/clock.ts";
import type { SharedTries } from "../ports/shared-tries.ts";

export interface TryLimits {
  /** Wrong tries of one person until they must wait. */
  readonly triesMax: number;
  readonly perMs: number;
  /** People that are remembered; the one who erred longest ago goes first. */
  readonly peopleMax: number;
}

/** Where all processes count together, and what is tried. */
export interface TriesShared {
  readonly all: SharedTries;
  readonly what: string;
}

interface Wrong {
  readonly count: number;
  readonly untilMs: number;
}

/** Counts wrong tries by person, so that guessing ends. Where all processes count together, the higher of their count and this one's holds. */
export class Tries {
  readonly #clock: Clock;
  readonly #limits: TryLimits;
  readonly #shared: TriesShared | undefined;
  readonly #wrong = new Map<string, Wrong>();

  constructor(clock: Clock, limits: TryLimits, shared?: TriesShared) {
    this.#clock = clock;
    this.#limits = limits;
    this.#shared = shared;
  }

  /** How many tries that person has left, as far as is known here. */
  left(person: string): number {
    const wrong = this.#wrong.get(person);
    if (wrong === undefined || this.#clock.monotonicMs() >= wrong.untilMs) return this.#limits.triesMax;
    return Math.max(0, this.#limits.triesMax - wrong.count);
  }

  /** Learns what all processes counted of that person. Without an answer in time, what is known here holds. */
  async recount(person: string): Promise<void> {
    const counted = await this.#shared?.all.count(this.#nameOf(person, this.#shared));
    if (counted === undefined || this.#limits.triesMax - counted.count >= this.left(person)) return;
    this.#keep(person, { count: counted.count, untilMs: this.#clock.monotonicMs() + counted.leftMs });
  }

  /** Counts a wrong try and answers how many are left. */
  miss(person: string): number {
    this.#shared?.all.miss(this.#nameOf(person, this.#shared), this.#limits.perMs);
    const count = this.#limits.triesMax - this.left(person) + 1;
    const known = this.#wrong.get(person);
    const nowMs = this.#clock.monotonicMs();
    const untilMs = known !== undefined && nowMs < known.untilMs ? known.untilMs : nowMs + this.#limits.perMs;
    this.#keep(person, { count, untilMs });
    return Math.max(0, this.#limits.triesMax - count);
  }

  forget(person: string): void {
    this.#shared?.all.forget(this.#nameOf(person, this.#shared));
    this.#wrong.delete(person);
  }

  #keep(person: string, wrong: Wrong): void {
    this.#wrong.delete(person);
    this.#wrong.set(person, wrong);
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > this.#limits.peopleMax && oldest !== undefined) this.#wrong.delete(oldest);
  }

  #nameOf(person: string, { what }: TriesShared): string {
    return `${what} ${person}`;
  }
}
