import type { AccountState, BotState } from "../domain/books.ts";
import type { AccountEvent } from "../domain/events.ts";
import type { BotBook, Execution } from "../domain/execution.ts";
import { takesOf } from "../domain/exits.ts";
import type { FillOutcome } from "../domain/fill-outcome.ts";
import type { Instrument } from "../domain/instrument.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { type Order, type Purpose, protectiveOrderId, remainingOf } from "../domain/order.ts";
import { targetReason } from "../domain/paper-protection.ts";
import { applyFill, closingResult, entryPrice, type Fill, type Position } from "../domain/position.ts";
import { type MarketMs, MINUTE_MS } from "../domain/time.ts";
import { levelsFrom } from "../matching/protection.ts";
import { ENTRY_WORKS_MINUTES } from "./limits.ts";

/** What a bot shows the matching room. */
export function bookOf(state: AccountState, bot: BotState, instrument: Instrument, cash: Decimal): BotBook {
  const orders = [...state.orders.values()].filter(
    ({ botId, status }) => botId === bot.spec.id && status !== "in-flight" && status !== "unknown",
  );
  return {
    instrument,
    orders,
    positionQuantity: bot.position.quantity,
    positionCost: bot.position.cost,
    protection: bot.spec.protection,
    highest: bot.highest,
    cash,
  };
}

/** The events that a bot's executions are, with what each one led to, and the orders that end with them. Pure: the fold comes later. */
export function executionEvents(book: BotBook, bot: BotState, executions: readonly Execution[], at: MarketMs): AccountEvent[] {
  const events: AccountEvent[] = [];
  const filled = new Map<string, { quantity: Decimal; count: number }>();
  let position = bot.position;
  let sold = false;
  for (const execution of executions) {
    const order = orderOf(book, execution.clientOrderId);
    const seen = filled.get(execution.clientOrderId) ?? { quantity: ZERO, count: order.order.fillIds.length };
    filled.set(execution.clientOrderId, { quantity: seen.quantity.plus(execution.quantity), count: seen.count + 1 });
    const fill = fillOf(execution, order.order, book.instrument, seen.count + 1);
    const before = position;
    position = applyFill(position, fill, book.instrument.base);
    sold ||= fill.side === "sell";
    const after = outcomeOf(
      book,
      before,
      position,
      { fill, trigger: execution.trigger },
      order.purpose === "entry" ? order.order : { ...order.order, purpose: order.purpose },
    );
    events.push({ type: "order-filled", fill, botId: bot.spec.id, purpose: order.purpose, reason: order.reason, after });
  }
  for (const order of book.orders) {
    if (order.purpose !== "entry") continue;
    const left = remainingOf(order).minus(filled.get(order.clientOrderId)?.quantity ?? ZERO);
    if (left.isLessThanOrEqualTo(0)) continue;
    if (sold)
      events.push({
        type: "order-canceled",
        botId: order.botId,
        clientOrderId: order.clientOrderId,
        reason: "its position was closed before the rest filled",
      });
    else if (at - order.sinceMs >= ENTRY_WORKS_MINUTES * MINUTE_MS && order.type === "market") {
      events.push({
        type: "order-expired",
        botId: order.botId,
        clientOrderId: order.clientOrderId,
        reason: `not filled within ${ENTRY_WORKS_MINUTES} minutes of market time`,
      });
    }
  }
  return events;
}

/** An order of the book, or the protective order that the venue made of an entry in this very candle. */
function orderOf(book: BotBook, clientOrderId: string): { order: Order; purpose: Purpose; reason: string } {
  const known = book.orders.find((order) => order.clientOrderId === clientOrderId);
  if (known) return { order: known, purpose: known.purpose, reason: known.reason };
  for (const order of book.orders) {
    if (order.purpose !== "entry" || !clientOrderId.startsWith(order.clientOrderId)) continue;
    const made: Order = { ...order, clientOrderId, side: "sell", fillIds: [] };
    if (protectiveOrderId(order.clientOrderId, "stop") === clientOrderId) return { order: made, purpose: "stop", reason: "stop loss" };
    const count = takesOf(book.protection).length;
    for (let index = 0; index < count; index += 1)
      if (protectiveOrderId(order.clientOrderId, "take", index) === clientOrderId)
        return { order: made, purpose: "take", reason: targetReason(index, count) };
  }
  throw new Error(`the venue executed an order that the ledger does not know: ${clientOrderId}`);
}

function fillOf(execution: Execution, order: Order, instrument: Instrument, count: number): Fill {
  const { clientOrderId, price, quantity, fee, liquidity, marketMs } = execution;
  const fillId = `${clientOrderId}.${count}`;
  return {
    fillId,
    clientOrderId,
    symbol: instrument.symbol,
    side: order.side,
    price,
    quantity,
    fee,
    feeCurrency: instrument.quote,
    liquidity,
    marketMs,
  };
}

function outcomeOf(
  book: BotBook,
  before: Position,
  after: Position,
  { fill, trigger }: { readonly fill: Fill; readonly trigger: Decimal | undefined },
  { purpose, stopDistance }: Order,
): FillOutcome {
  const made = fill.side === "sell" ? closingResult(before, after, fill.fee) : { realized: undefined };
  const price = entryPrice(after);
  const outcome = { positionQuantity: after.quantity, entryPrice: price, ...made, stopPrice: trigger, takePrice: undefined };
  if (purpose !== "entry" || !price) return outcome;
  return { ...outcome, ...levelsFrom(book, { side: "sell", entry: price, stopDistance }, after.quantity) };
}
