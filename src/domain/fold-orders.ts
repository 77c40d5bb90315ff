import type { AccountState, BotState } from "./books.ts";
import { trimDust, unclaimed } from "./dust.ts";
import type { AccountEvent, Intent } from "./events.ts";
import { botOf, setStatus } from "./fold-bots.ts";
import { beginProbe, endProbe } from "./fold-breakers.ts";
import { countOrder, countResult, countSlippage } from "./fold-risk.ts";
import { type Decimal, decimal, max, min, ZERO } from "./money.ts";
import { isProtective, isTerminal, nextStatus, type Order, type OrderStatus } from "./order.ts";
import { followPaperPosition, restProtection } from "./paper-protection.ts";
import { boughtParts, fittedParts, type Part, soldParts, withoutParts } from "./parts.ts";
import { applyFill, coveredPart, type Fill, isFlat, isPerpetual, type Position } from "./position.ts";
import { addToBucket, resultOf } from "./result.ts";
import type { MarketMs } from "./time.ts";

/** Orders that have ended and are still remembered, for fills that come late. */
const CLOSED_MAX = 500;

export type OrderFact = Extract<
  AccountEvent,
  | { type: "intent" | "attempt" }
  | { type: "order-accepted" | "order-rejected" | "order-unknown" | "order-filled" | "order-canceled" | "order-expired" }
>;

/** Folds what happens to orders, and through fills to positions and balances. */
export function applyOrderFact(state: AccountState, event: OrderFact, at: MarketMs): void {
  switch (event.type) {
    case "intent":
      beginProbe(state, event.intent);
      return applyIntent(state, event.intent, at);
    case "attempt": {
      const intent = state.intents.get(event.intentId);
      if (!intent) throw new Error(`attempt ${event.clientOrderId} belongs to no known intent ${event.intentId}`);
      state.orders.set(event.clientOrderId, { ...orderOf(intent, event.clientOrderId, at), attempt: event.attempt });
      return;
    }
    case "order-filled":
      endProbe(state, { type: event.type, clientOrderId: event.fill.clientOrderId });
      return applyOrderFill(state, event);
    case "order-accepted":
      endProbe(state, event);
      return acceptOrder(state, event);
    case "order-unknown":
      return changeOrder(state, event.clientOrderId, "unknown");
    case "order-rejected":
      endProbe(state, event);
      return changeOrder(state, event.clientOrderId, "rejected");
    case "order-canceled":
    case "order-expired":
      endProbe(state, event);
      uncover(state, state.orders.get(event.clientOrderId), at);
      return changeOrder(state, event.clientOrderId, event.type === "order-canceled" ? "canceled" : "expired");
  }
}

function applyIntent(state: AccountState, intent: Intent, at: MarketMs): void {
  state.intents.set(intent.intentId, intent);
  state.orders.set(intent.clientOrderId, orderOf(intent, intent.clientOrderId, at));
  const bot = botOf(state, intent.botId);
  if (isProtective(intent)) {
    state.venue.protections.set(intent.botId, (state.venue.protections.get(intent.botId) ?? 0) + 1);
    return;
  }
  bot.actedSlotMs = intent.slotMs;
  if (intent.purpose === "entry") {
    if (isFlat(bot.position)) Object.assign(bot, { stopDistance: intent.stopDistance, whole: intent.whole });
  }
  countOrder(state, bot, intent, at);
  if (bot.exit && intent.purpose !== "entry") bot.exit = { ...bot.exit, tries: bot.exit.tries + 1 };
}

function acceptOrder(state: AccountState, event: Extract<AccountEvent, { type: "order-accepted" }>): void {
  const { clientOrderId, venueOrderId, venueOrderIds = [venueOrderId] } = event;
  const order = state.orders.get(clientOrderId);
  if (!order) return;
  if (state.mode === "paper") return changeOrder(state, clientOrderId, "open");
  const status = order.status === "in-flight" || order.status === "unknown" ? nextStatus(order.status, "open") : order.status;
  state.orders.set(clientOrderId, { ...order, status, venueOrderIds });
  if (!isProtective(order)) return;
  const bot = botOf(state, order.botId);
  bot.uncoveredSinceMs = undefined;
  if (bot.added && order.quantity.isGreaterThan(bot.added.from)) bot.added = undefined;
}

/** A protective order has ended while its position is held. */
function uncover(state: AccountState, order: Order | undefined, at: MarketMs): void {
  if (!order || state.mode === "paper" || !isProtective(order)) return;
  const bot = botOf(state, order.botId);
  if (!isFlat(bot.position)) bot.uncoveredSinceMs ??= at;
}

function applyOrderFill(state: AccountState, event: Extract<AccountEvent, { type: "order-filled" }>): void {
  const { fill } = event;
  const late = state.venue.closed.get(fill.clientOrderId);
  const order = state.orders.get(fill.clientOrderId) ?? late;
  if (!order) throw new Error(`fill ${fill.fillId} belongs to no working order (${fill.clientOrderId})`);
  if (order.fillIds.includes(fill.fillId)) return;
  const bot = botOf(state, order.botId);
  const [base = "", rest = ""] = fill.symbol.split("/");
  const quote = rest.split(":")[0] ?? "";
  const beyond = fill.feeCurrency === base ? unclaimed(state, base) : ZERO;
  book(state, bot, event, { base, quote, decidedAt: decidedAt(order) });
  const before = bot.position;
  bot.position = applyFill(before, state.mode === "paper" ? fill : coveredPart(before, fill, order.purpose === "entry"), base, beyond);
  countResult(state, bot, before);
  countSlippage(bot, order, state.intents.get(order.intentId), event);
  if (order.parts) moveParts(bot, { ...order, parts: order.parts }, fill, bot.position.quantity.minus(before.quantity));
  const filled = { ...order, filledQuantity: order.filledQuantity.plus(fill.quantity), fillIds: [...order.fillIds, fill.fillId] };
  if (order === late) state.venue.closed.set(order.clientOrderId, filled);
  else putFilled(state, filled);
  uncover(state, order, fill.marketMs);
  followAdded(state, bot, order, { fill, before });
  if (order.purpose === "entry") {
    const best = fill.side === "buy" ? max : min;
    // What is added moves the average and with it all levels: how good the price was before says nothing of them.
    const begins = bot.highest === undefined || (order.parts !== undefined && order.filledQuantity.isZero());
    bot.highest = begins || bot.highest === undefined ? fill.price : best(bot.highest, fill.price);
    bot.enteredMs = fill.marketMs;
    bot.stopDistance = order.stopDistance;
    const intent = state.intents.get(order.intentId);
    if (intent && state.mode === "paper") restProtection(state, bot, orderOf(intent, fill.clientOrderId, fill.marketMs), event);
  }
  followPosition(state, bot, fill.marketMs);
  trimDust(state, fill.feeCurrency);
}

/** At a real exchange a stop covers what was held when it was placed: since the first fill beyond that the position waits for another one. */
function followAdded(
  state: AccountState,
  bot: BotState,
  order: Order,
  { fill, before }: { readonly fill: Fill; readonly before: Position },
): void {
  const { added } = bot;
  if (order.purpose !== "entry") {
    if (added) bot.added = { ...added, from: max(ZERO, added.from.minus(fill.quantity)) };
    return;
  }
  const adds = state.mode !== "paper" && order.parts !== undefined && state.intents.get(order.intentId)?.whole === undefined;
  if (adds && !isFlat(before)) bot.added = { sinceMs: added?.sinceMs ?? fill.marketMs, from: before.quantity };
}

function moveParts(bot: BotState, order: Order & { readonly parts: readonly Part[] }, fill: Fill, received: Decimal): void {
  const held = bot.parts ?? [];
  bot.parts = fill.side === "buy" ? boughtParts(held, order, fill.quantity, received) : soldParts(held, order, fill.quantity);
}

/** Only what a strategy decided has a price to be measured against: stops and targets follow a level, and people say none. */
function decidedAt({ purpose, decidedAt: price }: Order): Decimal | undefined {
  return purpose === "entry" || purpose === "exit" ? price : undefined;
}

function putFilled(state: AccountState, order: Order): void {
  const full = order.filledQuantity.isGreaterThanOrEqualTo(order.quantity);
  const status = nextStatus(order.status, full ? "filled" : "partially-filled");
  if (isTerminal(status)) endOrder(state, { ...order, status });
  else state.orders.set(order.clientOrderId, { ...order, status });
}

/** Cash, coins and the bot's own sums, each moved by the same fill. A perpetual moves no coins: its results are paid into the settling one. */
function book(
  state: AccountState,
  bot: BotState,
  { fill, after: { realized, result } }: Extract<AccountEvent, { type: "order-filled" }>,
  { base, quote, decidedAt }: { readonly base: string; readonly quote: string; readonly decidedAt: Decimal | undefined },
): void {
  const sign = fill.side === "buy" ? 1 : -1;
  const notional = fill.price.times(fill.quantity);
  const feeInBase = fill.feeCurrency === base;
  const feeInQuote = fill.feeCurrency === quote;
  const perpetual = isPerpetual(fill.symbol);
  const baseMove = fill.quantity.times(sign).minus(feeInBase ? fill.fee : ZERO);
  const quoteMove = notional.times(-sign).minus(feeInQuote ? fill.fee : ZERO);
  const add = (coin: string, change: typeof baseMove) => state.balances.set(coin, (state.balances.get(coin) ?? ZERO).plus(change));
  if (perpetual) add(quote, realized ?? fill.fee.negated());
  else {
    add(base, baseMove);
    add(quote, quoteMove);
  }
  if (!feeInBase && !feeInQuote) add(fill.feeCurrency, fill.fee.negated());
  bot.baseEntries = bot.baseEntries.plus(baseMove);
  bot.quoteEntries = bot.quoteEntries.plus(quoteMove);
  addToBucket(
    bot.results,
    fill.marketMs,
    resultOf(fill, realized && { realized, result: result ?? realized }, { feeInBase, feeInQuote, decidedAt }),
  );
}

/** What ends with a position. At a real venue orders end by evidence only; on paper protective orders follow the position. */
export function followPosition(state: AccountState, bot: BotState, at: MarketMs): void {
  if (state.mode === "paper") followPaperPosition(state, bot, endOrder);
  const held = bot.position.quantity.abs();
  if (bot.exit?.keep?.isGreaterThanOrEqualTo(held)) {
    if (bot.exit.parts) bot.parts = withoutParts(bot.parts ?? [], bot.exit.parts);
    bot.exit = undefined;
  }
  if (bot.parts) bot.parts = isFlat(bot.position) ? undefined : fittedParts(bot.parts, held);
  if (!isFlat(bot.position)) {
    bot.heldMost = max(bot.heldMost ?? held, held);
    bot.heldSinceMs ??= at;
    return;
  }
  bot.heldMost = undefined;
  bot.whole = undefined;
  bot.enteredMs = undefined;
  if (bot.heldSinceMs !== undefined) bot.held.push(bot.heldSinceMs, Math.max(bot.heldSinceMs, at));
  bot.heldSinceMs = undefined;
  bot.highest = undefined;
  bot.exit = undefined;
  bot.naked = undefined;
  bot.tightened = undefined;
  bot.uncoveredSinceMs = undefined;
  bot.added = undefined;
  const working = new Set([...state.orders.values()].map(({ intentId }) => intentId));
  for (const { intentId, botId } of state.intents.values())
    if (botId === bot.spec.id && !working.has(intentId)) state.intents.delete(intentId);
  if (bot.status === "stopping") setStatus(bot, "stopped", bot.statusReason);
}

function changeOrder(state: AccountState, clientOrderId: string, to: OrderStatus): void {
  const order = state.orders.get(clientOrderId);
  if (!order) return;
  const status = nextStatus(order.status, to);
  if (isTerminal(status)) endOrder(state, { ...order, status });
  else state.orders.set(clientOrderId, { ...order, status });
}

function endOrder(state: AccountState, order: Order): void {
  state.orders.delete(order.clientOrderId);
  if (state.mode !== "paper") {
    const { closed } = state.venue;
    closed.set(order.clientOrderId, order);
    const oldest = closed.keys().next().value;
    if (closed.size > CLOSED_MAX && oldest !== undefined) closed.delete(oldest);
  }
  const used = [...state.orders.values()].some(({ intentId }) => intentId === order.intentId);
  if (!used && (order.purpose !== "entry" || isFlat(botOf(state, order.botId).position))) state.intents.delete(order.intentId);
}

function orderOf(intent: Intent, clientOrderId: string, at: MarketMs): Order {
  const { intentId, botId, symbol, side, type, purpose, quantity, reason, price, immediate, takePrice, stopLimitPrice } = intent;
  const { stopDistance, parts } = intent;
  const { close: decided } = intent.values;
  return {
    clientOrderId,
    intentId,
    attempt: 1,
    botId,
    symbol,
    side,
    type,
    purpose,
    quantity,
    filledQuantity: ZERO,
    fillIds: [],
    reason,
    sinceMs: at,
    status: "in-flight",
    ...(price === undefined ? {} : { price }),
    ...(decided === undefined || !Number.isFinite(decided) ? {} : { decidedAt: decimal(decided) }),
    ...(immediate === undefined ? {} : { immediate }),
    ...(takePrice === undefined ? {} : { takePrice }),
    ...(stopLimitPrice === undefined ? {} : { stopLimitPrice }),
    ...(stopDistance === undefined ? {} : { stopDistance }),
    ...(parts === undefined ? {} : { parts }),
  };
}
