import type { Clock } from "../../ports/clock.ts";
import type { BudgetAnswer, SharedBudget } from "../../ports/shared-budget.ts";
import { type Limit, Window } from "./window.ts";

export interface SharedShare {
  readonly budget: SharedBudget;
  /** Among how many processes the limits are divided while nothing answers. */
  readonly processes: () => number;
}

export interface Refusal {
  readonly reason: string;
  readonly retryAfterMs?: number;
}

export interface GateOptions {
  readonly clock: Clock;
  readonly limits: readonly Limit[];
  readonly shared: SharedShare;
  readonly banned: () => Refusal | undefined;
  /** Another process was asked for silence. */
  readonly silence: (forMs: number) => void;
}

export interface Passing {
  readonly account: string;
  readonly weight: number;
  /** How much of each limit may be used up with it, as a part of 1. */
  readonly part: number;
  /** Monotonic instant until which it may wait. */
  readonly untilMs: number;
}

/** How soon what does not fit into the fixed share asks again. */
const AGAIN_MS = 1_000;
const WAITING_MAX = 128;
const CLOSING: Refusal = { reason: "the desk is closing" };

/** Where a call that fits this process's own count waits until it fits the one of all processes. Without an answer it must fit the fixed share. */
export class SharedGate {
  readonly #options: GateOptions;
  readonly #own: readonly Window[];
  #uncounted: readonly Window[];
  /** What all had used at the last answer, by span. */
  readonly #known = new Map<number, number>();
  readonly #waiting = new Map<AbortController, string>();

  constructor(options: GateOptions) {
    this.#options = options;
    this.#own = this.#windows();
    this.#uncounted = this.#windows();
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves when the call may be sent (undefined), or with why it may not. */
  async pass(passing: Passing): Promise<Refusal | undefined> {
    if (this.#waiting.size >= WAITING_MAX) return { reason: "too many requests are waiting for their turn" };
    const leaving = new AbortController();
    this.#waiting.set(leaving, passing.account);
    try {
      return await this.#passed(passing, leaving.signal);
    } finally {
      this.#waiting.delete(leaving);
    }
  }

  /** What an answer of the exchange says of the whole address. */
  learn(spanMs: number, used: number): void {
    if (used > (this.#known.get(spanMs) ?? 0)) this.#options.shared.budget.correct(spanMs, used);
  }

  silence(forMs: number): void {
    this.#options.shared.budget.silence(forMs);
  }

  /** Refuses what waits, of one account or of all. */
  leave(account?: string): void {
    for (const [leaving, owner] of this.#waiting) if (account === undefined || account === owner) leaving.abort();
  }

  async #passed(passing: Passing, leaving: AbortSignal): Promise<Refusal | undefined> {
    const { clock, banned } = this.#options;
    for (;;) {
      const answer = await this.#take(passing);
      if (answer.kind === "silent") this.#options.silence(answer.leftMs);
      const refusal = banned() ?? (leaving.aborted ? CLOSING : undefined);
      if (refusal) return refusal;
      const nowMs = clock.monotonicMs();
      const waitMs = this.#waitMs(answer, passing, nowMs);
      if (waitMs === 0) return undefined;
      if (waitMs === undefined || nowMs >= passing.untilMs) {
        return { reason: "the request budget is used up", retryAfterMs: waitMs ?? AGAIN_MS };
      }
      await clock.sleep(Math.min(waitMs, passing.untilMs - nowMs), leaving);
      if (leaving.aborted) return banned() ?? CLOSING;
    }
  }

  async #take({ weight, part }: Passing): Promise<BudgetAnswer> {
    const { clock, limits, shared } = this.#options;
    const nowMs = clock.monotonicMs();
    const uncounted = this.#uncounted;
    // What is on its way is told once.
    this.#uncounted = this.#windows();
    const told = uncounted.map((window) => window.used(nowMs));
    const windows = limits.map(({ spanMs, limit }, index) => {
      const own = this.#own[index]?.used(nowMs) ?? 0;
      return { spanMs, bound: limit * part, own, uncounted: told[index] ?? 0 };
    });
    const answer = await shared.budget.take({ weight, windows });
    if (answer.kind === "unanswered" || answer.kind === "silent")
      for (const [index, window] of this.#uncounted.entries()) window.add(told[index] ?? 0, nowMs);
    if (answer.kind === "taken") for (const [index, { spanMs }] of limits.entries()) this.#known.set(spanMs, answer.used[index] ?? 0);
    return answer;
  }

  /** 0 when the call may go, undefined when it never may; what goes is counted. */
  #waitMs(answer: BudgetAnswer, { weight, part }: Passing, nowMs: number): number | undefined {
    if (answer.kind === "full") return answer.retryAfterMs === undefined ? undefined : Math.max(1, answer.retryAfterMs);
    if (answer.kind === "unanswered") {
      const share = part / Math.max(1, this.#options.shared.processes());
      const fits = this.#own.every((window) => window.used(nowMs) + weight <= window.limit * share);
      if (!fits) return AGAIN_MS;
      for (const window of this.#uncounted) window.add(weight, nowMs);
    }
    for (const window of this.#own) window.add(weight, nowMs);
    return 0;
  }

  #windows(): readonly Window[] {
    return this.#options.limits.map((limit) => new Window(limit));
  }
}
