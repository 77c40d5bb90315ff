import { Redis } from "ioredis";
import { messageOf, TransientError } from "../domain/errors.ts";
import { minuteText, type WallMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";

const ANSWER_MS = 2_000;
const CONNECT_MS = 2_000;
/** A connection on which an answer is late by so much is broken, though nobody closed it. */
const SILENT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
const RECONNECT_MAX_MS = 2_000;
const RECONNECT_STEP_MS = 200;
/** A Redis that comes and goes is told of this often at most. */
const TOLD_AGAIN_MS = 60_000;

export interface LinkOptions {
  readonly url: string;
  readonly password: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the log says when there is no answer: what that means for the desk. */
  readonly awayMessage: string;
  /** An answer that takes longer does not come; two seconds when not given. */
  readonly answerMs?: number;
  /** Before each key; none when not given. */
  readonly keyPrefix?: string;
}

/** Redis did not answer, or refused. */
export class RedisAway extends TransientError {}

/** A connection to Redis that nobody waits for: what it cannot do now fails now, it connects again for ever, and that it is away is told once. */
export class RedisLink {
  readonly redis: Redis;
  readonly #options: LinkOptions;
  #awaySinceMs: WallMs | undefined;
  #isTold = false;
  #toldMs = Number.NEGATIVE_INFINITY;

  private constructor(options: LinkOptions) {
    const { url, password, keyPrefix, answerMs = ANSWER_MS } = options;
    this.#options = options;
    this.redis = new Redis(url, {
      ...(password === undefined ? {} : { password }),
      ...(keyPrefix === undefined ? {} : { keyPrefix }),
      // Nothing waits for a connection, and nothing is asked a second time.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      commandTimeout: answerMs,
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
      keepAlive: KEEP_ALIVE_MS,
      retryStrategy: (times) => Math.min(times * RECONNECT_STEP_MS, RECONNECT_MAX_MS),
    });
    this.redis.on("error", ({ message }) => this.#away(message));
    // A connection that ends without an error; our own end is none.
    this.redis.on("reconnecting", () => this.#away("the connection broke"));
    this.redis.on("ready", () => this.#answered());
  }

  /** Resolves when the first connection is there or has failed. */
  static async open(options: LinkOptions): Promise<RedisLink> {
    const link = new RedisLink(options);
    await new Promise<void>((resolve) => {
      link.redis.once("ready", resolve);
      link.redis.once("error", () => resolve());
    });
    return link;
  }

  /** Asks something. Rejects with RedisAway when there is no answer in time or Redis refuses. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      const answer = await question(this.redis);
      this.#answered();
      return answer;
    } catch (thrown) {
      this.#away(messageOf(thrown));
      throw new RedisAway(`Redis does not answer: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  /** That there is no answer, what that means and since when; undefined while there is one. */
  trouble(): string | undefined {
    if (this.#awaySinceMs === undefined) return undefined;
    return `${this.#options.awayMessage} (since ${minuteText(this.#awaySinceMs)} UTC)`;
  }

  close(): void {
    this.redis.disconnect();
  }

  #away(reason: string): void {
    const { logger, clock, awayMessage } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#awaySinceMs === undefined && nowMs - this.#toldMs >= TOLD_AGAIN_MS) {
      logger.warn({ reason }, awayMessage);
      this.#toldMs = nowMs;
      this.#isTold = true;
    }
    this.#awaySinceMs ??= clock.wall();
  }

  #answered(): void {
    if (this.#isTold) this.#options.logger.info({}, "Redis answers again");
    this.#awaySinceMs = undefined;
    this.#isTold = false;
  }
}
