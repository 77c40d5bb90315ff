import type { AccountState } from "./books.ts";
import { breakerKey, type OpenBreaker } from "./breaker.ts";
import type { BreakerEvent } from "./breaker-events.ts";
import type { Intent } from "./events.ts";
import { botOf } from "./fold-bots.ts";
import type { RiskScope } from "./limits.ts";
import { max, min, ZERO } from "./money.ts";
import { isFlat } from "./position.ts";
import type { RiskRecord } from "./risk-record.ts";
import type { MarketMs } from "./time.ts";

/** Folds what breakers do. */
export function applyBreakerFact(state: AccountState, event: BreakerEvent, at: MarketMs): void {
  switch (event.type) {
    case "breaker-tripped":
      return trip(state, event, at);
    case "breaker-probing": {
      const key = breakerKey(event);
      const open = state.breakers.open.get(key);
      if (open) state.breakers.open.set(key, { ...open, probing: true, probe: undefined });
      return;
    }
    case "breaker-reset":
      return reset(state, event);
    case "stop-tightened":
      return tighten(state, event);
  }
}

function trip(state: AccountState, event: Extract<BreakerEvent, { type: "breaker-tripped" }>, at: MarketMs): void {
  const { breaker, reason, reaction = "deny", untilMs, day } = event;
  const scope: RiskScope = event.scope ?? `account:${state.account}`;
  // Where nothing else is said, it ends with its day: so it was for the first two breakers, which said no more than that.
  const endsWithDay = event.span === undefined || event.span === "day";
  state.breakers.open.set(breakerKey({ breaker, scope }), {
    ...{ breaker, scope, reason, reaction, sinceMs: at, untilMs },
    ...{ day: endsWithDay ? day : undefined, at: event.at, reading: event.reading },
    ...{ trips: event.trips ?? 1, probing: false, probe: undefined },
  });
}

function reset(state: AccountState, { breaker, scope, lost, peak }: Extract<BreakerEvent, { type: "breaker-reset" }>): void {
  const key = breakerKey({ breaker, scope });
  state.breakers.open.delete(key);
  if (lost && state.day) state.breakers.cleared.set(key, { day: state.day.day, lost });
  const record = recordOf(state, scope);
  if (peak) record.resultPeak = peak;
  if (breaker === "losses") record.losses = 0;
  if (breaker === "slippage") record.slippages = [];
}

function recordOf(state: AccountState, scope: RiskScope): RiskRecord {
  return scope.startsWith("bot:") ? botOf(state, scope.slice("bot:".length)).risk : state.risk;
}

/** On paper the resting stop itself moves; at an exchange the desk watches the nearer level beside it. Never away from the price, whatever opens after it. */
function tighten(state: AccountState, { botId, price }: Extract<BreakerEvent, { type: "stop-tightened" }>): void {
  const bot = botOf(state, botId);
  if (isFlat(bot.position)) return;
  if (state.mode !== "paper") {
    const nearer = bot.position.quantity.isNegative() ? min : max;
    bot.tightened = bot.tightened ? nearer(bot.tightened, price) : price;
    return;
  }
  for (const order of state.orders.values())
    if (order.botId === botId && order.purpose === "stop")
      state.orders.set(order.clientOrderId, { ...order, price: max(order.price ?? ZERO, price) });
}

/** Breakers that last for a day end when the next one begins. */
export function endDay({ breakers }: AccountState, day: string): void {
  for (const [key, open] of breakers.open) if (open.day !== undefined && open.day !== day) breakers.open.delete(key);
  for (const [key, cleared] of breakers.cleared) if (cleared.day !== day) breakers.cleared.delete(key);
}

/** An entry that is made while a breaker is half-open is the one that it is tried with. */
export function beginProbe(state: AccountState, { purpose, clientOrderId }: Intent): void {
  if (purpose !== "entry") return;
  changeProbe(state, ({ probing, probe }) => (probing && !probe ? { clientOrderId, outcome: "awaited" } : probe));
}

/** What became of it. One that was never sent proves nothing. */
export function endProbe(state: AccountState, event: { readonly type: string; readonly clientOrderId: string }): void {
  const { type, clientOrderId } = event;
  changeProbe(state, ({ probe }) => {
    if (probe?.clientOrderId !== clientOrderId || probe.outcome !== "awaited") return probe;
    if (type === "order-accepted" || type === "order-filled") return { clientOrderId, outcome: "accepted" };
    return type === "order-rejected" ? { clientOrderId, outcome: "rejected" } : undefined;
  });
}

function changeProbe({ breakers }: AccountState, next: (open: OpenBreaker) => OpenBreaker["probe"]): void {
  for (const [key, open] of breakers.open) {
    if (open.breaker !== "rejects") continue;
    const probe = next(open);
    if (probe !== open.probe) breakers.open.set(key, { ...open, probe });
  }
}
