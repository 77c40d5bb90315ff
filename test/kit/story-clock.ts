import { type WallMs, wallMs } from "../../src/domain/time.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { systemClock } from "../../src/system/clock.ts";

interface Sleeper {
  readonly delayMs: number;
  readonly dueMs: number;
  readonly arm: () => void;
}

/** Real time that a story can skip: what sleeps wakes as if the time had passed, and sockets have all the time that they need. */
export class StoryClock implements Clock {
  readonly #real = systemClock();
  readonly #startMs: number;
  readonly #begunMs: number;
  readonly #sleepers = new Set<Sleeper>();
  #aheadMs = 0;

  constructor(startMs: number) {
    this.#startMs = startMs;
    this.#begunMs = this.#real.monotonicMs();
  }

  wall(): WallMs {
    return wallMs(this.#startMs + Math.floor(this.monotonicMs()));
  }

  monotonicMs(): number {
    return this.#real.monotonicMs() - this.#begunMs + this.#aheadMs;
  }

  breathe(): Promise<void> {
    return this.#real.breathe();
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    const wake = () => {
      clearTimeout(timer);
      this.#sleepers.delete(sleeper);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const arm = () => {
      clearTimeout(timer);
      timer = setTimeout(wake, Math.max(0, sleeper.dueMs - this.monotonicMs())).unref();
    };
    const sleeper: Sleeper = { delayMs, dueMs: this.monotonicMs() + Math.max(0, delayMs), arm };
    this.#sleepers.add(sleeper);
    signal?.addEventListener("abort", wake, { once: true });
    arm();
    return promise;
  }

  /** How many sleeps of exactly that length are under way. */
  sleepsOf(delayMs: number): number {
    return [...this.#sleepers].filter((sleeper) => sleeper.delayMs === delayMs).length;
  }

  /** Lets a span pass at once. */
  skip(spanMs: number): void {
    this.#aheadMs += Math.max(0, spanMs);
    for (const { arm } of [...this.#sleepers].sort((a, b) => a.dueMs - b.dueMs)) arm();
  }
}
