import { type AccountState, type BotState, NO_RESULT, newBot, RESULT_BUCKET_MS } from "./books.ts";
import type { BotStatus } from "./bot.ts";
import type { AccountEvent, Intent, Recorded } from "./events.ts";
import { type Decimal, max, ZERO } from "./money.ts";
import { isProtective, isTerminal, nextStatus, type Order, type OrderStatus, protectiveOrderId } from "./order.ts";
import { applyFill, type Fill, isFlat } from "./position.ts";
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
      state.account = event.account;
      state.owner = event.owner;
      state.market = event.market;
      state.currency = [...event.balances.keys()][0] ?? "";
      state.startBalances = new Map(event.balances);
      state.balances = new Map(event.balances);
      return;
    case "day-started":
      state.day = { day: event.day, equity: event.equity };
      return;
    case "breaker-tripped":
      state.trippedDay = event.day;
      return;
    case "panic-started":
      state.panic = { scope: event.scope, reason: event.reason };
      return;
    case "panic-finished":
      state.panic = undefined;
      return;
    case "wish-denied":
      botOf(state, event.botId).actedSlotMs = event.slotMs;
      return;
    case "bot-created":
    case "bot-started":
    case "bot-stopped":
    case "bot-faulted":
    case "bot-deleted":
    case "trail-moved":
      return applyBotFact(state, event, at);
    default:
      return applyOrderFact(state, event, at);
  }
}

type BotFact = Extract<
  AccountEvent,
  { type: "bot-created" | "bot-started" | "bot-stopped" | "bot-faulted" | "bot-deleted" | "trail-moved" }
>;

function applyBotFact(state: AccountState, event: BotFact, at: MarketMs): void {
  if (event.type === "bot-created") {
    state.bots.set(event.bot.id, newBot(event.bot));
    return;
  }
  const bot = botOf(state, event.botId);
  if (event.type === "trail-moved") {
    bot.highest = event.highest;
  } else if (event.type === "bot-deleted") {
    bot.deleted = true;
    setStatus(bot, "stopped", "deleted");
  } else if (event.type === "bot-faulted") {
    setStatus(bot, "faulted", event.reason);
  } else if (event.type === "bot-started") {
    setStatus(bot, "running", "");
    bot.startedMs = at;
  } else {
    setStatus(bot, event.closing && !isFlat(bot.position) ? "stopping" : "stopped", event.reason);
  }
}

type OrderFact = Extract<AccountEvent, { type: "intent" | "attempt" | `order-${string}` }>;

function applyOrderFact(state: AccountState, event: OrderFact, at: MarketMs): void {
  switch (event.type) {
    case "intent":
      state.intents.set(event.intent.intentId, event.intent);
      state.orders.set(event.intent.clientOrderId, orderOf(event.intent, event.intent.clientOrderId, at));
      botOf(state, event.intent.botId).actedSlotMs = event.intent.slotMs;
      return;
    case "attempt": {
      const intent = state.intents.get(event.intentId);
      if (!intent) throw new Error(`attempt ${event.clientOrderId} belongs to no known intent ${event.intentId}`);
      state.orders.set(event.clientOrderId, { ...orderOf(intent, event.clientOrderId, at), attempt: event.attempt });
      return;
    }
    case "order-filled":
      return applyOrderFill(state, event);
    case "order-accepted":
      return changeOrder(state, event.clientOrderId, "open");
    case "order-unknown":
      return changeOrder(state, event.clientOrderId, "unknown");
    case "order-rejected":
      return changeOrder(state, event.clientOrderId, "rejected");
    case "order-canceled":
      return changeOrder(state, event.clientOrderId, "canceled");
    case "order-expired":
      return changeOrder(state, event.clientOrderId, "expired");
  }
}

function applyOrderFill(state: AccountState, event: Extract<AccountEvent, { type: "order-filled" }>): void {
  const { fill } = event;
  const order = state.orders.get(fill.clientOrderId);
  if (!order) throw new Error(`fill ${fill.fillId} belongs to no working order (${fill.clientOrderId})`);
  if (order.fillIds.includes(fill.fillId)) return;
  const bot = botOf(state, order.botId);
  const [base = "", quote = ""] = fill.symbol.split("/");
  book(state, bot, fill, base, quote, event.after.realized);
  bot.position = applyFill(bot.position, fill, base);
  const filledQuantity = order.filledQuantity.plus(fill.quantity);
  const full = filledQuantity.isGreaterThanOrEqualTo(order.quantity);
  const status = nextStatus(order.status, full ? "filled" : "partially-filled");
  if (isTerminal(status)) endOrder(state, order);
  else state.orders.set(order.clientOrderId, { ...order, filledQuantity, fillIds: [...order.fillIds, fill.fillId], status });
  if (order.purpose === "entry") {
    bot.highest = bot.highest === undefined ? fill.price : max(bot.highest, fill.price);
    const intent = state.intents.get(order.intentId);
    if (intent) restProtection(state, bot, intent, event);
  }
  followPosition(state, bot);
}

/** Cash, coins and the bot's own sums, each moved by the same fill. */
function book(state: AccountState, bot: BotState, fill: Fill, base: string, quote: string, realized: Decimal | undefined): void {
  const sign = fill.side === "buy" ? 1 : -1;
  const notional = fill.price.times(fill.quantity);
  const feeInBase = fill.feeCurrency === base;
  const baseMove = fill.quantity.times(sign).minus(feeInBase ? fill.fee : ZERO);
  const quoteMove = notional.times(-sign).minus(fill.feeCurrency === quote ? fill.fee : ZERO);
  state.balances.set(base, (state.balances.get(base) ?? ZERO).plus(baseMove));
  state.balances.set(quote, (state.balances.get(quote) ?? ZERO).plus(quoteMove));
  bot.baseEntries = bot.baseEntries.plus(baseMove);
  bot.quoteEntries = bot.quoteEntries.plus(quoteMove);
  const bucket = fill.marketMs - (fill.marketMs % RESULT_BUCKET_MS);
  const before = bot.results.get(bucket) ?? NO_RESULT;
  const closes = realized !== undefined ? 1 : 0;
  bot.results.set(bucket, {
    realized: before.realized.plus(realized ?? (feeInBase ? ZERO : fill.fee.negated())),
    fees: before.fees.plus(feeInBase ? fill.fee.times(fill.price) : fill.fee),
    fills: before.fills + 1,
    closes: before.closes + closes,
    wins: before.wins + (realized?.isGreaterThan(0) ? 1 : 0),
  });
}

/** The venue holds an entry's protective orders from its first fill on; their quantity follows the position. */
function restProtection(state: AccountState, bot: BotState, intent: Intent, event: Extract<AccountEvent, { type: "order-filled" }>): void {
  const rest = (purpose: "stop" | "take", price: Decimal | undefined) => {
    if (price === undefined) return;
    const id = protectiveOrderId(event.fill.clientOrderId, purpose);
    const trailingPct = purpose === "stop" ? bot.spec.protection.trailingPct : undefined;
    state.orders.set(id, {
      ...orderOf(intent, id, event.fill.marketMs),
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
function followPosition(state: AccountState, bot: BotState): void {
  const flat = isFlat(bot.position);
  for (const order of state.orders.values()) {
    if (order.botId !== bot.spec.id || order.purpose === "entry") continue;
    if (flat) endOrder(state, order);
    else if (isProtective(order)) {
      state.orders.set(order.clientOrderId, { ...order, quantity: bot.position.quantity.plus(order.filledQuantity) });
    }
  }
  if (!flat) return;
  bot.highest = undefined;
  const working = new Set([...state.orders.values()].map(({ intentId }) => intentId));
  for (const { intentId, botId } of state.intents.values())
    if (botId === bot.spec.id && !working.has(intentId)) state.intents.delete(intentId);
  if (bot.status === "stopping") setStatus(bot, "stopped", bot.statusReason);
}

function changeOrder(state: AccountState, clientOrderId: string, to: OrderStatus): void {
  const order = state.orders.get(clientOrderId);
  if (!order) return;
  const status = nextStatus(order.status, to);
  if (isTerminal(status)) endOrder(state, order);
  else state.orders.set(clientOrderId, { ...order, status });
}

function endOrder(state: AccountState, order: Order): void {
  state.orders.delete(order.clientOrderId);
  const used = [...state.orders.values()].some(({ intentId }) => intentId === order.intentId);
  if (!used && order.purpose !== "entry") state.intents.delete(order.intentId);
  else if (!used && isFlat(botOf(state, order.botId).position)) state.intents.delete(order.intentId);
}

function orderOf(intent: Intent, clientOrderId: string, at: MarketMs): Order {
  const { intentId, botId, symbol, side, type, purpose, quantity, reason, price } = intent;
  const order = {
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
  };
  return { ...order, status: "in-flight", ...(price === undefined ? {} : { price }) };
}

function setStatus(bot: BotState, status: BotStatus, reason: string): void {
  bot.status = status;
  bot.statusReason = reason;
}

function botOf(state: AccountState, botId: string): BotState {
  const bot = state.bots.get(botId);
  if (!bot) throw new Error(`the stream of ${state.account} speaks of an unknown bot ${botId}`);
  return bot;
}
