import type { Clock } from "../ports/clock.ts";
import type { SharedTries } from "../ports/shared-tries.ts";
import type { RedisLink } from "./redis-link.ts";
import { PromptRedis } from "./redis-prompt.ts";

/** A person at a keyboard does not feel it. */
const ANSWER_MS = 100;

/** KEYS: a count. ARGV: after how long it is forgotten, from its first try on. */
const MISS = `
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
return count
`;

export interface TriesOptions {
  readonly link: RedisLink;
  readonly clock: Clock;
  /** Which desk: several may share a Redis. */
  readonly desk: string;
}

/** Wrong tries that all processes of a desk count in Redis. */
export function redisTries({ link, clock, desk }: TriesOptions): SharedTries {
  const prompt = new PromptRedis({ link, clock, answerMs: ANSWER_MS });
  const keyOf = (name: string) => `scalpstorm:${desk}:tries:${name}`;
  return {
    count: (name) =>
      prompt.ask(async (redis) => {
        const [count, leftMs] = await Promise.all([redis.get(keyOf(name)), redis.pttl(keyOf(name))]);
        return { count: Number(count ?? 0), leftMs: Math.max(0, leftMs) };
      }),
    miss: (name, perMs) => prompt.tell((redis) => redis.eval(MISS, 1, keyOf(name), perMs)),
    forget: (name) => prompt.tell((redis) => redis.del(keyOf(name))),
  };
}
