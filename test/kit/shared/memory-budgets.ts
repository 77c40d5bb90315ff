import type { Clock } from "../../../src/ports/clock.ts";
import type { BudgetAnswer, BudgetWish, SharedBudget } from "../../../src/ports/shared-budget.ts";
import { Window } from "../../../src/venues/governor/window.ts";

/** What Redis counts for all processes, in memory: it may be deaf, and forget. */
export class MemoryBudgetServer {
  readonly #clock: Clock;
  readonly #windows = new Map<number, Window>();
  readonly #known = new Map<object, number>();
  #silentUntilMs = 0;
  /** How long a question takes; as long as a process waits when it is deaf. */
  latencyMs = 1;
  isDeaf = false;
  asked = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  flush(): void {
    this.#windows.clear();
    this.#known.clear();
    this.#silentUntilMs = 0;
  }

  /** The budget as one process sees it. */
  connect(): SharedBudget {
    const process = {};
    return {
      take: async (wish) => {
        this.asked += 1;
        await this.#clock.sleep(this.isDeaf ? 40 : this.latencyMs);
        return this.isDeaf ? { kind: "unanswered" } : this.#take(process, wish);
      },
      correct: (spanMs, used) => {
        if (!this.isDeaf) this.#windowOf(spanMs).correct(used, this.#nowMs);
      },
      silence: (forMs) => {
        if (!this.isDeaf) this.#silentUntilMs = Math.max(this.#silentUntilMs, this.#nowMs + forMs);
      },
    };
  }

  #take(process: object, { weight, windows }: BudgetWish): BudgetAnswer {
    const nowMs = this.#nowMs;
    if (nowMs < this.#silentUntilMs) return { kind: "silent", leftMs: this.#silentUntilMs - nowMs };
    const isNew = nowMs >= (this.#known.get(process) ?? 0);
    this.#known.set(process, nowMs + Math.max(...windows.map(({ spanMs }) => spanMs)));
    for (const { spanMs, own, uncounted } of windows) this.#windowOf(spanMs).add(isNew ? own : uncounted, nowMs);
    const fits = windows.map(({ spanMs, bound }) => this.#windowOf(spanMs).fitsAtMs(weight, bound, nowMs));
    const latestMs = Math.max(...fits.map((ms) => ms ?? Number.POSITIVE_INFINITY));
    if (latestMs > nowMs) return { kind: "full", retryAfterMs: Number.isFinite(latestMs) ? latestMs - nowMs : undefined };
    for (const { spanMs } of windows) this.#windowOf(spanMs).add(weight, nowMs);
    return { kind: "taken", used: windows.map(({ spanMs }) => this.#windowOf(spanMs).used(nowMs)) };
  }

  get #nowMs(): number {
    return this.#clock.monotonicMs();
  }

  #windowOf(spanMs: number): Window {
    const known = this.#windows.get(spanMs) ?? new Window({ spanMs, limit: 0 });
    this.#windows.set(spanMs, known);
    return known;
  }
}
