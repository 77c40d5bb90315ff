import { MINUTE_MS, SECOND_MS } from "../../domain/time.ts";

/** A pushed price is compared with an asked one so often. */
export const CHECK_EVERY_MS = 30 * SECOND_MS;
/** How long nothing is taken from a stream that was wrong twice in a row. */
export const DISTRUST_MS = 10 * MINUTE_MS;
/** Further apart than this, a pushed and an asked price cannot both be right. */
const APART_MAX_BPS = 100;
const STRIKES_MAX = 2;

/** What was pushed right before and right after a price was asked for. */
export interface Compared {
  readonly symbol: string;
  readonly before: number;
  readonly after: number;
  readonly asked: number;
}

/** Whether a stream's prices may be believed. After one disagreement its symbol is asked for until the next check; after two in a row the stream is left alone for a while. */
export class StreamTrust {
  readonly #strikes = new Map<string, number>();
  #nextCheckMs = Number.NEGATIVE_INFINITY;
  #distrustedUntilMs = Number.NEGATIVE_INFINITY;

  isDistrusted(nowMs: number): boolean {
    return nowMs < this.#distrustedUntilMs;
  }

  trusts(symbol: string, nowMs: number): boolean {
    return !this.isDistrusted(nowMs) && !this.#strikes.has(symbol);
  }

  isCheckDue(nowMs: number): boolean {
    return nowMs >= this.#nextCheckMs && !this.isDistrusted(nowMs);
  }

  checking(nowMs: number): void {
    this.#nextCheckMs = nowMs + CHECK_EVERY_MS;
  }

  /** Takes a check; answers the disagreement that cost the stream its trust, if one did. */
  judge(compared: readonly Compared[], nowMs: number): Compared | undefined {
    let last: Compared | undefined;
    for (const each of compared) {
      const isApart = [each.before, each.after].every((pushed) => apartBps(pushed, each.asked) > APART_MAX_BPS);
      const strikes = isApart ? (this.#strikes.get(each.symbol) ?? 0) + 1 : 0;
      if (strikes === 0) this.#strikes.delete(each.symbol);
      else this.#strikes.set(each.symbol, strikes);
      if (strikes >= STRIKES_MAX) last = each;
    }
    if (last) {
      this.#distrustedUntilMs = nowMs + DISTRUST_MS;
      this.#strikes.clear();
    }
    return last;
  }

  forget(symbol: string): void {
    this.#strikes.delete(symbol);
  }
}

function apartBps(pushed: number, asked: number): number {
  return (Math.abs(pushed - asked) / asked) * 10_000;
}
