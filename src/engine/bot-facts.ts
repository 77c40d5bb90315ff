import { decimal } from "../domain/money.ts";
import { isFlat, unrealizedAt } from "../domain/position.ts";
import type { BotFacts } from "../ports/engine.ts";
import type { Account } from "./account.ts";
import { liquidationOf } from "./account-facts.ts";
import { exitFacts } from "./exit-facts.ts";
import { sizeQuestion } from "./sizing.ts";

/** A bot as commands see it; undefined when its account has none with that id. Its newest decision is known only where the account is held. */
export function botFacts(account: Account, botId: string): BotFacts | undefined {
  const state = account.state.bots.get(botId);
  if (!state) return undefined;
  const { hub, risk } = account.services;
  const seen = hub.price(state.spec.symbol);
  const price = seen && decimal(seen.price);
  const runner = account.runners.get(botId);
  const decision = runner?.lastDecision();
  const size = sizeQuestion(state.spec, runner?.lastSlot);
  return {
    state,
    account: account.state.account,
    price,
    liquidationPrice: liquidationOf(account, state),
    unrealized: isFlat(state.position) ? decimal(0) : price && unrealizedAt(state.position, price),
    orders: [...account.state.orders.values()].filter((order) => order.botId === botId),
    locked: risk.locked(state.spec),
    atrPct: size.atrPct,
    stopPct: size.stopPct,
    exits: exitFacts(account, state),
    lastDecision: decision && {
      slotMs: decision.slotMs,
      text: decision.signal.reason === undefined ? decision.signal.kind : `${decision.signal.kind}: ${decision.signal.reason}`,
      values: decision.values,
    },
  };
}
