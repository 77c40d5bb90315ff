import type { AccountState } from "../../domain/books.ts";
import type { AccountEvent, PauseCode } from "../../domain/events.ts";
import type { Order } from "../../domain/order.ts";
import { isFlat } from "../../domain/position.ts";
import { wallMs } from "../../domain/time.ts";
import type { PlaceOutcome } from "../../ports/live-venue.ts";
import { KEY_REFUSALS_MAX, REJECTS_MAX, REJECTS_WINDOW_MS, VENUE_PAUSE_MS } from "./limits.ts";

type Rejected = Extract<PlaceOutcome, { kind: "rejected" }>;

/** Counts what venues refuse, and says what follows: a pause of the account, a fault of the bot, a tripped breaker. */
export class Refusals {
  #key = 0;
  #rejects: number[] = [];

  /** An order was accepted: the key works. */
  answered(): void {
    this.#key = 0;
  }

  /** What a refusal means beyond its order. */
  follow(state: AccountState, order: Order, outcome: Rejected, now: { wallMs: number; monotonicMs: number }): AccountEvent[] {
    const { cause, reason, code } = outcome;
    const entry = order.purpose === "entry";
    switch (cause) {
      case "key":
        this.#key += 1;
        if (this.#key < KEY_REFUSALS_MAX) return [];
        return paused(state, "key", `${reason} (${code}, ${this.#key} times in a row)`);
      case "venue":
        return paused(state, "venue", reason, now.wallMs + VENUE_PAUSE_MS);
      case "mode":
        return paused(state, "mode", reason);
      case "symbol":
      case "parameters":
        return entry ? [{ type: "bot-faulted", botId: order.botId, reason: `${order.symbol}: ${reason} (${code})` }] : [];
      case "would-trigger":
      case "nothing-to-reduce":
      case "limit":
      case "clock":
        return [];
      default:
        return entry ? this.#count(state, reason, now.monotonicMs) : [];
    }
  }

  /** Too many refused entries in a short time end the day's entries: something is wrong that nobody has understood. */
  #count(state: AccountState, reason: string, nowMs: number): AccountEvent[] {
    this.#rejects = [...this.#rejects.filter((atMs) => nowMs - atMs < REJECTS_WINDOW_MS), nowMs];
    if (this.#rejects.length < REJECTS_MAX || !state.day || state.trippedDay === state.day.day) return [];
    this.#rejects = [];
    const because = `${REJECTS_MAX} orders were refused within ${REJECTS_WINDOW_MS / 60_000} minutes, the last one because: ${reason}`;
    return [{ type: "breaker-tripped", breaker: "rejects", day: state.day.day, reason: because }];
  }
}

function paused(state: AccountState, code: "key" | "venue" | "mode", reason: string, untilMs?: number): AccountEvent[] {
  if (state.venue.paused?.code === code) return [];
  return [pauseOf(state, code, reason, untilMs)];
}

/** The pause of an account, with the bots that hold something then: who reads of it must know what is at stake. */
export function pauseOf(state: AccountState, code: PauseCode, reason: string, untilMs?: number): AccountEvent {
  const holding = [...state.bots.values()].filter(({ position }) => !isFlat(position)).map(({ spec }) => spec.name);
  return { type: "account-paused", code, reason, untilMs: untilMs === undefined ? undefined : wallMs(untilMs), holding };
}
