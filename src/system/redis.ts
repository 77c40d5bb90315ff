import { Redis } from "ioredis";
import type { SharedCache } from "../ports/cache.ts";
import type { Logger } from "../ports/logger.ts";

/** A cache that answers later than this is slower than the exchange it stands in for. */
const ANSWER_MS = 250;
const CONNECT_MS = 2_000;
const RECONNECT_MAX_MS = 5_000;
const RECONNECT_STEP_MS = 200;
/** So that the desk can share a Redis with others. */
const PREFIX = "scalpstorm:";

export interface RedisOptions {
  readonly url: string;
  readonly password: string | undefined;
  readonly logger: Logger;
}

/** A cache in Redis. Resolves when the first connection is there or has failed; from then on it connects when it can: a Redis that is away, flushed or deaf is told in the log, once, and costs speed only. */
export async function openRedisCache({ url, password, logger }: RedisOptions): Promise<SharedCache> {
  const redis = new Redis(url, {
    ...(password === undefined ? {} : { password }),
    keyPrefix: PREFIX,
    // Nothing waits for a connection, and nothing is asked a second time.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: ANSWER_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(times * RECONNECT_STEP_MS, RECONNECT_MAX_MS),
  });
  let isAway = false;
  const lost = (reason: string) => {
    if (!isAway) logger.warn({ reason }, "Redis does not answer: the desk goes on without it, a little slower");
    isAway = true;
  };
  redis.on("error", ({ message }) => lost(message));
  // A connection that ends without an error; our own end is none.
  redis.on("reconnecting", () => lost("the connection broke"));
  redis.on("ready", () => {
    if (isAway) logger.info({}, "Redis answers again");
    isAway = false;
  });
  // A desk reads most of its candles right after its start.
  await new Promise<void>((resolve) => {
    redis.once("ready", resolve);
    redis.once("error", () => resolve());
  });
  return cacheOf(redis);
}

function cacheOf(redis: Redis): SharedCache {
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
    async close() {
      redis.disconnect();
    },
  };
}
