import { Redis } from "ioredis";
import type { Queue } from "../../../src/ports/queue.ts";
import { systemClock } from "../../../src/system/clock.ts";
import type { Broker } from "../../../src/system/queue/broker.ts";
import { openRedisBroker } from "../../../src/system/queue/redis-broker.ts";
import { openQueue } from "../../../src/system/queue.ts";
import type { QueueStage, StagedProcess } from "../../contracts/queue/stage.ts";
import { Warnings } from "../../feeds/hand-data.ts";
import { Passage } from "../services/passage.ts";
import { RedisServer } from "../services/redis.ts";
import { testSignatures } from "./signatures.ts";

const DESK = "test";
const WAIT_MAX_MS = 120_000;
/** A question every few milliseconds leaves the machine to those who are asked. */
const ASK_EVERY_MS = 5;
const clock = systemClock();

/** Lets real time go by until something holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const untilMs = performance.now() + WAIT_MAX_MS;
  while (!holds()) {
    if (performance.now() > untilMs) throw new Error(`it never came to this: ${what}`);
    await clock.sleep(ASK_EVERY_MS);
  }
}

/** A real Redis, and processes whose ways to it can be closed one by one. */
export class RedisStage implements QueueStage {
  readonly clock = clock;
  readonly redis: RedisServer;
  readonly #closing: (() => Promise<void>)[] = [];

  private constructor(redis: RedisServer) {
    this.redis = redis;
  }

  static async open(password?: string): Promise<RedisStage> {
    return new RedisStage(await RedisServer.start(password));
  }

  async process(password?: string): Promise<StagedProcess & { readonly queue: Queue }> {
    const logger = new Warnings();
    const passage = await Passage.open(Number(new URL(this.redis.url).port));
    const url = `redis://127.0.0.1:${passage.port}`;
    const broker = await openRedisBroker({ url, password, clock, logger, desk: DESK });
    const queue = openQueue({ broker, clock, logger, signatures: testSignatures() });
    this.#closing.push(async () => {
      passage.cut();
      await queue.close();
      await passage.close();
    });
    return { queue, warnings: logger.warnings, cut: () => passage.cut(), mend: () => passage.mend() };
  }

  async intruder(): Promise<Broker> {
    const broker = await openRedisBroker({ url: this.redis.url, password: undefined, clock, logger: new Warnings(), desk: DESK });
    this.#closing.push(() => broker.close());
    return broker;
  }

  async flush(): Promise<void> {
    await this.asked((redis) => redis.flushall());
  }

  stop(): Promise<void> {
    return this.redis.process.end();
  }

  start(): Promise<void> {
    return this.redis.startAgain();
  }

  readonly until = until;

  async asked<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.redis.url);
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#closing.map((close) => close()));
    await this.redis.end();
  }
}
