import type { Past } from "../ports/strategy.ts";

/** A series as a slot saw it. */
interface Shot {
  readonly newestFirst: readonly number[];
  readonly seen: number;
}

/** What a feed's series were when a slot closed: an account that lags decides on them later. */
export class SlotPast implements Past {
  readonly #shots: ReadonlyMap<string, Shot>;
  readonly #answers = new Map<string, boolean | undefined>();

  constructor(shots: ReadonlyMap<string, Shot>) {
    this.#shots = shots;
  }

  at(key: string, back: number): number {
    return this.#shots.get(key)?.newestFirst[back] ?? Number.NaN;
  }

  seen(key: string): number {
    return this.#shots.get(key)?.seen ?? 0;
  }

  once(name: string, judge: () => boolean | undefined): boolean | undefined {
    if (this.#answers.has(name)) return this.#answers.get(name);
    const answer = judge();
    this.#answers.set(name, answer);
    return answer;
  }
}
