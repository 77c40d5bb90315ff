import type { BotState } from "../../domain/books.ts";
import type { AccountEvent, Intent } from "../../domain/events.ts";
import { baseOf } from "../../domain/instrument.ts";
import type { Decimal } from "../../domain/money.ts";
import { isProtective, isTerminal, type Order } from "../../domain/order.ts";
import { isFlat } from "../../domain/position.ts";
import type { RejectCause, VenueOrder } from "../../ports/live-venue.ts";
import { cancel, find, place } from "./ask.ts";
import { coinsBeside, isDoubtful } from "./coins-beside.ts";
import { wantExit } from "./exit-wish.ts";
import { fillEvents } from "./fills.ts";
import { exitIntent, protectiveIntent } from "./intents.ts";
import type { LaneHost } from "./lane-host.ts";
import type { Step } from "./lane-view.ts";
import { STEPS_MAX } from "./limits.ts";
import { LaneMemory } from "./memory.ts";
import { nextStep } from "./next-step.ts";
import { noteEvents } from "./notes.ts";

/**
 * One bot at a real exchange: takes one step after another, each following from what is durable. The only place that sends orders; each at most once,
 * and only attempts that this very process made durable.
 */
export class Lane {
  readonly memory: LaneMemory;
  readonly #host: LaneHost;
  readonly #bot: BotState;
  readonly #calls = new Set<Promise<void>>();
  #running: Promise<void> | undefined;
  #again = false;

  constructor(host: LaneHost, bot: BotState) {
    this.#host = host;
    this.#bot = bot;
    this.memory = new LaneMemory(host.times, host.unsent);
  }

  /** Takes the steps that are due. Waking it while it runs makes it look once more. */
  wake(onFatal: (failure: unknown) => void): void {
    this.#again = true;
    // Most looks find nothing to do, and come with every price and every second.
    if (this.#running === undefined && this.#next().kind === "rest") this.#again = false;
    else
      this.#running ??= this.#run(onFatal)
        .catch(onFatal)
        .finally(() => {
          this.#running = undefined;
        });
  }

  async idle(): Promise<void> {
    while (this.#running || this.#calls.size > 0) await Promise.all([this.#running, ...this.#calls]);
  }

  /** Steps follow from each other until none is due. One that never ends is a fault of ours: it is told, and the next beat goes on. */
  async #run(onFatal: (failure: unknown) => void): Promise<void> {
    let steps = 0;
    while (this.#again) {
      this.#again = false;
      for (let step = this.#next(); step.kind !== "rest"; step = this.#next()) {
        steps += 1;
        if (steps > STEPS_MAX)
          return this.#host.services.logger.error(
            { bot: this.#bot.spec.name, step: step.kind },
            "a bot takes steps without end; it pauses for a beat",
          );
        await this.#take(step, onFatal);
      }
    }
  }

  /** Asks the venue something about an order without waiting for it, for meanwhile other steps may be due: a position does not wait for an answer. */
  #call(order: Order, work: () => Promise<void>, onFatal: (failure: unknown) => void): void {
    const { busy } = this.memory;
    busy.add(order.clientOrderId);
    const call = work()
      .catch(onFatal)
      .finally(() => {
        busy.delete(order.clientOrderId);
        this.#calls.delete(call);
        this.wake(onFatal);
      });
    this.#calls.add(call);
  }

  #next(): Step {
    const { venue } = this.#host;
    const seen = this.#host.look(this.#bot);
    if (!venue || !seen) return { kind: "rest" };
    const { id } = this.#bot.spec;
    const orders: Order[] = [];
    for (const order of this.#host.state.orders.values()) if (order.botId === id) orders.push(order);
    this.memory.tidy(orders);
    return nextStep({ ...seen, bot: this.#bot, orders, memory: this.memory });
  }

  async #take(step: Exclude<Step, { kind: "rest" }>, onFatal: (failure: unknown) => void): Promise<void> {
    switch (step.kind) {
      case "send":
        return this.#call(step.order, () => this.#send(step.order), onFatal);
      case "forget":
        this.memory.lost(step.order.clientOrderId);
        return this.#end(step.order, { type: "order-unknown", reason: "the desk restarted before an answer came" });
      case "probe":
      case "poll":
        return this.#call(step.order, () => this.#read(step.order), onFatal);
      case "cancel":
        return this.#call(step.order, () => this.#cancel(step.order), onFatal);
      case "protect": {
        const { protections } = this.#host.state.venue;
        const withTarget = this.#host.venue?.traits.holdsTarget ?? false;
        return this.#make(() =>
          protectiveIntent(this.#bot, step.quantity, step.levels, withTarget, protections.get(this.#bot.spec.id) ?? 0),
        );
      }
      case "exit":
        return this.#make(() => exitIntent(this.#bot, step.quantity), step.dust);
      default:
        return this.#host.appendEvents(() => noteEvents(this.#host.state, this.#bot, step));
    }
  }

  /** Makes an intent durable with its first attempt; the next step sends it. */
  async #make(intentOf: () => Intent | undefined, dust?: Decimal): Promise<void> {
    await this.#host.appendEvents(() => {
      const intent = isFlat(this.#bot.position) ? undefined : intentOf();
      if (!intent) return [];
      this.memory.unsent.set(intent.clientOrderId, this.#host.times.monotonicMs());
      const { id: botId, symbol } = this.#bot.spec;
      if (dust && !coinsBeside(this.#host.state, symbol).dust.isEqualTo(dust)) return [];
      const along: AccountEvent[] = dust ? [{ type: "dust-moved", botId, coin: baseOf(symbol), quantity: dust.negated() }] : [];
      return [...along, { type: "intent", intent }];
    });
  }

  async #send(order: Order): Promise<void> {
    const { clientOrderId } = order;
    const decidedMs = this.memory.unsent.get(clientOrderId) ?? Number.NEGATIVE_INFINITY;
    this.memory.unsent.delete(clientOrderId);
    const forbidden = order.purpose === "entry" ? () => this.#host.entryForbidden(order, decidedMs) : undefined;
    // The entry is durable, so that of two processes that use up one limit at a time at least one sees what the other one is about to do.
    const { caughtUp } = this.#host.services;
    const unread = forbidden && caughtUp && (await caughtUp(this.#bot.spec.mode === "live"));
    const why = unread ?? forbidden?.();
    if (why !== undefined) return this.#end(order, { type: "order-canceled", reason: `not sent: ${why}` });
    const outcome = await place(this.#host.venue, order, forbidden);
    const what = order.purpose === "entry" ? undefined : isProtective(order) ? "protect" : "exit";
    if (outcome.kind === "accepted") {
      if (what) this.memory.succeeded(what);
      if (what === "protect") this.memory.rests(clientOrderId);
      this.#host.answered();
      return this.#accepted(
        order,
        outcome.venueOrderIds,
        outcome.fills.map((fill) => ({ fill, order })),
      );
    }
    if (outcome.kind === "unknown") {
      this.memory.lost(clientOrderId);
      // Where an exit may be repeated before it was found, it is not repeated at once.
      if (what === "exit") this.memory.failed(what);
      return this.#end(order, { type: "order-unknown", reason: outcome.reason });
    }
    if (what) this.memory.failed(what, outcome.retryAfterMs);
    if (outcome.kind === "not-sent") return this.#end(order, { type: "order-expired", reason: `not sent: ${outcome.reason}` });
    const consequences = this.#host.refused(order, outcome);
    const { code, reason, cause } = outcome;
    const again = what !== undefined && this.memory.refused(what, code) ? ({ again: true } as const) : {};
    const rejected = { type: "order-rejected", code, reason, cause, purpose: order.purpose, ...again } as const;
    return this.#end(order, rejected, () => [...consequences, ...this.#passed(order, cause)]);
  }

  /** A stop that would trigger at once has been passed already: the position is closed at market. */
  #passed(order: Order, cause: RejectCause): AccountEvent[] {
    const { position, exit } = this.#bot;
    if (cause !== "would-trigger" || !isProtective(order) || isFlat(position) || exit) return [];
    return [wantExit(this.#host.state, this.#bot, "stop", "the price has passed the stop before it could be placed")];
  }

  async #accepted(order: Order, venueOrderIds: readonly string[], fills: Parameters<typeof fillEvents>[1]): Promise<void> {
    await this.#host.appendEvents(() => {
      const wasLost = this.#host.state.orders.get(order.clientOrderId)?.status === "unknown";
      const accepted: AccountEvent = {
        type: "order-accepted",
        ...(wasLost ? { found: { botId: order.botId } } : {}),
        clientOrderId: order.clientOrderId,
        venueOrderId: venueOrderIds[0] ?? "",
        venueOrderIds: [...venueOrderIds],
      };
      return [accepted, ...fillEvents(this.#host.state, fills)];
    });
    this.#tidy(order);
  }

  /** Looks for an order, answered or not, and books what the venue says of it. */
  async #read(order: Order): Promise<void> {
    const { clientOrderId } = order;
    this.memory.readings.asking(clientOrderId);
    const begunMs = this.#host.times.monotonicMs();
    const reading = await find(this.#host.venue, order);
    const { venue, state } = this.#host;
    if (!venue || !state.orders.has(clientOrderId)) return this.#tidy(order);
    if (reading.kind === "found") {
      this.memory.read(clientOrderId);
      return this.#settle(order, reading.order, begunMs);
    }
    if (reading.kind === "no-reading" && reading.isUnlisted) {
      this.memory.readings.unlisted(clientOrderId);
      this.#host.reconciler.unlisted();
    }
    if (order.status !== "unknown") this.memory.probeDue(clientOrderId);
    if (!this.memory.notFound(clientOrderId, venue.traits.fenceMs, reading.kind === "absent")) return;
    if (order.status !== "unknown") return this.#end(order, { type: "order-expired", reason: "the venue no longer knows it" });
    const reason = "it never reached the venue: proven by three complete readings after its time was up";
    return this.#end(order, { type: "order-expired", reason, absent: true });
  }

  /**
   * Status words are hints: an order ends when its fills are booked as far as the venue says that there are any, on a whole list of fills that was asked
   * for after the word, because "canceled, nothing filled" may be behind.
   */
  async #settle(order: Order, found: VenueOrder, begunMs: number): Promise<void> {
    const { state } = this.#host;
    const { clientOrderId, symbol } = order;
    const known = state.orders.get(clientOrderId);
    if (isProtective(order)) this.#sawProtection(found, clientOrderId);
    // A protective order that has triggered may be another one since, and its fills are known by that one's id.
    const named = known?.venueOrderIds ?? [];
    if (known && found.venueOrderIds.some((id) => !named.includes(id)))
      await this.#accepted(order, [...new Set([...named, ...found.venueOrderIds])], []);
    const more = known !== undefined && found.filledQuantity.isGreaterThan(known.filledQuantity);
    const whole = known && (more || found.status !== "open") ? await this.#host.syncFills(symbol) : true;
    const now = state.orders.get(clientOrderId);
    if (!now) return this.#tidy(order);
    if (found.status === "open" || !whole || now.filledQuantity.isLessThan(found.filledQuantity)) return;
    const isPart = now.filledQuantity.isLessThan(now.quantity);
    if (isPart && this.memory.isHidden(clientOrderId, begunMs, this.#host.venue?.traits.readLagMs ?? 0)) return;
    const reason = found.status === "filled" ? "filled as far as the venue filled it" : `${found.status} at the venue`;
    return this.#end(order, { type: found.status === "canceled" ? "order-canceled" : "order-expired", reason });
  }

  /** One that has filled in part protects no more than one that has ended: the other leg of a pair is gone, and a triggered stop waits for its price. */
  #sawProtection({ status, filledQuantity, updatedMs }: VenueOrder, clientOrderId: string): void {
    if (status === "open" && filledQuantity.isZero()) this.memory.rests(clientOrderId);
    else this.#lapse(clientOrderId, updatedMs === undefined ? undefined : this.#host.times.venueMs() - updatedMs);
  }

  #lapse(clientOrderId: string, agoMs: number | undefined): void {
    this.memory.lapse(clientOrderId, agoMs, () => {
      const view = this.#host.look(this.#bot);
      if (!view?.rules || isFlat(this.#bot.position)) return false;
      const { levels } = this.memory.measure(this.#bot, view.rules);
      const { price, traits, rules } = view;
      const at = [levels?.stopPrice, levels?.takePrice];
      return isDoubtful({ reduceOnly: traits.reduceOnly, lotSize: rules.lotSize, others: view.others(), price, levels: at });
    });
  }

  async #cancel(order: Order): Promise<void> {
    this.memory.cancels.set(order.clientOrderId, this.#host.times.monotonicMs());
    const outcome = await cancel(this.#host.venue, order);
    if (outcome.kind === "canceled" && outcome.order) {
      this.memory.read(order.clientOrderId);
      return this.#settle(order, outcome.order, this.#host.times.monotonicMs());
    }
    // By the venue's word it protects no more, however long its reading has to wait for its turn.
    if (outcome.kind === "canceled" && isProtective(order)) this.#lapse(order.clientOrderId, undefined);
    if (outcome.kind === "canceled" || outcome.kind === "gone") this.memory.readings.stale(order.clientOrderId);
  }

  /** Appends how an order went on, unless that is known better by now. */
  async #end(
    order: Order,
    how:
      | { readonly type: "order-unknown" | "order-canceled" | "order-expired"; readonly reason: string }
      | { readonly type: "order-expired"; readonly reason: string; readonly absent: true }
      | Omit<Extract<AccountEvent, { type: "order-rejected" }>, "botId" | "clientOrderId">,
    consequences: () => readonly AccountEvent[] = () => [],
  ): Promise<void> {
    const { clientOrderId, botId } = order;
    await this.#host.appendEvents(() => {
      const now = this.#host.state.orders.get(clientOrderId);
      const unanswered = now?.status === "in-flight" || now?.status === "unknown";
      const fits =
        how.type === "order-unknown" ? now?.status === "in-flight" : how.type === "order-rejected" ? unanswered : now !== undefined;
      return fits ? [{ ...how, botId, clientOrderId }, ...consequences()] : [];
    });
    this.#tidy(order);
  }

  #tidy({ clientOrderId }: Order): void {
    const now = this.#host.state.orders.get(clientOrderId);
    if (!now || isTerminal(now.status)) this.memory.forget(clientOrderId);
  }
}
