import type { AccountState, BotState } from "../domain/books.ts";
import { BotFault, messageOf } from "../domain/errors.ts";
import type { AccountEvent } from "../domain/events.ts";
import { brokenRule, type Instrument } from "../domain/instrument.ts";
import { type Decimal, decimal, ZERO } from "../domain/money.ts";
import { isProtective, type Order, remainingOf } from "../domain/order.ts";
import { splitIntoParts, sumOf } from "../domain/parts.ts";
import { isFlat } from "../domain/position.ts";
import type { MarketMs } from "../domain/time.ts";
import type { PaperVenue } from "../ports/venue.ts";
import { checkEntry, type EntryAnswer } from "../risk/entry.ts";
import type { Facts } from "./account.ts";
import { type Advised, adviseEntry } from "./advice.ts";
import type { BrokenAccount } from "./breaker-desk.ts";
import { nextBeside, partsHeld } from "./building.ts";
import { type Asked, type BotWish, cameLate, entryQuestion, wishEvents, wishesOf } from "./decide.ts";
import type { AccountExecutor } from "./executor.ts";
import type { Exposure } from "./exposure.ts";
import type { Slot } from "./feeds.ts";
import { clientOrderIdOf, marketIntent, type Wish } from "./intents.ts";
import { limitsAtSend } from "./limits-at-send.ts";
import type { Runners } from "./runner.ts";
import type { AccountServices } from "./services.ts";
import { sizeQuestion } from "./sizing.ts";
import { Funds } from "./valuation.ts";

/** What the executor needs of the paper account whose queue it runs in. */
export interface PaperHost extends BrokenAccount {
  readonly state: AccountState;
  readonly venue: PaperVenue;
  readonly services: AccountServices;
  readonly runners: Runners;
  readonly exposure: Exposure;
  /** Market time of the newest step that this account has seen. */
  readonly position: MarketMs;
  readonly priceOf: (symbol: string) => number | undefined;
  now(): MarketMs;
  /** Appends what the engine found out, however long the store takes. */
  appendEvents(facts: Facts): Promise<void>;
  /** Appends for a command; rejects when the store cannot write. */
  appendOnce(facts: Facts, requestId?: string): Promise<void>;
}

/** Makes intents of wishes and sends them to the matching room. Runs inside the account's serial queue. */
export class PaperExecutor implements AccountExecutor {
  readonly #account: PaperHost;

  constructor(account: PaperHost) {
    this.#account = account;
  }

  wishes(slots: readonly Slot[]): BotWish[] {
    const { state, runners, exposure } = this.#account;
    return wishesOf(state, runners, (botId) => exposure.works(botId), slots);
  }

  mayEnter(bot: BotState, slot: Slot): EntryAnswer {
    const beside = nextBeside(bot, slot.candle.close);
    return this.#checkEntry(bot, slot, { funds: new Funds(this.#account), spent: ZERO, pending: [], beside });
  }

  async act(wishes: readonly BotWish[]): Promise<void> {
    if (wishes.length === 0) return;
    const events = wishEvents(this.#account, wishes, {
      check: (bot, slot, asked) => this.#checkEntry(bot, slot, asked),
      advise: (bot, slot, answer) => this.#advised(bot, slot, answer),
      enter: (bot, quantity, wish, numbers) => this.#entry(bot, quantity, wish, numbers),
      exit: (bot, wish, numbers) => {
        const parts = numbers && partsHeld(bot, numbers);
        const intent = parts
          ? marketIntent(bot, "exit", sumOf(parts), { ...wish, parts })
          : marketIntent(bot, "exit", bot.position.quantity, wish);
        return [{ type: "intent", intent }];
      },
    });
    await this.send(events);
  }

  #entry(bot: BotState, quantity: Decimal, wish: Wish, numbers: readonly number[] | undefined): AccountEvent {
    const parts = numbers && splitIntoParts(numbers, quantity, this.#instrument(bot).lotSize);
    return { type: "intent", intent: marketIntent(bot, "entry", quantity, parts ? { ...wish, parts } : wish) };
  }

  #instrument({ spec }: BotState): Instrument {
    const instrument = this.#account.services.market.instruments.get(spec.symbol);
    if (!instrument) throw new BotFault(`the market has no rules for ${spec.symbol}`);
    return instrument;
  }

  async send(events: readonly AccountEvent[], requestId?: string): Promise<void> {
    const write = () => (requestId === undefined ? this.#account.appendEvents(events) : this.#account.appendOnce(events, requestId));
    // From the check on nothing has been waited for: what another account decides meanwhile sees these entries held.
    await this.#account.services.risk.hold(this.#account, events, write);
    const ids = events.flatMap((event) => (event.type === "intent" ? [event.intent.clientOrderId] : []));
    const orders = ids.map((id) => this.#account.state.orders.get(id)).filter((order) => order !== undefined);
    await this.#submit(orders);
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
    await this.#submit(again);
  }

  async cancelEntries(bot: BotState, reason: string): Promise<AccountEvent[]> {
    const events: AccountEvent[] = [];
    for (const order of this.#account.state.orders.values()) {
      if (order.botId !== bot.spec.id || order.purpose !== "entry") continue;
      await this.#account.venue.cancel(order);
      events.push({ type: "order-canceled", botId: order.botId, clientOrderId: order.clientOrderId, reason });
    }
    return events;
  }

  closing(bot: BotState, purpose: "close" | "panic", wish: Wish): AccountEvent[] {
    const rest = bot.position.quantity.minus(beingSold(this.#account.state, bot));
    return rest.isGreaterThan(0) ? [{ type: "intent", intent: marketIntent(bot, purpose, rest, wish) }] : [];
  }

  /** Positions whose sale has ended without filling are sold again. */
  async finishPanic(): Promise<void> {
    const { state } = this.#account;
    if (!state.panic) return;
    const held = [...state.bots.values()].filter(({ position }) => !isFlat(position));
    if (held.length === 0) return this.#account.appendEvents([{ type: "panic-finished", scope: state.panic.scope, remainder: [] }]);
    const at = this.#account.position;
    const events = held.flatMap((bot) =>
      this.closing(bot, "panic", { decision: at, slotMs: at, reason: state.panic?.reason ?? "panic", values: {} }),
    );
    if (events.length > 0) await this.send(events);
  }

  /** Sends orders whose attempts are durable. An entry is looked at once more, for a halt may have come in between. */
  async #submit(orders: readonly Order[]): Promise<void> {
    const outcomes: AccountEvent[] = [];
    for (const order of orders) outcomes.push(await this.#submitOne(order));
    await this.#account.appendEvents(outcomes);
  }

  async #submitOne(order: Order): Promise<AccountEvent> {
    const { botId, clientOrderId } = order;
    const { caughtUp } = this.#account.services;
    const isEntry = order.purpose === "entry";
    const unread = isEntry && caughtUp ? await caughtUp() : undefined;
    const why = unread ?? (isEntry ? this.#entryForbidden(order) : undefined);
    if (why !== undefined) return { type: "order-canceled", botId, clientOrderId, reason: `not sent: ${why}` };
    try {
      const outcome = await this.#account.venue.submit(order);
      if (outcome.kind === "accepted") return { type: "order-accepted", clientOrderId, venueOrderId: outcome.venueOrderId };
      const { purpose } = order;
      if (outcome.kind === "rejected")
        return { type: "order-rejected", botId, clientOrderId, code: outcome.code, reason: outcome.reason, purpose };
      return { type: "order-unknown", botId, clientOrderId, reason: outcome.reason };
    } catch (failure) {
      return { type: "order-unknown", botId, clientOrderId, reason: messageOf(failure) };
    }
  }

  #entryForbidden(order: Order): string | undefined {
    const bot = this.#account.state.bots.get(order.botId);
    if (bot?.status !== "running") return "the bot no longer runs";
    const { services, state } = this.#account;
    const instrument = services.market.instruments.get(order.symbol);
    return (
      services.halted() ??
      services.risk.barred(this.#account, bot.spec, order.clientOrderId) ??
      limitsAtSend(services.risk, this.#account, bot, order, instrument) ??
      cameLate(services, bot, state.intents.get(order.intentId))
    );
  }

  entryNow(bot: BotState): EntryAnswer | undefined {
    const { services, runners, priceOf } = this.#account;
    const instrument = services.market.instruments.get(bot.spec.symbol);
    const price = priceOf(bot.spec.symbol);
    if (!instrument || price === undefined) return undefined;
    const asked = entryQuestion(this.#account, undefined, new Funds(this.#account), ZERO);
    const slot = runners.get(bot.spec.id)?.lastSlot;
    const limited = services.risk.question(this.#account, bot.spec, { instrument, slot }, []);
    return checkEntry({
      ...asked,
      ...limited,
      instrument,
      price: decimal(price),
      ...sizeQuestion(bot.spec, slot),
      ...nextBeside(bot, price),
    });
  }

  #advised(bot: BotState, slot: Slot, answer: EntryAnswer): Advised {
    const { services } = this.#account;
    const instrument = services.market.instruments.get(bot.spec.symbol);
    const price = decimal(slot.candle.close);
    return adviseEntry(services, bot, instrument, answer, (quantity) => instrument && brokenRule(instrument, quantity, price));
  }

  #checkEntry(bot: BotState, slot: Slot, { funds, spent, pending, beside }: Asked): EntryAnswer {
    const { services } = this.#account;
    const { symbol } = bot.spec;
    const instrument = services.market.instruments.get(symbol);
    if (!instrument) return { allowed: false, code: "market-rules", because: `${services.market.label} do not list ${symbol} now` };
    const price = decimal(slot.candle.close);
    const limited = services.risk.question(this.#account, bot.spec, { instrument, slot }, pending);
    return checkEntry({
      ...entryQuestion(this.#account, slot, funds, spent),
      ...limited,
      instrument,
      price,
      ...sizeQuestion(bot.spec, slot),
      ...beside,
    });
  }
}

/** What orders at market sell of a position: all of it, or some of its parts. */
export function beingSold({ orders }: AccountState, { spec }: BotState): Decimal {
  return [...orders.values()].reduce(
    (sum, order) => (order.botId === spec.id && order.side === "sell" && !isProtective(order) ? sum.plus(remainingOf(order)) : sum),
    ZERO,
  );
}
