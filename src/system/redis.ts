import type { SharedCache } from "../ports/cache.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { RedisLink } from "./redis-link.ts";

/** A cache that answers later than this is slower than the exchange it stands in for. */
const ANSWER_MS = 250;
/** So that the desk can share a Redis with others. */
const PREFIX = "scalpstorm:";
const AWAY = "Redis does not answer: the desk goes on without it, a little slower";

export interface RedisOptions {
  readonly url: string;
  readonly password: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * A cache in Redis. Resolves when the first connection is there or has failed; from then on it connects when it can: a Redis that is away, flushed or deaf
 * costs speed only.
 */
export async function openRedisCache(options: RedisOptions): Promise<SharedCache> {
  // A desk reads most of its candles right after its start, so that it waits for the first connection.
  const link = await RedisLink.open({ ...options, answerMs: ANSWER_MS, keyPrefix: PREFIX, awayMessage: AWAY });
  const { redis } = link;
  return {
    async get(keys) {
      if (keys.length === 0) return [];
      try {
        const found = await redis.mget([...keys]);
        return found.map((value) => value ?? undefined);
      } catch {
        return keys.map(() => undefined);
      }
    },
    put(values, keepMs) {
      const pipeline = redis.pipeline();
      for (const [key, value] of values) pipeline.set(key, value, "PX", keepMs);
      // What cannot be kept is asked for again.
      pipeline.exec().catch(() => undefined);
    },
    trouble: () => link.trouble(),
    async close() {
      link.close();
    },
  };
}
