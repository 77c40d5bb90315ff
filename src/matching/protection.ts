import type { BotBook } from "../domain/execution.ts";
import { firstStop, movedStop, type Opened, type Target, targetsOf } from "../domain/exits.ts";
import { type Decimal, ZERO } from "../domain/money.ts";
import { type Order, protectiveOrderId } from "../domain/order.ts";
import { takeTerms } from "../domain/paper-protection.ts";

/** Absolute exit levels of a long position, in quote per base. */
export interface Levels {
  readonly stopPrice: Decimal | undefined;
  readonly takePrice: Decimal | undefined;
  /** Where there are several. */
  readonly targets?: readonly Target[];
}

/** Levels from the average entry price and what was bought. With several stops the nearest holds. */
export function levelsFrom({ instrument, protection }: Pick<BotBook, "instrument" | "protection">, opened: Opened, held: Decimal): Levels {
  const targets = targetsOf(instrument, protection, opened, held);
  const stopPrice = firstStop(instrument, protection, opened);
  return { stopPrice, takePrice: targets[0]?.price, ...(protection.takes === undefined ? {} : { targets }) };
}

/** A protective order with the price at which it holds now. */
export interface Held {
  readonly order: Order;
  readonly price: Decimal;
}

/** What protects a position now: its stop where the price has put it, and its targets, nearest first. `entered` is an entry of this very matching. */
export function heldLevels(
  book: BotBook,
  position: { readonly quantity: Decimal; readonly cost: Decimal },
  entered: Order | undefined,
): { readonly stop: Held | undefined; readonly targets: readonly Held[] } {
  const { instrument, protection, highest } = book;
  // What is added moves the average and with it all levels: how good the price was before says nothing of them.
  const adds = entered?.parts !== undefined && entered.filledQuantity.isZero();
  const opened = { side: "sell", entry: position.cost.dividedBy(position.quantity), best: adds ? undefined : highest } as const;
  const at = (order: Order | undefined): Held[] =>
    order?.price && order.status !== "partially-filled" ? [{ order, price: order.price }] : [];
  const moved = (stop: Held | undefined) => stop && { ...stop, price: movedStop(instrument, protection, opened, stop.price) };
  const resting = (purpose: Order["purpose"]) => book.orders.filter((order) => order.purpose === purpose).flatMap(at);
  if (!entered) return { stop: moved(resting("stop")[0]), targets: resting("take").sort((a, b) => a.price.comparedTo(b.price) ?? 0) };
  const fresh = levelsFrom(book, { ...opened, stopDistance: entered.stopDistance }, position.quantity);
  const targets = fresh.targets ?? (fresh.takePrice ? [{ price: fresh.takePrice, keep: ZERO }] : []);
  const known = new Map(book.orders.map((order) => [order.clientOrderId, order]));
  const stopId = protectiveOrderId(entered.clientOrderId, "stop");
  const stop = protective(known.get(stopId) ?? entered, stopId, { purpose: "stop", type: "stop", price: fresh.stopPrice });
  return {
    stop: moved(at(stop)[0]),
    targets: targets.flatMap((target, index) => {
      const id = protectiveOrderId(entered.clientOrderId, "take", index);
      return at(protective(known.get(id) ?? entered, id, takeTerms(target, index, targets.length)));
    }),
  };
}

/** The protective order that the venue makes of an entry that has just filled, or has already. */
function protective(
  from: Order,
  clientOrderId: string,
  terms: Pick<Order, "purpose" | "type"> & { readonly price: Decimal | undefined; readonly keep?: Decimal },
): Order {
  const { keep: _keep, price: _price, ...order } = from;
  const { price, ...rest } = terms;
  const placed = { ...order, clientOrderId, side: "sell", ...rest, ...(price ? { price } : {}) } as const;
  return from.clientOrderId === clientOrderId ? placed : { ...placed, status: "open", filledQuantity: ZERO, fillIds: [] };
}
