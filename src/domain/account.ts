import type { AccountState } from "./books.ts";
import type { AccountEvent, Recorded } from "./events.ts";
import { applyBotFact, botOf } from "./fold-bots.ts";
import { applyBreakerFact, endDay } from "./fold-breakers.ts";
import { applyOrderFact } from "./fold-orders.ts";
import { applyVenueFact } from "./fold-venue.ts";
import { type MarketMs, marketMs } from "./time.ts";

/** How many chat requests an account remembers, so that a repeated one is found. */
const REQUESTS_MAX = 1_000;

/** Folds one event into the books. Throws when the stream contradicts itself, for then nothing may be built on it. */
export function applyAccountEvent(state: AccountState, recorded: Recorded<AccountEvent>): void {
  if (recorded.sequence !== state.sequence + 1)
    throw new Error(`expected event ${state.sequence + 1} of ${state.account}, found ${recorded.sequence}`);
  state.sequence = recorded.sequence;
  state.marketMs = marketMs(Math.max(state.marketMs, recorded.marketMs));
  if (recorded.requestId !== undefined && state.requests.at(-1) !== recorded.requestId) {
    state.requests.push(recorded.requestId);
    if (state.requests.length > REQUESTS_MAX) state.requests.shift();
  }
  applyFact(state, recorded.event, recorded.marketMs);
}

function applyFact(state: AccountState, event: AccountEvent, at: MarketMs): void {
  switch (event.type) {
    case "account-opened":
      return openAccount(state, event, at);
    case "day-started":
      state.day = { day: event.day, equity: event.equity };
      return endDay(state, event.day);
    case "breaker-tripped":
    case "breaker-probing":
    case "breaker-reset":
    case "stop-tightened":
      return applyBreakerFact(state, event, at);
    case "panic-started":
      state.panic = { scope: event.scope, reason: event.reason };
      return;
    case "panic-stalled":
      return;
    case "panic-finished":
      state.panic = undefined;
      return;
    case "wish-denied":
      botOf(state, event.botId).actedSlotMs = event.slotMs;
      return;
    case "bot-created":
    case "bot-changed":
    case "bot-started":
    case "bot-stopped":
    case "bot-faulted":
    case "bot-deleted":
    case "trail-moved":
    case "exit-wanted":
    case "position-naked":
    case "position-protected":
      return applyBotFact(state, event, at);
    case "intent":
    case "attempt":
    case "order-accepted":
    case "order-rejected":
    case "order-unknown":
    case "order-filled":
    case "order-canceled":
    case "order-expired":
      return applyOrderFact(state, event, at);
    default:
      return applyVenueFact(state, event, at);
  }
}

function openAccount(state: AccountState, event: Extract<AccountEvent, { type: "account-opened" }>, at: MarketMs): void {
  state.venue.openedMs = event.venueMs === undefined ? at : marketMs(event.venueMs);
  state.account = event.account;
  state.owner = event.owner;
  state.mode = event.mode;
  state.exchange = event.exchange;
  state.market = event.market;
  state.currency = event.currency ?? [...event.balances.keys()][0] ?? "";
  state.startBalances = new Map(event.balances);
  state.balances = new Map(event.balances);
}
