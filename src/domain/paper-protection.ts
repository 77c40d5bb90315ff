import type { AccountState, BotState } from "./books.ts";
import type { AccountEvent } from "./events.ts";
import type { Target } from "./exits.ts";
import { type Decimal, min, ZERO } from "./money.ts";
import { isProtective, type Order, protectiveOrderId } from "./order.ts";
import { isFlat } from "./position.ts";

/** Targets that a bot may have. */
export const TARGETS_MAX = 5;

/** On paper the venue holds an entry's protective orders from its first fill on, in the place of those of the entry before it; their quantity follows the position. */
export function restProtection(
  state: AccountState,
  bot: BotState,
  entry: Order,
  event: Extract<AccountEvent, { type: "order-filled" }>,
): void {
  const { stopPrice, takePrice, targets = takePrice === undefined ? [] : [{ price: takePrice, keep: ZERO }] } = event.after;
  const { trailingPct } = bot.spec.protection;
  for (const order of state.orders.values())
    if (order.botId === bot.spec.id && isProtective(order) && !order.clientOrderId.startsWith(entry.clientOrderId))
      state.orders.delete(order.clientOrderId);
  if (stopPrice) {
    const terms = { purpose: "stop", type: "stop", price: stopPrice, reason: "stop loss" } as const;
    rest(state, bot, entry, protectiveOrderId(entry.clientOrderId, "stop"), {
      ...terms,
      ...(trailingPct === undefined ? {} : { trailingPct }),
    });
  }
  for (let index = 0; index < TARGETS_MAX; index += 1) {
    const id = protectiveOrderId(entry.clientOrderId, "take", index);
    const target = targets[index];
    if (target) rest(state, bot, entry, id, takeTerms(target, index, targets.length));
    else state.orders.delete(id);
  }
}

/** What makes an order a target. */
export function takeTerms({ price, keep }: Target, index: number, count: number) {
  const terms = { purpose: "take", type: "take-profit", price, reason: targetReason(index, count) } as const;
  return keep.isZero() ? terms : { ...terms, keep };
}

/** `take profit`, or `take profit 1 of 2`. */
export function targetReason(index: number, count: number): string {
  return count < 2 ? "take profit" : `take profit ${index + 1} of ${count}`;
}

function rest(state: AccountState, { position }: BotState, from: Order, clientOrderId: string, terms: Partial<Order>): void {
  const { parts: _parts, ...entry } = from;
  state.orders.set(clientOrderId, { ...entry, clientOrderId, side: "sell", quantity: position.quantity, status: "open", ...terms });
}

/** Protective and closing orders never exceed the position; they end with it, and a target with the part that it was to sell. */
export function followPaperPosition(state: AccountState, bot: BotState, end: (state: AccountState, order: Order) => void): void {
  const held = bot.position.quantity;
  const keeps: Decimal[] = [];
  for (const order of state.orders.values()) {
    if (order.botId !== bot.spec.id || order.purpose === "entry") continue;
    if (isFlat(bot.position)) end(state, order);
    else if (order.purpose === "take") keeps.push(order.keep ?? ZERO);
    else if (isProtective(order)) state.orders.set(order.clientOrderId, { ...order, quantity: held.plus(order.filledQuantity) });
  }
  if (keeps.length === 0) return;
  for (const order of state.orders.values()) {
    if (order.botId !== bot.spec.id || order.purpose !== "take") continue;
    const keep = order.keep ?? ZERO;
    const from = keeps.reduce((least, other) => (other.isGreaterThan(keep) ? min(least, other) : least), held);
    if (from.isLessThanOrEqualTo(keep)) end(state, order);
    else state.orders.set(order.clientOrderId, { ...order, quantity: from.minus(keep).plus(order.filledQuantity) });
  }
}
