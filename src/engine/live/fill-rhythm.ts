import type { AccountState } from "../../domain/books.ts";
import { isProtective, type Order } from "../../domain/order.ts";
import { isFlat } from "../../domain/position.ts";
import { FILLS_RESTING_MS, FILLS_UNANSWERED_MS, FILLS_WORKING_MS } from "./limits.ts";

/**
 * When fills are read on by themselves, because a cancel's word, a lost answer or a stop may hide one: soon while an answer stays out or was lost, for its fill must
 * be protected without it; now and then while something works; seldom while a position rests.
 */
export class FillRhythm {
  /** By symbol. */
  readonly #askedMs = new Map<string, number>();

  /** The symbols whose turn it is. `syncedMs` tells when one was last read whole, for whatever reason. Times are monotonic. */
  due(state: AccountState, nowMs: number, marketMs: number, syncedMs: (symbol: string) => number | undefined): string[] {
    const every = new Map<string, number>();
    for (const { spec, position } of state.bots.values()) if (!isFlat(position)) every.set(spec.symbol, FILLS_RESTING_MS);
    for (const order of state.orders.values()) {
      if (isProtective(order)) continue;
      const wished = staysOut(order, marketMs) ? FILLS_UNANSWERED_MS : FILLS_WORKING_MS;
      every.set(order.symbol, Math.min(every.get(order.symbol) ?? wished, wished));
    }
    const due: string[] = [];
    for (const [symbol, ms] of every) {
      const sinceMs = Math.max(this.#askedMs.get(symbol) ?? Number.NEGATIVE_INFINITY, syncedMs(symbol) ?? Number.NEGATIVE_INFINITY);
      if (nowMs - sinceMs >= ms) due.push(symbol);
    }
    for (const symbol of due) this.#askedMs.set(symbol, nowMs);
    return due;
  }
}

/** Whether an order may have filled without an answer that says it. What an entry buys must be protected, however long it takes to find the order itself. */
function staysOut({ status, sinceMs, purpose }: Order, marketMs: number): boolean {
  if (status === "unknown") return purpose === "entry";
  return status === "in-flight" && marketMs - sinceMs >= FILLS_UNANSWERED_MS / 2;
}
