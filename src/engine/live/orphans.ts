import type { AccountState } from "../../domain/books.ts";
import { messageOf } from "../../domain/errors.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { orphanKey } from "../../domain/fold-venue.ts";
import type { LiveVenue, VenueOrder } from "../../ports/live-venue.ts";
import type { Logger } from "../../ports/logger.ts";
import { isOurs } from "../intents.ts";
import { orphanOf } from "./fill-sync.ts";
import { ORPHAN_AFTER_MS } from "./limits.ts";

/** Lists in a row without an orphan that prove it gone. */
const LISTS_NEEDED = 3;

export interface OrphansHost {
  readonly state: AccountState;
  readonly logger: Logger;
}

/** Orders at the exchange that the books do not explain: ours are canceled and reported, everybody else's are reported and left alone. */
export class Orphans {
  readonly #host: OrphansHost;
  /** Since when an order that the books have ended is listed as open, in monotonic time. */
  readonly #listedSince = new Map<string, number>();
  /** Lists in a row in which an orphan was missing. */
  readonly #missed = new Map<string, number>();

  constructor(host: OrphansHost) {
    this.#host = host;
  }

  /** What a whole list of a symbol's open orders says; cancels those of ours that nothing explains. */
  async compare(venue: LiveVenue, symbol: string, open: readonly VenueOrder[], nowMs: number, venueMs: number): Promise<AccountEvent[]> {
    const events: AccountEvent[] = [];
    const { orphans } = this.#host.state.venue;
    for (const order of open) {
      if (this.#explained(order, nowMs)) continue;
      const id = order.venueOrderIds[0] ?? "";
      const kind = isOurs(order.clientOrderId) ? "quarantined" : "foreign";
      if (!orphans.has(orphanKey(symbol, id))) events.push({ type: "orphan-found", orphan: orphanOf(order, kind, venueMs) });
      if (kind === "quarantined") await this.#cancel(venue, order);
    }
    for (const key of this.#missed.keys()) if (!orphans.has(key)) this.#missed.delete(key);
    const listed = new Set(open.flatMap(({ venueOrderIds }) => venueOrderIds));
    for (const [key, orphan] of orphans) {
      if (orphan.symbol !== symbol || !this.#isGone(key, listed.has(orphan.venueOrderId))) continue;
      events.push({ type: "orphan-settled", symbol, venueOrderId: orphan.venueOrderId, outcome: "no longer open at the exchange" });
    }
    for (const key of this.#listedSince.keys()) {
      const [of, id = ""] = key.split(" ");
      if (of === symbol && !listed.has(id)) this.#listedSince.delete(key);
    }
    return events;
  }

  /** An exchange may list nothing for a moment: several lists in a row without it are a fact. */
  #isGone(key: string, isListed: boolean): boolean {
    const missed = isListed ? 0 : (this.#missed.get(key) ?? 0) + 1;
    const gone = missed >= LISTS_NEEDED;
    if (missed === 0 || gone) this.#missed.delete(key);
    else this.#missed.set(key, missed);
    return gone;
  }

  /** Whether an order is one that works in the books, or ended in them so recently that the list may be behind. */
  #explained({ clientOrderId, venueOrderIds, symbol }: VenueOrder, nowMs: number): boolean {
    const { orders, venue } = this.#host.state;
    if (orders.has(clientOrderId)) return true;
    if (!venue.closed.has(clientOrderId)) return false;
    const key = orphanKey(symbol, venueOrderIds[0] ?? "");
    const sinceMs = this.#listedSince.get(key) ?? nowMs;
    this.#listedSince.set(key, sinceMs);
    return nowMs - sinceMs < ORPHAN_AFTER_MS;
  }

  async #cancel(venue: LiveVenue, order: VenueOrder): Promise<void> {
    const kind = order.stopPrice ? "protection" : "limit";
    const { clientOrderId, symbol, venueOrderIds } = order;
    try {
      await venue.cancel({ clientOrderId, symbol, kind, venueOrderIds });
    } catch (failure) {
      this.#host.logger.warn({ symbol, problem: messageOf(failure) }, "an order in quarantine could not be canceled; it is tried again");
    }
  }
}
