import type { AccountState } from "../../domain/books.ts";
import { messageOf } from "../../domain/errors.ts";
import type { AccountEvent, Orphan } from "../../domain/events.ts";
import { orphanKey } from "../../domain/fold-venue.ts";
import { decimal } from "../../domain/money.ts";
import { isProtective, type Order } from "../../domain/order.ts";
import type { LiveVenue, VenueFill, VenueOrder } from "../../ports/live-venue.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Facts } from "../account.ts";
import { isOurs } from "../intents.ts";
import { fillEvents, type OwnFill, orderWithVenueId, ownFill } from "./fills.ts";
import { pauseEvents } from "./refusals.ts";
import { refOf } from "./requests.ts";
import type { LiveTimes } from "./times.ts";

/** Pages of fills that one reading may take. */
const PAGES_MAX = 20;
/** Orders of strangers whose fills need not be looked up again. */
const STRANGERS_MAX = 1_000;
/** Longer than any reading lags. */
const DENIED_MAX_MS = 180_000;
/** Protective orders that are asked whether a fill is theirs. */
const PROTECTIVE_ASKED_MAX = 3;

export interface FillSyncHost {
  readonly state: AccountState;
  readonly venue: LiveVenue | undefined;
  readonly logger: Logger;
  readonly times: LiveTimes;
  appendEvents(facts: Facts): Promise<void>;
  /** Venue time from which fills of a symbol may be ours. */
  fillsSince(symbol: string): number;
}

/** A fill that no order of ours made, kept to explain where coins went. */
export interface ForeignFill {
  readonly symbol: string;
  readonly price: VenueFill["price"];
  readonly side: VenueFill["side"];
  readonly venueMs: number;
}

/** The one way by which fills that were not in an answer enter the books: the venue's own list, read on from a durable cursor. */
export class FillSync {
  readonly #host: FillSyncHost;
  readonly #running = new Map<string, Promise<boolean>>();
  /** Orders that are not in the books, with what is booked apart: the id of one in quarantine, and nothing of a person's own. */
  readonly #strangers = new Map<string, string | undefined>();
  /** Since when the venue has denied the order behind a fill. */
  readonly #deniedSince = new Map<string, number>();
  readonly #syncedMs = new Map<string, number>();
  readonly #foreign = new Map<string, ForeignFill>();

  constructor(host: FillSyncHost) {
    this.#host = host;
  }

  /** Reads on. Resolves to whether the list was read to its end; a reading that began earlier is not enough. */
  async sync(symbol: string): Promise<boolean> {
    await this.#running.get(symbol);
    const known = this.#running.get(symbol);
    if (known) return known;
    const reading = this.#read(symbol).finally(() => this.#running.delete(symbol));
    this.#running.set(symbol, reading);
    return reading;
  }

  /** Monotonic time of the newest whole reading; undefined before the first. */
  syncedMs(symbol: string): number | undefined {
    return this.#syncedMs.get(symbol);
  }

  /** The newest fill of a symbol that was not ours. */
  foreign(symbol: string): ForeignFill | undefined {
    return this.#foreign.get(symbol);
  }

  async #read(symbol: string): Promise<boolean> {
    const begunMs = this.#host.times.monotonicMs();
    try {
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const done = await this.#page(symbol);
        if (done === undefined) continue;
        if (done) this.#syncedMs.set(symbol, begunMs);
        return done;
      }
      return false;
    } catch (failure) {
      this.#host.logger.warn({ symbol, problem: messageOf(failure) }, "fills could not be read; they are asked for again");
      return false;
    }
  }

  /** One page: true at the list's end, undefined when there is more, false when a fill could not be explained yet. */
  async #page(symbol: string): Promise<boolean | undefined> {
    const { venue, state } = this.#host;
    if (!venue) return false;
    const before = state.venue.cursors.get(symbol);
    const { fills, cursor } = await venue.fills(symbol, before, this.#host.fillsSince(symbol));
    const own: OwnFill[] = [];
    const others: AccountEvent[] = [];
    let explained = true;
    for (const fill of fills) {
      const found = await this.#orderOf(venue, fill);
      explained &&= found !== "unexplained";
      if (found === "unexplained") continue;
      if (found.own) own.push({ fill, order: found.own });
      others.push(...found.events);
    }
    // What is explained is booked at once; the cursor waits for the rest, and what it shows again is known by its id.
    const moves = explained && cursor !== (before ?? "");
    const synced: AccountEvent[] = moves ? [{ type: "fills-synced", symbol, cursor }] : [];
    await this.#host.appendEvents(() => [...others.filter((event) => isNews(state, event)), ...fillEvents(state, own), ...synced]);
    if (!explained) return false;
    return fills.length === 0 || !moves ? true : undefined;
  }

  /** The order behind a fill: ours by its venue id, or looked up at the venue. */
  async #orderOf(venue: LiveVenue, fill: VenueFill): Promise<{ own?: Order; events: AccountEvent[] } | "unexplained"> {
    const { state } = this.#host;
    const known = orderWithVenueId(state, fill.symbol, fill.venueOrderId);
    if (known) return { own: known, events: [] };
    if (this.#strangers.has(keyOf(fill))) return { events: this.#apart(fill) };
    const reading = await venue.find({ clientOrderId: "", symbol: fill.symbol, kind: "market", venueOrderIds: [fill.venueOrderId] });
    if (reading.kind === "no-reading") return "unexplained";
    const clientOrderId = reading.kind === "found" ? reading.order.clientOrderId : "";
    const order = state.orders.get(clientOrderId) ?? state.venue.closed.get(clientOrderId);
    if (order && reading.kind === "found") return { own: order, events: this.#appeared(order, reading.order) };
    const child = await this.#triggeredBy(venue, fill);
    if (child) return child;
    if (reading.kind === "absent" && !this.#givenUp(fill)) return "unexplained";
    const inQuarantine = reading.kind === "found" && isOurs(clientOrderId);
    this.#stranger(fill, inQuarantine ? clientOrderId : undefined);
    return { events: inQuarantine ? [quarantined(reading.order, this.#host.times.venueMs()), ...this.#apart(fill)] : [] };
  }

  /** An order that the venue keeps denying although it filled is nobody's we know: the fills behind it must not wait for ever. */
  #givenUp(fill: VenueFill): boolean {
    const now = this.#host.times.monotonicMs();
    const sinceMs = this.#deniedSince.get(keyOf(fill)) ?? now;
    this.#deniedSince.set(keyOf(fill), sinceMs);
    if (now - sinceMs < DENIED_MAX_MS) return false;
    this.#deniedSince.delete(keyOf(fill));
    return true;
  }

  /** Some venues turn a triggered protective order into a new one without our id, and only the old one tells of it. */
  async #triggeredBy(
    venue: LiveVenue,
    { symbol, venueOrderId }: VenueFill,
  ): Promise<{ own?: Order; events: AccountEvent[] } | "unexplained" | undefined> {
    if (venue.traits.kind === "spot") return undefined;
    const { orders, venue: books } = this.#host.state;
    // What still works is asked first, and never left out for what has ended.
    const protective = [...books.closed.values(), ...orders.values()]
      .filter((order) => isProtective(order) && order.symbol === symbol)
      .slice(-PROTECTIVE_ASKED_MAX);
    for (const order of protective.reverse()) {
      const reading = await venue.find(refOf(order));
      if (reading.kind === "no-reading") return "unexplained";
      if (reading.kind === "found" && reading.order.venueOrderIds.includes(venueOrderId))
        return { own: order, events: [accepted(order, reading.order)] };
    }
    return undefined;
  }

  /** An order of ours is seen for the first time by its fill. One that was proven absent should not have been able to appear. */
  #appeared(order: Order, found: VenueOrder): AccountEvent[] {
    const { clientOrderId } = order;
    if (this.#host.state.orders.has(clientOrderId)) return [accepted(order, found)];
    const reason = `the order ${clientOrderId} had been proven absent and was filled all the same: the venue's readings lag more than assumed`;
    return pauseEvents(this.#host.state, "late-appearance", reason);
  }

  /** What an order in quarantine has filled. */
  #apart(fill: VenueFill): AccountEvent[] {
    const clientOrderId = this.#strangers.get(keyOf(fill));
    return clientOrderId === undefined ? [] : [{ type: "quarantine-filled", fill: ownFill(fill, { clientOrderId }) }];
  }

  #stranger(fill: VenueFill, inQuarantine: string | undefined): void {
    const { symbol, price, side, venueMs } = fill;
    this.#strangers.set(keyOf(fill), inQuarantine);
    this.#foreign.set(symbol, { symbol, price, side, venueMs });
    const oldest = this.#strangers.keys().next().value;
    if (this.#strangers.size > STRANGERS_MAX && oldest !== undefined) this.#strangers.delete(oldest);
  }
}

function accepted({ clientOrderId }: Order, { venueOrderIds }: VenueOrder): AccountEvent {
  return { type: "order-accepted", clientOrderId, venueOrderId: venueOrderIds[0] ?? "", venueOrderIds: [...venueOrderIds] };
}

function keyOf({ symbol, venueOrderId }: VenueFill): string {
  return orphanKey(symbol, venueOrderId);
}

/** An order with our prefix that no durable intent explains. */
export function quarantined(order: VenueOrder, seenMs: number): AccountEvent {
  return { type: "orphan-found", orphan: orphanOf(order, "quarantined", seenMs) };
}

/** An order at the venue as the books keep it that do not explain it. */
export function orphanOf(order: VenueOrder, kind: Orphan["kind"], seenMs: number): Orphan {
  const { venueOrderIds, clientOrderId, symbol, side, quantity } = order;
  return { venueOrderId: venueOrderIds[0] ?? "", clientOrderId, symbol, side, quantity: decimal(quantity), kind, seenMs };
}

function isNews(state: AccountState, event: AccountEvent): boolean {
  if (event.type === "orphan-found") return !state.venue.orphans.has(orphanKey(event.orphan.symbol, event.orphan.venueOrderId));
  if (event.type === "quarantine-filled") return !state.venue.quarantine.get(event.fill.symbol)?.fillIds.includes(event.fill.fillId);
  if (event.type === "account-paused") return state.venue.paused?.code !== event.code;
  if (event.type !== "order-accepted") return true;
  const known = state.orders.get(event.clientOrderId)?.venueOrderIds ?? [];
  return event.venueOrderIds?.some((id) => !known.includes(id)) ?? false;
}
