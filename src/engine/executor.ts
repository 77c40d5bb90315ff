import type { AccountState, BotState } from "../domain/books.ts";
import { BotFault, messageOf } from "../domain/errors.ts";
import type { AccountEvent, Intent } from "../domain/events.ts";
import { type Decimal, decimal, ZERO } from "../domain/money.ts";
import { isProtective, type Order } from "../domain/order.ts";
import { isFlat } from "../domain/position.ts";
import type { Signal } from "../domain/signal.ts";
import type { MarketMs } from "../domain/time.ts";
import { timeframeMs } from "../domain/timeframe.ts";
import { checkEntry } from "../risk/entry.ts";
import type { Slot } from "./feeds.ts";
import { clientOrderIdOf, marketIntent, type Wish } from "./intents.ts";
import type { BotRunner } from "./runner.ts";
import type { ExecutorHost } from "./services.ts";
import { Funds } from "./valuation.ts";

/** What one running bot wishes at one slot. */
export interface BotWish {
  readonly runner: BotRunner;
  readonly slot: Slot;
  readonly signal: Signal | BotFault;
}

/** The only room that makes intents of wishes and the only one that sends. Runs inside the account's serial queue. */
export class Executor {
  readonly #account: ExecutorHost;

  constructor(account: ExecutorHost) {
    this.#account = account;
  }

  /** What the running bots on these slots wish, holds left out. Pure: asking again gives the same. */
  wishes(slots: readonly Slot[]): BotWish[] {
    const wishes: BotWish[] = [];
    for (const slot of slots) {
      for (const runner of this.#account.runners.on(slot.feed.key)) {
        const { bot } = runner;
        if (!mayDecide(bot, slot) || this.#account.exposure.works(bot.spec.id)) continue;
        const signal = decided(runner, slot);
        if (signal instanceof BotFault || fits(signal, bot)) wishes.push({ runner, slot, signal });
      }
    }
    return wishes.length > 1 ? inOrder(wishes, this.#account.state) : wishes;
  }

  /** Wishes -> denied, or intents with their first attempt -> durable -> sent once -> what became of them. */
  async act(wishes: readonly BotWish[]): Promise<void> {
    if (wishes.length === 0) return;
    const events: AccountEvent[] = [];
    const intents: Intent[] = [];
    const funds = new Funds(this.#account);
    let spent = ZERO;
    for (const { runner, slot, signal } of wishes) {
      const { bot } = runner;
      if (signal instanceof BotFault) {
        events.push({ type: "bot-faulted", botId: bot.spec.id, reason: signal.message });
        continue;
      }
      if (signal.kind === "hold") continue;
      const slotMs = slot.candle.openTimeMs as MarketMs;
      const wish = { decision: slotMs, slotMs, reason: signal.reason, values: runner.valuesAt(slot) };
      if (signal.kind === "exit") {
        intents.push(marketIntent(bot, "exit", bot.position.quantity, wish));
        continue;
      }
      const answer = this.#checkEntry(bot, slot, funds, spent);
      if (answer.allowed) {
        intents.push(marketIntent(bot, "entry", answer.quantity, wish));
        spent = spent.plus(answer.quantity.times(decimal(slot.candle.close)));
      } else {
        events.push(...this.#denied(bot, wish, answer.code, answer.because));
      }
    }
    await this.send(intents, events);
  }

  /** Makes intents durable together with other events, then sends each once. `requestId` names the chat request behind them. */
  async send(intents: readonly Intent[], others: readonly AccountEvent[], requestId?: string): Promise<void> {
    const events = [...others, ...intents.map((intent): AccountEvent => ({ type: "intent", intent }))];
    if (requestId === undefined) await this.#account.appendEvents(events);
    else await this.#account.appendOnce(events, requestId);
    const orders = intents.map(({ clientOrderId }) => this.#account.state.orders.get(clientOrderId)).filter((order) => order !== undefined);
    await this.submit(orders);
  }

  /** Sends orders whose attempts are durable. An entry is looked at once more, for a halt may have come in between. */
  async submit(orders: readonly Order[]): Promise<void> {
    const outcomes: AccountEvent[] = [];
    for (const order of orders) outcomes.push(await this.#submitOne(order));
    await this.#account.appendEvents(outcomes);
  }

  /** Asks the venue about every attempt whose outcome was lost, and tries once more what it never received. */
  async recover(): Promise<void> {
    const { state, venue } = this.#account;
    const again: Order[] = [];
    const events: AccountEvent[] = [];
    for (const order of [...state.orders.values()]) {
      if (order.status !== "in-flight" && order.status !== "unknown") continue;
      const reading = await venue.find(order.clientOrderId);
      if (reading === "present")
        events.push({ type: "order-accepted", clientOrderId: order.clientOrderId, venueOrderId: `paper-${order.clientOrderId}` });
      if (reading !== "absent") continue;
      const clientOrderId = clientOrderIdOf(order.intentId, order.attempt + 1);
      events.push({ type: "attempt", intentId: order.intentId, clientOrderId, attempt: order.attempt + 1 });
      events.push({ type: "order-expired", botId: order.botId, clientOrderId: order.clientOrderId, reason: "it never reached the venue" });
      again.push({ ...order, clientOrderId, attempt: order.attempt + 1 });
    }
    await this.#account.appendEvents(events);
    await this.submit(again);
  }

  /** Cancels what may still open or enlarge a position; returns the events that say so. */
  async cancelEntries(bot: BotState, reason: string): Promise<AccountEvent[]> {
    const events: AccountEvent[] = [];
    for (const order of this.#account.state.orders.values()) {
      if (order.botId !== bot.spec.id || order.purpose !== "entry") continue;
      await this.#account.venue.cancel(order);
      events.push({ type: "order-canceled", botId: order.botId, clientOrderId: order.clientOrderId, reason });
    }
    return events;
  }

  /** An order that sells a bot's whole position, unless one works already. */
  closing(bot: BotState, purpose: "close" | "panic", wish: Wish): Intent[] {
    if (isFlat(bot.position)) return [];
    const works = [...this.#account.state.orders.values()].some(
      (order) => order.botId === bot.spec.id && order.side === "sell" && !isProtective(order),
    );
    return works ? [] : [marketIntent(bot, purpose, bot.position.quantity, wish)];
  }

  /** A panic ends when nothing is held any more. Positions whose sale has ended without filling are sold again. */
  async finishPanic(): Promise<void> {
    const { state } = this.#account;
    if (!state.panic) return;
    const held = [...state.bots.values()].filter(({ position }) => !isFlat(position));
    if (held.length === 0) return this.#account.appendEvents([{ type: "panic-finished", scope: state.panic.scope, remainder: [] }]);
    const at = this.#account.position;
    const intents = held.flatMap((bot) =>
      this.closing(bot, "panic", { decision: at, slotMs: at, reason: state.panic?.reason ?? "panic", values: {} }),
    );
    if (intents.length > 0) await this.send(intents, []);
  }

  async #submitOne(order: Order): Promise<AccountEvent> {
    const { botId, clientOrderId } = order;
    const why = order.purpose === "entry" ? this.#entryForbidden(order) : undefined;
    if (why !== undefined) return { type: "order-canceled", botId, clientOrderId, reason: `not sent: ${why}` };
    try {
      const outcome = await this.#account.venue.submit(order);
      if (outcome.kind === "accepted") return { type: "order-accepted", clientOrderId, venueOrderId: outcome.venueOrderId };
      if (outcome.kind === "rejected") return { type: "order-rejected", botId, clientOrderId, code: outcome.code, reason: outcome.reason };
      return { type: "order-unknown", botId, clientOrderId, reason: outcome.reason };
    } catch (failure) {
      return { type: "order-unknown", botId, clientOrderId, reason: messageOf(failure) };
    }
  }

  #entryForbidden(order: Order): string | undefined {
    const bot = this.#account.state.bots.get(order.botId);
    if (bot?.status !== "running") return "the bot no longer runs";
    return this.#account.services.halted();
  }

  #checkEntry(bot: BotState, slot: Slot, funds: Funds, spent: Decimal) {
    const { state, services } = this.#account;
    const instrument = services.market.instruments.get(bot.spec.symbol);
    if (!instrument) throw new BotFault(`the market has no rules for ${bot.spec.symbol}`);
    return checkEntry({
      instrument,
      price: decimal(slot.candle.close),
      sizing: bot.spec.sizing,
      limits: services.limits,
      equity: funds.equity,
      cashFree: funds.free.minus(spent),
      dayOpeningEquity: state.day?.equity,
      tripped: state.trippedDay !== undefined && state.trippedDay === state.day?.day,
      halted: services.halted(),
      late: slot.closedMs + Math.max(timeframeMs(slot.feed.timeframe), services.lagMs) <= services.now(),
    });
  }

  #denied(bot: BotState, wish: Wish, code: string, because: string): AccountEvent[] {
    const { reason, slotMs, values } = wish;
    const denied: AccountEvent = { type: "wish-denied", botId: bot.spec.id, slotMs, wish: "enter", reason, code, because, values };
    const { day, trippedDay } = this.#account.state;
    if (code !== "daily-loss" || day === undefined || trippedDay === day.day) return [denied];
    return [denied, { type: "breaker-tripped", breaker: "daily-loss", day: day.day, reason: because }];
  }
}

/** Only candles that closed after the bot's start, and no slot that was acted on before. */
function mayDecide(bot: BotState, slot: Slot): boolean {
  if (bot.status !== "running" || bot.startedMs === undefined || slot.closedMs <= bot.startedMs) return false;
  return bot.actedSlotMs === undefined || slot.candle.openTimeMs > bot.actedSlotMs;
}

/** A position is opened once and closed whole: what a strategy wishes beyond that is a hold. */
function fits(signal: Signal, { position }: BotState): boolean {
  return signal.kind === (isFlat(position) ? "enter" : "exit");
}

/** In the order in which the bots were created, so that a restart shares the cash out in the same order. */
function inOrder(wishes: readonly BotWish[], { bots }: AccountState): BotWish[] {
  const places = new Map([...bots.keys()].map((botId, place) => [botId, place]));
  const placeOf = ({ runner }: BotWish) => places.get(runner.bot.spec.id) ?? 0;
  return wishes.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function decided(runner: BotRunner, slot: Slot): Signal | BotFault {
  try {
    return runner.decide(slot);
  } catch (failure) {
    return failure instanceof BotFault ? failure : new BotFault(messageOf(failure), { cause: failure });
  }
}
