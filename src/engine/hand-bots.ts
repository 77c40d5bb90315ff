import type { AccountState } from "../domain/books.ts";
import type { AccountEvent } from "../domain/events.ts";
import { isFlat } from "../domain/position.ts";
import { hold } from "../domain/signal.ts";
import type { Strategy } from "../ports/strategy.ts";
import { defineStrategy } from "../strategies/define.ts";
import type { Account } from "./account.ts";

/** The strategy of bots that hold one order entered by a person. Nobody chooses it: it comes with the order. */
export const BY_HAND = "by-hand";

export const byHand: Strategy = defineStrategy({
  summary: "Holds what a person entered until its stop, its target or a person closes it; never acts by itself",
  params: {},
  indicators: () => ({}),
  decide: () => hold,
})(BY_HAND);

/** Ends the bots whose one order by hand is over: closed, or never filled. Their symbol is free again. */
export function endHandBots(account: Account): Promise<void> | undefined {
  if (doneHandBots(account.state).length === 0 || account.queue.depth > 0) return undefined;
  return account.queue.run(async () => {
    const ended = doneHandBots(account.state);
    await account.appendEvents(ended);
    for (const { botId } of ended) account.runners.remove(botId);
  });
}

function doneHandBots({ bots, orders }: AccountState): Extract<AccountEvent, { type: "bot-stopped" }>[] {
  const done: Extract<AccountEvent, { type: "bot-stopped" }>[] = [];
  for (const { spec, status, position } of bots.values()) {
    if (spec.strategy !== BY_HAND || status !== "running" || !isFlat(position)) continue;
    if ([...orders.values()].some(({ botId }) => botId === spec.id)) continue;
    const reason = position.fillCount > 0 ? "its position is closed" : "its order did not fill";
    done.push({ type: "bot-stopped", botId: spec.id, closing: false, reason });
  }
  return done;
}
