import type { AccountState } from "../domain/books.ts";
import type { AccountEvent } from "../domain/events.ts";
import { isFlat } from "../domain/position.ts";

/** The bots that a batch is about, in its order. To be asked before the batch is folded, because an order that ends leaves the books. */
export function botsOf(state: AccountState, events: readonly AccountEvent[]): ReadonlySet<string> {
  const bots = new Set<string>();
  for (const event of events) {
    const botId = botOf(state, event);
    if (botId !== undefined) bots.add(botId);
  }
  return bots;
}

function botOf(state: AccountState, event: AccountEvent): string | undefined {
  switch (event.type) {
    case "intent":
      return event.intent.botId;
    case "bot-created":
      return event.bot.id;
    case "attempt":
      return state.intents.get(event.intentId)?.botId;
    case "order-accepted":
      return state.orders.get(event.clientOrderId)?.botId;
    default:
      return "botId" in event ? event.botId : undefined;
  }
}

/** Symbols that a running bot reads, somebody holds or an order is about. */
export function symbolsOf({ bots, orders }: AccountState): string[] {
  const reading = [...bots.values()].filter(({ status, position }) => status === "running" || !isFlat(position));
  return [...reading.map(({ spec }) => spec.symbol), ...[...orders.values()].map(({ symbol }) => symbol)];
}
