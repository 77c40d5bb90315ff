/** A tighter limit for some requests; the first that fits counts. */
export interface LimitRule {
  readonly method?: string;
  readonly pathPattern: string | RegExp;
  readonly limit: number;
  readonly perMs: number;
}

export interface LimitVerdict {
  readonly headers: Record<string, string>;
  readonly refusal?: { readonly body: Record<string, unknown> };
}

const EVERYWHERE: Omit<LimitRule, "pathPattern"> = { limit: 50, perMs: 1_000 };
const GLOBAL_PER_SECOND = 50;
const BAN_WINDOW_MS = 600_000;

/** Rate limits run on real time: the client's own queues wait in real time, whatever clock the world has. */
export class RateLimits {
  readonly #rules: LimitRule[] = [];
  readonly #buckets = new Map<string, { left: number; resetMs: number }>();
  #second = { startMs: 0, count: 0 };
  #globalUntilMs = 0;
  #invalid: number[] = [];
  invalidBeforeBan = 10_000;

  add(rule: LimitRule): void {
    this.#rules.unshift(rule);
  }

  limitGlobally(forMs: number): void {
    this.#globalUntilMs = performance.now() + forMs;
  }

  /** Counts answers of 401, 403 and 429: too many of them and the address is banned. */
  countAnswer(status: number): void {
    if (![401, 403, 429].includes(status)) return;
    const now = performance.now();
    this.#invalid = [...this.#invalid.filter((at) => now - at < BAN_WINDOW_MS), now];
  }

  get isBanned(): boolean {
    return this.#invalid.length >= this.invalidBeforeBan;
  }

  take(method: string, path: string, bucket: string, exemptFromGlobal: boolean): LimitVerdict {
    const now = performance.now();
    const globalWaitMs = exemptFromGlobal ? 0 : this.#globalWait(now);
    if (globalWaitMs > 0) return refusal(globalWaitMs, "global", { "x-ratelimit-global": "true" });
    const { limit, perMs } = this.#rules.find((rule) => (rule.method ?? method) === method && fits(path, rule.pathPattern)) ?? EVERYWHERE;
    const known = this.#buckets.get(bucket);
    const state = known && known.resetMs > now ? known : { left: limit, resetMs: now + perMs };
    this.#buckets.set(bucket, state);
    const resetAfterS = (state.resetMs - now) / 1_000;
    const headers = {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(Math.max(0, state.left - 1)),
      "x-ratelimit-reset": (Date.now() / 1_000 + resetAfterS).toFixed(3),
      "x-ratelimit-reset-after": resetAfterS.toFixed(3),
      "x-ratelimit-bucket": Buffer.from(bucket.replace(/\d{5,}/g, ""))
        .toString("hex")
        .slice(0, 32),
    };
    if (state.left <= 0) return refusal(state.resetMs - now, "user", headers);
    state.left -= 1;
    return { headers };
  }

  #globalWait(now: number): number {
    if (now < this.#globalUntilMs) return this.#globalUntilMs - now;
    if (now - this.#second.startMs >= 1_000) this.#second = { startMs: now, count: 0 };
    this.#second.count += 1;
    return this.#second.count > GLOBAL_PER_SECOND ? this.#second.startMs + 1_000 - now : 0;
  }
}

export function fits(path: string, pattern: string | RegExp): boolean {
  return typeof pattern === "string" ? path.includes(pattern) : pattern.test(path);
}

function refusal(waitMs: number, scope: "global" | "user", headers: Record<string, string>): LimitVerdict {
  const retry_after = Math.ceil(waitMs) / 1_000;
  const body = { message: "You are being rate limited.", retry_after, global: scope === "global", code: 0 };
  return { headers: { ...headers, "retry-after": String(Math.ceil(retry_after)), "x-ratelimit-scope": scope }, refusal: { body } };
}
