import type { FaultPlan } from "../../kit/exchange/faults.ts";
import type { WireExchange } from "../../kit/exchange/in-process-wire.ts";

/**
 * What one spoilt request is an excuse for: until the desk asks the same again. Fills of an order that is unanswered are read every three seconds, on
 * the next beat.
 */
export const STRUCK_MS = 4_000;
/** Statuses by which an exchange asks for silence. */
export const SILENCING: ReadonlySet<number> = new Set([418, 429]);
/** A clock that was set is measured anew with the next answer. */
const CLOCK_WRONG = /"code":-1021\b/;
/** In maintenance that closes it, an exchange answers nothing else to anybody, whatever fills meanwhile. */
const CLOSED = /"code":-1016\b/;
const MS_PER_SECOND = 1_000;

/** Until when something keeps a process from an account at the exchange, as the world knows it that spoils requests. True time. */
export class Reach {
  readonly #untilMs = new Map<string, number>();

  /** Something is in the way until then. */
  block(who: string, untilMs: number): void {
    this.#untilMs.set(who, Math.max(untilMs, this.#untilMs.get(who) ?? 0));
  }

  isClear(who: string, nowMs: number): boolean {
    return nowMs >= (this.#untilMs.get(who) ?? 0);
  }

  /** The faults of an account's requests: each is in its way from the moment at which the request leaves. */
  watched(account: string, faults: FaultPlan): FaultPlan {
    return {
      next: (request, nowMs) => {
        const fault = faults.next(request, nowMs);
        if (fault) this.block(account, nowMs + STRUCK_MS);
        return fault;
      },
    };
  }

  /** What the exchange itself answers to an account. */
  hear(account: string, { atMs, answer }: WireExchange): void {
    if (answer === undefined) return;
    if (CLOCK_WRONG.test(answer.body) || CLOSED.test(answer.body)) this.block(account, atMs + STRUCK_MS);
    if (!SILENCING.has(answer.status)) return;
    this.block(account, atMs + Number(answer.headers["retry-after"] ?? 0) * MS_PER_SECOND + STRUCK_MS);
  }
}
