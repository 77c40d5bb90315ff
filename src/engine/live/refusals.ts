import type { AccountState } from "../../domain/books.ts";
import type { AccountEvent, PauseCode } from "../../domain/events.ts";
import type { Order } from "../../domain/order.ts";
import { isFlat } from "../../domain/position.ts";
import { wallMs } from "../../domain/time.ts";
import type { PlaceOutcome } from "../../ports/live-venue.ts";
import type { Technical } from "../technical.ts";
import { KEY_REFUSALS_MAX, REJECTS_KEPT, REJECTS_WINDOW_MS, VENUE_PAUSE_MAX_MS, VENUE_PAUSE_MS } from "./limits.ts";

type Rejected = Extract<PlaceOutcome, { kind: "rejected" }>;

/** Counts what venues refuse, and says what follows: a pause of the account, a fault of the bot, a number for a breaker. */
export class Refusals {
  #key = 0;
  #venuePauses = 0;
  #rejects: number[] = [];
  #lastReject = "";

  /** An order was accepted: the key works. */
  answered(): void {
    this.#key = 0;
    this.#venuePauses = 0;
  }

  /** What a refusal means beyond its order. */
  follow(state: AccountState, order: Order, outcome: Rejected, now: { wallMs: number; monotonicMs: number }): AccountEvent[] {
    const { cause, reason, code } = outcome;
    const entry = order.purpose === "entry";
    switch (cause) {
      case "key":
        this.#key += 1;
        if (this.#key < KEY_REFUSALS_MAX) return [];
        return pauseEvents(state, "key", `${reason} (${code}, ${this.#key} times in a row)`);
      case "venue":
        return this.#venuePause(state, reason, now.wallMs);
      case "mode":
        return pauseEvents(state, "mode", reason);
      case "symbol":
      case "parameters":
        return entry ? [{ type: "bot-faulted", botId: order.botId, reason: `${order.symbol}: ${reason} (${code})` }] : [];
      case "would-trigger":
      case "nothing-to-reduce":
      case "limit":
      case "clock":
        return [];
      default:
        if (entry) this.#count(reason, now.monotonicMs);
        return [];
    }
  }

  /** Each pause is twice as long as the one before, until an order is accepted again: one alert for hours of maintenance is enough. */
  #venuePause(state: AccountState, reason: string, nowMs: number): AccountEvent[] {
    const forMs = Math.min(VENUE_PAUSE_MS * 2 ** this.#venuePauses, VENUE_PAUSE_MAX_MS);
    const events = pauseEvents(state, "venue", reason, nowMs + forMs);
    if (events.length > 0) this.#venuePauses += 1;
    return events;
  }

  #count(reason: string, nowMs: number): void {
    this.#rejects = [...this.#rejects, nowMs].slice(-REJECTS_KEPT);
    this.#lastReject = reason;
  }

  /** Too many refused entries in a short time: something is wrong that nobody has understood. What it means the breaker of refused orders says. */
  seen(monotonicMs: () => number): Technical {
    return {
      reading: (breaker) => {
        if (breaker !== "rejects" || this.#rejects.length === 0) return undefined;
        const value = this.#rejects.filter((atMs) => monotonicMs() - atMs < REJECTS_WINDOW_MS).length;
        const within = REJECTS_WINDOW_MS / 60_000;
        return { value, because: `${value} orders were refused within ${within} minutes, the last one because: ${this.#lastReject}` };
      },
      // It is tried with an entry, whose end is in the books.
      evidence: () => undefined,
      begin: (breaker) => {
        if (breaker === "rejects") this.#rejects = [];
      },
    };
  }
}

/** The events that pause an account, none where a pause that lasts as long holds it already: a short one must not end what a person has to cure. */
export function pauseEvents(state: AccountState, code: PauseCode, reason: string, untilMs?: number): AccountEvent[] {
  const { paused } = state.venue;
  if (paused && (paused.code === code || rankOf(paused.code, paused.untilMs) >= rankOf(code, untilMs))) return [];
  const holding = [...state.bots.values()].filter(({ position }) => !isFlat(position)).map(({ spec }) => spec.name);
  return [{ type: "account-paused", code, reason, untilMs: untilMs === undefined ? undefined : wallMs(untilMs), holding }];
}

/** Pauses that end by the clock, by themselves, by a person only, and what is seen once: no cause brings it back when another pause is over. */
function rankOf(code: PauseCode, untilMs: number | undefined): number {
  if (untilMs !== undefined) return 0;
  if (code === "late-appearance") return 3;
  return code === "clock" ? 1 : 2;
}
