import { z } from "zod";
import type { Chance, Clock } from "../ports/clock.ts";
import type { BudgetAnswer, BudgetWish, SharedBudget, SharedBudgets } from "../ports/shared-budget.ts";
import { CORRECT, SILENCE, TAKE } from "./redis-budgets-scripts.ts";
import type { RedisLink } from "./redis-link.ts";
import { PromptRedis } from "./redis-prompt.ts";

/** An exit waits for an answer so long at most. */
const ANSWER_MS = 40;
const PROCESS_CHARS = 16;

export interface BudgetsOptions {
  readonly link: RedisLink;
  readonly clock: Clock;
  readonly chance: Chance;
  /** The address from which exchanges see this process; those that share it give it one name. */
  readonly egress: string;
  readonly processes: () => number;
}

/** What TAKE answers: a word, and its numbers. */
const taken = z.tuple([z.enum(["taken", "full", "never", "silent"])]).rest(z.coerce.number());

/** Request budgets that all processes behind an address count in Redis. */
export function redisBudgets(options: BudgetsOptions): SharedBudgets {
  const { link, clock, chance, egress, processes } = options;
  const process = chance.token(PROCESS_CHARS);
  const prompt = new PromptRedis({ link, clock, answerMs: ANSWER_MS });
  return { of: (name) => new RedisBudget(prompt, process, `scalpstorm:budget:{${name} ${egress}}`), processes };
}

class RedisBudget implements SharedBudget {
  readonly #prompt: PromptRedis;
  readonly #process: string;
  readonly #key: string;

  constructor(prompt: PromptRedis, process: string, key: string) {
    this.#prompt = prompt;
    this.#process = process;
    this.#key = key;
  }

  async take({ weight, windows }: BudgetWish): Promise<BudgetAnswer> {
    const keys = [this.#silenceKey, `${this.#key}:knows:${this.#process}`, ...windows.map(({ spanMs }) => this.#windowKey(spanMs))];
    const args = windows.flatMap(({ spanMs, bound, own, uncounted }) => [spanMs, Math.floor(bound), Math.ceil(own), Math.ceil(uncounted)]);
    return answerOf(await this.#prompt.ask((redis) => redis.eval(TAKE, keys.length, ...keys, weight, ...args)));
  }

  correct(spanMs: number, used: number): void {
    this.#prompt.tell((redis) => redis.eval(CORRECT, 1, this.#windowKey(spanMs), spanMs, used));
  }

  silence(forMs: number): void {
    this.#prompt.tell((redis) => redis.eval(SILENCE, 1, this.#silenceKey, Math.ceil(forMs)));
  }

  get #silenceKey(): string {
    return `${this.#key}:silence`;
  }

  #windowKey(spanMs: number): string {
    return `${this.#key}:${spanMs}`;
  }
}

const UNANSWERED: BudgetAnswer = { kind: "unanswered" };

function answerOf(found: unknown): BudgetAnswer {
  const parsed = taken.safeParse(found);
  if (!parsed.success) return UNANSWERED;
  const [word, ...numbers] = parsed.data;
  if (word === "taken") return { kind: "taken", used: numbers };
  if (word === "silent") return { kind: "silent", leftMs: numbers[0] ?? 0 };
  return { kind: "full", retryAfterMs: word === "never" ? undefined : numbers[0] };
}
