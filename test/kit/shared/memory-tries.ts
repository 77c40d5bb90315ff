import type { Clock } from "../../../src/ports/clock.ts";
import type { SharedTries } from "../../../src/ports/shared-tries.ts";

/** Wrong tries that several processes count together, in memory: it may be deaf, and forget. */
export class MemoryTries implements SharedTries {
  readonly #clock: Clock;
  readonly #counts = new Map<string, { count: number; readonly untilMs: number }>();
  isDeaf = false;
  asked = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  flush(): void {
    this.#counts.clear();
  }

  async count(name: string) {
    this.asked += 1;
    if (this.isDeaf) return undefined;
    const found = this.#fresh(name);
    return { count: found?.count ?? 0, leftMs: (found?.untilMs ?? this.#clock.monotonicMs()) - this.#clock.monotonicMs() };
  }

  miss(name: string, perMs: number): void {
    if (this.isDeaf) return;
    const found = this.#fresh(name);
    if (found) found.count += 1;
    else this.#counts.set(name, { count: 1, untilMs: this.#clock.monotonicMs() + perMs });
  }

  forget(name: string): void {
    if (!this.isDeaf) this.#counts.delete(name);
  }

  #fresh(name: string) {
    const found = this.#counts.get(name);
    return found !== undefined && this.#clock.monotonicMs() < found.untilMs ? found : undefined;
  }
}
