import type { Coverage } from "./coverage.ts";
import type { Dice } from "./dice.ts";

interface Spell {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Spells in their order, and the first of them that has not ended: time only moves on. */
interface Spells {
  readonly all: readonly Spell[];
  next: number;
}

/** How often spells of one kind of fault come and how long they last. */
export interface Climate {
  readonly perHour: number;
  readonly shortestMs: number;
  readonly longestMs: number;
}

/**
 * The faults that one seed drew, in spells over its faulty hours. Within a spell a fault strikes with its own probability, so that a run has quiet times,
 * bad times and times in which several things are bad at once.
 */
export class Weather {
  readonly #spells = new Map<string, Spells>();
  readonly #odds = new Map<string, number>();
  readonly #dice: Dice;
  readonly #coverage: Coverage;
  readonly #nowMs: () => number;
  readonly #struckMs = new Map<string, number>();
  #over = false;
  #drawn: readonly string[] = [];

  constructor(dice: Dice, coverage: Coverage, nowMs: () => number) {
    this.#dice = dice;
    this.#coverage = coverage;
    this.#nowMs = nowMs;
  }

  /** Plans a fault's spells over a span. */
  plan(id: string, climate: Climate, untilMs: number): void {
    const dice = this.#dice.fork(`spells ${id}`);
    const spells: Spell[] = [];
    const meanMs = 3_600_000 / climate.perHour;
    const pause = (): number => -meanMs * Math.log(1 - dice.next());
    for (let atMs = pause(); atMs < untilMs; atMs += pause()) {
      const endMs = Math.min(untilMs, atMs + dice.magnitude(climate.shortestMs, climate.longestMs));
      spells.push({ fromMs: atMs, untilMs: endMs });
      atMs = endMs;
    }
    this.#spells.set(id, { all: spells, next: 0 });
    this.#odds.set(id, dice.between(0.2, 1));
    this.#drawn = [...this.#spells.keys()].sort();
  }

  /** True time since the beginning of the world. */
  nowMs(): number {
    return this.#nowMs();
  }

  /** The faults that may come in this run. */
  get drawn(): readonly string[] {
    return this.#drawn;
  }

  /** Whether a spell of this fault is on. */
  isOn(id: string): boolean {
    return this.spellOf(id) !== undefined;
  }

  spellOf(id: string): Spell | undefined {
    if (this.#over) return undefined;
    const spells = this.#spells.get(id);
    if (spells === undefined) return undefined;
    const nowMs = this.#nowMs();
    let spell = spells.all[spells.next];
    while (spell !== undefined && spell.untilMs <= nowMs) {
      spells.next += 1;
      spell = spells.all[spells.next];
    }
    return spell !== undefined && spell.fromMs <= nowMs ? spell : undefined;
  }

  /** All spells of a fault, for those that happen by themselves. */
  spellsOf(id: string): readonly Spell[] {
    return this.#spells.get(id)?.all ?? [];
  }

  /** Whether a fault strikes here and now; if so it is counted. `scale` makes it rarer for calls that come often. */
  strikes(id: string, scale = 1): boolean {
    if (!this.isOn(id) || !this.#dice.chance((this.#odds.get(id) ?? 0) * scale)) return false;
    this.#coverage.mark(id);
    this.#struckMs.set(id, this.#nowMs());
    return true;
  }

  /** How long ago a fault struck last. */
  sinceStruckMs(id: string): number {
    return this.#nowMs() - (this.#struckMs.get(id) ?? Number.NEGATIVE_INFINITY);
  }

  chance(probability: number): boolean {
    return this.#dice.chance(probability);
  }

  /** Counts a fault that follows from another one. */
  mark(id: string): void {
    this.#coverage.mark(id);
  }

  /** How long, for the fault that struck just now. */
  span(shortestMs: number, longestMs: number): number {
    return this.#dice.magnitude(shortestMs, longestMs);
  }

  /** Whether there are no faults any more. */
  get isOver(): boolean {
    return this.#over;
  }

  /** No faults any more. */
  clear(): void {
    this.#over = true;
  }
}
