import type { AccountState, BotState } from "./books.ts";
import type { AccountEvent } from "./events.ts";
import type { Decimal } from "./money.ts";
import { isProtective, type Order, protectiveOrderId } from "./order.ts";
import { isFlat } from "./position.ts";

/** On paper the venue holds an entry's protective orders from its first fill on; their quantity follows the position. */
export function restProtection(
  state: AccountState,
  bot: BotState,
  entry: Order,
  event: Extract<AccountEvent, { type: "order-filled" }>,
): void {
  const rest = (purpose: "stop" | "take", price: Decimal | undefined) => {
    if (price === undefined) return;
    const id = protectiveOrderId(event.fill.clientOrderId, purpose);
    const trailingPct = purpose === "stop" ? bot.spec.protection.trailingPct : undefined;
    state.orders.set(id, {
      ...entry,
      clientOrderId: id,
      side: "sell",
      type: purpose === "stop" ? "stop" : "take-profit",
      purpose,
      quantity: bot.position.quantity,
      price,
      status: "open",
      reason: purpose === "stop" ? "stop loss" : "take profit",
      ...(trailingPct === undefined ? {} : { trailingPct }),
    });
  };
  rest("stop", event.after.stopPrice);
  rest("take", event.after.takePrice);
}

/** Protective and closing orders never exceed the position; they end with it. */
export function followPaperPosition(state: AccountState, bot: BotState, end: (state: AccountState, order: Order) => void): void {
  const flat = isFlat(bot.position);
  for (const order of state.orders.values()) {
    if (order.botId !== bot.spec.id || order.purpose === "entry") continue;
    if (flat) end(state, order);
    else if (isProtective(order)) {
      state.orders.set(order.clientOrderId, { ...order, quantity: bot.position.quantity.plus(order.filledQuantity) });
    }
  }
}
