import { Redis } from "ioredis";
import { messageOf } from "../domain/errors.ts";

const ANSWER_MS = 3_000;

export interface RedisProbe {
  readonly version: string;
  readonly roundTripMs: number;
  /** What it does when its memory is full, as `noeviction`; undefined where it does not say. */
  readonly evictionPolicy: string | undefined;
  /** Whether it writes down each change for its next start; undefined where it does not say. */
  readonly isAppendOnly: boolean | undefined;
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
    // One who may only ask how it is may ask this, too; its configuration is closed on many servers.
    const told = async (section: string, field: string) => new RegExp(`^${field}:(\\S+)`, "m").exec(await redis.info(section))?.[1];
    const [version = "unknown", evictionPolicy, appends] = [
      await told("server", "redis_version"),
      await told("memory", "maxmemory_policy"),
      await told("persistence", "aof_enabled"),
    ];
    return { version, roundTripMs, evictionPolicy, isAppendOnly: appends === undefined ? undefined : appends === "1" };
  } catch (thrown) {
    return { reason: reason ?? messageOf(thrown) };
  } finally {
    redis.disconnect();
  }
}
