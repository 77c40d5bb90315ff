import { spanText } from "../../domain/time.ts";
import type { Refusal } from "./shared-gate.ts";

/** An account that is refused again so soon after it sent no order is not the one that sends too many. */
const REFUSED_AGAIN_MS = 10_000;

/** Which accounts are to send no order for a while. Monotonic time. */
export class Bars {
  readonly #untilMs = new Map<string, number>();

  bar(account: string, untilMs: number): void {
    this.#untilMs.set(account, Math.max(untilMs, this.#untilMs.get(account) ?? untilMs));
  }

  refusal(account: string, nowMs: number): Refusal | undefined {
    const leftMs = (this.#untilMs.get(account) ?? Number.NEGATIVE_INFINITY) - nowMs;
    if (leftMs <= 0) return undefined;
    return { reason: `the exchange takes no more orders of this account for another ${spanText(leftMs)}`, retryAfterMs: leftMs };
  }

  /** Whether an account was let go on a moment ago. */
  hasJustEnded(account: string, nowMs: number): boolean {
    const sinceMs = nowMs - (this.#untilMs.get(account) ?? Number.NEGATIVE_INFINITY);
    return sinceMs >= 0 && sinceMs < REFUSED_AGAIN_MS;
  }
}
