import { messageOf } from "../../domain/errors.ts";
import type { Order } from "../../domain/order.ts";
import type { CancelOutcome, LiveVenue, OrderReading, PlaceOutcome } from "../../ports/live-venue.ts";
import { refOf, requestOf } from "./requests.ts";

const NO_KEY = "the account has no key at hand";

/** Sends an order, once, unless it is barred in the moment of sending. What throws may have been sent. */
export async function place(venue: LiveVenue | undefined, order: Order, barred?: () => string | undefined): Promise<PlaceOutcome> {
  if (!venue) return { kind: "not-sent", reason: NO_KEY };
  try {
    return await venue.place(requestOf(order, barred));
  } catch (failure) {
    return { kind: "unknown", reason: messageOf(failure) };
  }
}

/** How an order stands at its exchange. What fails is no reading and says why; it never rejects. */
export async function find(venue: LiveVenue | undefined, order: Order): Promise<OrderReading> {
  if (!venue) return { kind: "no-reading", reason: NO_KEY };
  try {
    return await venue.find(refOf(order));
  } catch (failure) {
    return { kind: "no-reading", reason: messageOf(failure) };
  }
}

/** Asks the exchange to cancel an order. Without an answer it is unknown what came of it; it never rejects. */
export async function cancel(venue: LiveVenue | undefined, order: Order): Promise<CancelOutcome> {
  if (!venue) return { kind: "not-sent", reason: NO_KEY };
  try {
    return await venue.cancel(refOf(order));
  } catch (failure) {
    return { kind: "unknown", reason: messageOf(failure) };
  }
}
