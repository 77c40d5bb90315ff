import { Redis } from "ioredis";
import { messageOf } from "../domain/errors.ts";

const ANSWER_MS = 3_000;

export interface RedisProbe {
  readonly version: string;
  readonly roundTripMs: number;
}

/** Asks a Redis once whether it is there and lets this password in. Never rejects. */
export async function probeRedis({
  url,
  password,
}: {
  readonly url: string;
  readonly password: string | undefined;
}): Promise<RedisProbe | { readonly reason: string }> {
  const redis = new Redis(url, {
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
  });
  let reason: string | undefined;
  redis.on("error", (error) => {
    reason = messageOf(error);
  });
  try {
    await redis.connect();
    const askedMs = performance.now();
    await redis.ping();
    const roundTripMs = performance.now() - askedMs;
    const [, version = "unknown"] = /redis_version:(\S+)/.exec(await redis.info("server")) ?? [];
    return { version, roundTripMs };
  } catch (thrown) {
    return { reason: reason ?? messageOf(thrown) };
  } finally {
    redis.disconnect();
  }
}
