import { floorToStep } from "../../../../src/domain/money.ts";
import { ordersOf, receivedBase, type SpotOrderList } from "./lists.ts";
import type { SpotMarket } from "./market.ts";
import type { Matcher, OrderEvents } from "./matcher.ts";
import { isTriggered, type SpotOrder, type SpotStatus } from "./order.ts";

/** Keeps order lists together: one leg ends the other, a filled working order lets its pending legs rest, a canceled one takes them along. */
export class ListKeeper implements OrderEvents {
  readonly all: SpotOrderList[] = [];
  readonly #of = new Map<SpotOrder, SpotOrderList>();
  readonly #marketOf: (symbol: string) => SpotMarket;
  #matcher: Matcher | undefined;

  constructor(marketOf: (symbol: string) => SpotMarket) {
    this.#marketOf = marketOf;
  }

  /** The matcher that executes what this lets rest; the two need each other. */
  use(matcher: Matcher): void {
    this.#matcher = matcher;
  }

  add(list: SpotOrderList): void {
    this.all.push(list);
    for (const order of ordersOf(list)) {
      order.listId = list.id;
      this.#of.set(order, list);
    }
  }

  nextId(): number {
    return this.all.length + 1;
  }

  of(order: SpotOrder): SpotOrderList | undefined {
    return this.#of.get(order);
  }

  moved(order: SpotOrder, ms: number): void {
    const list = this.#of.get(order);
    if (!list?.legs.includes(order)) return;
    for (const twin of list.legs) if (twin !== order && twin.open) this.#end(twin, "EXPIRED", ms);
  }

  filled(order: SpotOrder, ms: number): void {
    const list = this.#of.get(order);
    if (!list) return;
    if (order === list.working) this.#release(list, ms);
    this.#settle(list, ms);
  }

  ended(order: SpotOrder, status: SpotStatus, ms: number): void {
    const list = this.#of.get(order);
    if (!list) return;
    const together = status === "CANCELED" || order === list.working;
    if (together) for (const other of ordersOf(list)) if (other.open) this.#end(other, status === "CANCELED" ? "CANCELED" : "EXPIRED", ms);
    this.#settle(list, ms);
  }

  /** The working order has filled: its legs go to the market. */
  #release(list: SpotOrderList, ms: number): void {
    const market = this.#marketOf(list.symbol);
    const { account } = list.working!;
    const first = list.legs[0]!;
    const paid = list.kind.startsWith("OPO");
    const quantity = paid ? floorToStep(receivedBase(list.working!, market.listing.base), market.rules.lot) : first.now.quantity;
    const sells = first.draft.side === "SELL";
    const need = list.legs.map(({ draft }) => (sells ? quantity : quantity.times(draft.price ?? draft.stopPrice ?? market.last(ms) ?? 0)));
    const most = need.reduce((a, b) => (a.isGreaterThan(b) ? a : b));
    const lock = quantity.isGreaterThan(0) ? account.lock(sells ? market.listing.base : market.listing.quote, most, ms) : undefined;
    for (const leg of list.legs) {
      if (!lock) {
        this.#end(leg, "EXPIRED", ms);
        continue;
      }
      leg.change(ms, { status: "NEW", quantity, workingMs: isTriggered(leg.draft.type) ? -1 : ms });
      leg.lock = lock;
    }
    if (!lock) return;
    lock.users = list.legs.length;
    for (const leg of list.legs) if (leg.open) this.#matcher!.enter(market, leg, ms);
  }

  #end(order: SpotOrder, status: "CANCELED" | "EXPIRED", ms: number): void {
    this.#matcher!.end(this.#marketOf(order.symbol), order, status, ms);
  }

  #settle(list: SpotOrderList, ms: number): void {
    if (list.doneMs === undefined && ordersOf(list).every((order) => !order.open)) list.doneMs = ms;
  }
}
