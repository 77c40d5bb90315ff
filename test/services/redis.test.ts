import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SharedCache } from "../../src/ports/cache.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openRedisCache } from "../../src/system/redis.ts";
import { Warnings } from "../feeds/hand-data.ts";
import { canary } from "../kit/canary/canary.ts";
import { until } from "../kit/queue/redis-stage.ts";
import { RedisServer } from "../kit/services/redis.ts";

const KEEP_MS = 60_000;
/** Longer than a cache may keep anyone waiting. */
const WAIT_MAX_MS = 1_000;
const PASSWORD = canary("store password");

let redis: RedisServer;
let logger: Warnings;
const opened: SharedCache[] = [];
const open = async (password?: string) => {
  const cache = await openRedisCache({ url: redis.url, password, clock: systemClock(), logger });
  opened.push(cache);
  return cache;
};
/** Puts until it is kept, as the desk does with every answer of an exchange. */
async function kept(cache: SharedCache, key: string, value: string): Promise<void> {
  for (;;) {
    cache.put(new Map([[key, value]]), KEEP_MS);
    if ((await cache.get([key]))[0] === value) return;
    // An answer without Redis comes at once: the connection needs its turn.
    await setImmediate();
  }
}
async function timed<T>(work: Promise<T>): Promise<T> {
  const begun = performance.now();
  const value = await work;
  expect(performance.now() - begun).toBeLessThan(WAIT_MAX_MS);
  return value;
}

beforeEach(() => {
  logger = new Warnings();
});
afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close();
  await redis.end();
});

describe("a cache in Redis", () => {
  it("is shared by processes, and forgets without harm", async () => {
    redis = await RedisServer.start();
    const [mine, other] = [await open(), await open()];
    await kept(mine, "a", "1");
    expect(await other.get(["a", "b"])).toEqual(["1", undefined]);
    expect(await other.get([])).toEqual([]);
    expect(mine.trouble()).toBeUndefined();
    await redis.process.end();
    expect(await timed(mine.get(["a"]))).toEqual([undefined]);
    await until("it is noticed", () => mine.trouble() !== undefined);
    expect(mine.trouble()).toMatch(
      /^Redis does not answer: the desk goes on without it, a little slower \(since \d{4}-\d\d-\d\d \d\d:\d\d UTC\)$/,
    );
    mine.put(new Map([["a", "lost"]]), KEEP_MS);
    await redis.startAgain();
    await kept(mine, "c", "3");
    expect(await mine.get(["a", "c"])).toEqual([undefined, "3"]);
    expect(mine.trouble()).toBeUndefined();
    // Once for each of the two.
    expect(logger.warnings).toHaveLength(2);
  });

  it("keeps nobody waiting while Redis is deaf, and works again when it hears", async () => {
    redis = await RedisServer.start();
    const cache = await open();
    await kept(cache, "a", "1");
    redis.process.signal("SIGSTOP");
    expect(await timed(cache.get(["a"]))).toEqual([undefined]);
    cache.put(new Map([["b", "2"]]), KEEP_MS);
    redis.process.signal("SIGCONT");
    await kept(cache, "c", "3");
  });

  it("does without when the password is wrong or nobody is there, says so once, and shows no password", async () => {
    redis = await RedisServer.start(PASSWORD);
    await kept(await open(PASSWORD), "a", "1");
    const stranger = await open("not-the-password");
    for (let n = 0; n < 5; n += 1) expect(await timed(stranger.get(["a"]))).toEqual([undefined]);
    await redis.process.end();
    expect(await timed((await open(PASSWORD)).get(["a"]))).toEqual([undefined]);
    for (const warning of logger.warnings) expect(warning).toBe("Redis does not answer: the desk goes on without it, a little slower");
  });
});
