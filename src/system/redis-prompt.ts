import type { Redis } from "ioredis";
import type { Clock } from "../ports/clock.ts";
import type { RedisLink } from "./redis-link.ts";

/** After no answer none is waited for during this time, so that a deaf Redis delays one question a second and not each. */
const DOUBT_MS = 1_000;

export interface PromptOptions {
  readonly link: RedisLink;
  readonly clock: Clock;
  /** Who asks waits so long at most. */
  readonly answerMs: number;
}

/** Asks Redis what is worth nothing later. */
export class PromptRedis {
  readonly #options: PromptOptions;
  #doubtUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: PromptOptions) {
    this.#options = options;
  }

  /** The answer, or undefined when there is none in time. What was asked may have been done nevertheless. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    const { link, clock, answerMs } = this.#options;
    if (clock.monotonicMs() < this.#doubtUntilMs) return undefined;
    const timer = new AbortController();
    const asked = link.ask(question).catch(() => undefined);
    const late = clock.sleep(answerMs, timer.signal).then(() => undefined);
    const answer = await Promise.race([asked, late]);
    timer.abort();
    if (answer === undefined) this.#doubtUntilMs = clock.monotonicMs() + DOUBT_MS;
    return answer;
  }

  /** Asks what nobody waits for. */
  tell(question: (redis: Redis) => Promise<unknown>): void {
    this.#options.link.ask(question).catch(() => undefined);
  }
}
