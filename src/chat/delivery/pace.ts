import { BACKOFF_CRITICAL_MAX_MS, BACKOFF_FIRST_MS, BACKOFF_MAX_MS, BATCH_MAX, BATCH_SPAN_MS, FAILOVER_AFTER_MS } from "./limits.ts";

/** When one channel may be tried again and how much is tried at once. All instants are monotonic milliseconds. */
export class Pace {
  #backoffMs = 0;
  #retryAfterMs = 0;
  #failedMs = 0;
  #troubleMs: number | undefined;
  #wasUnreachable = false;
  #messageMs = BATCH_SPAN_MS;

  /** Messages whose rows may share a ledger commit. */
  get messages(): number {
    return Math.max(1, Math.min(BATCH_MAX, Math.floor(BATCH_SPAN_MS / Math.max(1, this.#messageMs))));
  }

  /** Takes note of whether the platform can be reached; once it can again, nothing holds the next try back. */
  note(isReachable: boolean, nowMs: number): void {
    if (!isReachable) {
      this.#troubleMs ??= nowMs;
    } else if (this.#wasUnreachable) {
      this.#backoffMs = 0;
      this.#retryAfterMs = 0;
      this.#troubleMs = undefined;
    }
    this.#wasUnreachable = !isReachable;
  }

  sent(tookMs: number): void {
    this.#messageMs = tookMs;
    this.#backoffMs = 0;
    this.#retryAfterMs = 0;
    this.#troubleMs = undefined;
  }

  failed(nowMs: number, startedMs: number, retryAfterMs: number): void {
    this.#backoffMs = Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_FIRST_MS, this.#backoffMs * 2));
    this.#retryAfterMs = retryAfterMs;
    this.#failedMs = nowMs;
    this.#troubleMs ??= startedMs;
  }

  /** Milliseconds until the next try; less while something critical waits. */
  waitMs(nowMs: number, isCritical: boolean): number {
    const backoffMs = isCritical ? Math.min(this.#backoffMs, BACKOFF_CRITICAL_MAX_MS) : this.#backoffMs;
    return Math.max(0, this.#failedMs + Math.max(backoffMs, this.#retryAfterMs) - nowMs);
  }

  /** True when nothing has got through for so long that critical alerts go elsewhere, too. `tryingSinceMs`: since when a try has had no answer. */
  isFailing(nowMs: number, tryingSinceMs?: number): boolean {
    const sinceMs = Math.min(this.#troubleMs ?? Number.POSITIVE_INFINITY, tryingSinceMs ?? Number.POSITIVE_INFINITY);
    return nowMs - sinceMs >= FAILOVER_AFTER_MS;
  }
}
