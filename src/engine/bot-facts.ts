import { decimal } from "../domain/money.ts";
import { isFlat, unrealizedAt } from "../domain/position.ts";
import type { BotFacts } from "../ports/engine.ts";
import type { Account } from "./account.ts";
import { liquidationOf } from "./account-facts.ts";
import { exitFacts } from "./exit-facts.ts";
import { once } from "./once.ts";
import { sizeQuestion } from "./sizing.ts";

/**
 * A bot as commands see it; undefined when its account has none with that id. Its newest decision is known only where the account is held. Each command goes over all bots to
 * see whose they are, and shows a few: what has to be reckoned is reckoned when it is read.
 */
export function botFacts(account: Account, botId: string): BotFacts | undefined {
  const state = account.state.bots.get(botId);
  if (!state) return undefined;
  const { hub, risk } = account.services;
  const price = once(() => {
    const seen = hub.price(state.spec.symbol);
    return seen && decimal(seen.price);
  });
  const size = once(() => sizeQuestion(state.spec, account.runners.get(botId)?.lastSlot));
  const orders = once(() => [...account.state.orders.values()].filter((order) => order.botId === botId));
  const exits = once(() => exitFacts(account, state));
  const lastDecision = once(() => decisionOf(account, botId));
  return {
    state,
    account: account.state.account,
    get price() {
      return price();
    },
    get liquidationPrice() {
      return liquidationOf(account, state);
    },
    get unrealized() {
      const at = price();
      return isFlat(state.position) ? decimal(0) : at && unrealizedAt(state.position, at);
    },
    get orders() {
      return orders();
    },
    get locked() {
      return risk.locked(state.spec);
    },
    get atrPct() {
      return size().atrPct;
    },
    get stopPct() {
      return size().stopPct;
    },
    get exits() {
      return exits();
    },
    get lastDecision() {
      return lastDecision();
    },
  };
}

function decisionOf(account: Account, botId: string): BotFacts["lastDecision"] {
  const decision = account.runners.get(botId)?.lastDecision();
  if (!decision) return undefined;
  const { reason, kind } = decision.signal;
  return { slotMs: decision.slotMs, text: reason === undefined ? kind : `${kind}: ${reason}`, values: decision.values };
}
