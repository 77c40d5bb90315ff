import type { Redis } from "ioredis";
import { QueueUnavailable } from "../../ports/queue.ts";
import { type LinkOptions, RedisAway, RedisLink } from "../redis-link.ts";
import { SILENT } from "../silent-logger.ts";
import type { Broker, JobList } from "./broker.ts";
import { RedisJobList } from "./redis-job-list.ts";

export interface RedisBrokerOptions extends Omit<LinkOptions, "awayMessage"> {
  /** Which desk: several may share a Redis. Letters, digits, - and _. */
  readonly desk: string;
}

const AWAY = "Redis does not answer: every account stays with the process that runs it, and nothing moves";
const DESK = /^[\w-]{1,60}$/;

/** The queue of a desk in a Redis. Resolves when the first connection is there or has failed; from then on it connects when it can. */
export async function openRedisBroker({ desk, ...options }: RedisBrokerOptions): Promise<Broker> {
  if (!DESK.test(desk)) throw new RangeError(`the name of a desk in Redis has 1 to 60 letters, digits, - and _, not "${desk}"`);
  const [link, ear] = await Promise.all([RedisLink.open({ ...options, awayMessage: AWAY }), openEar(options)]);
  return new RedisBroker(link, ear, `scalpstorm:${desk}`);
}

/** A connection that hears can ask nothing. That it is away, the other one tells. */
function openEar(options: Omit<LinkOptions, "awayMessage">): Promise<RedisLink> {
  return RedisLink.open({ ...options, logger: SILENT, awayMessage: AWAY });
}

class RedisBroker implements Broker {
  readonly #link: RedisLink;
  readonly #ear: RedisLink;
  readonly #prefix: string;
  readonly #lists = new Map<string, RedisJobList>();
  readonly #listeners = new Set<(word: string) => void>();

  constructor(link: RedisLink, ear: RedisLink, prefix: string) {
    this.#link = link;
    this.#ear = ear;
    this.#prefix = prefix;
    const subscribe = () => void ear.redis.subscribe(this.#channel).catch(() => undefined);
    ear.redis.on("ready", subscribe);
    if (ear.redis.status === "ready") subscribe();
    ear.redis.on("message", (_channel, word) => {
      for (const listener of this.#listeners) listener(word);
    });
  }

  list(name: string): JobList {
    const known = this.#lists.get(name);
    if (known) return known;
    const made = new RedisJobList({
      name,
      prefix: `${this.#prefix}:queue`,
      redis: this.#link.redis,
      ask: (question) => this.#ask(question),
    });
    this.#lists.set(name, made);
    return made;
  }

  async keep(key: string, text: string, forMs: number): Promise<void> {
    await this.#ask((redis) => redis.set(this.#keptKey(key), text, "PX", forMs));
  }

  async kept(key: string): Promise<string | undefined> {
    return (await this.#ask((redis) => redis.get(this.#keptKey(key)))) ?? undefined;
  }

  say(word: string): void {
    this.#ask((redis) => redis.publish(this.#channel, word)).catch(() => undefined);
  }

  onWord(listener: (word: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([...this.#lists.values()].map((list) => list.close()));
    this.#link.close();
    this.#ear.close();
  }

  get #channel(): string {
    return `${this.#prefix}:words`;
  }

  #keptKey(key: string): string {
    return `${this.#prefix}:kept:${key}`;
  }

  async #ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await this.#link.ask(question);
    } catch (thrown) {
      if (thrown instanceof RedisAway) throw new QueueUnavailable(thrown.message, { cause: thrown });
      throw thrown;
    }
  }
}
