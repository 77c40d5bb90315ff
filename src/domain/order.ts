import type { Decimal } from "./money.ts";
import type { Part } from "./parts.ts";
import type { MarketMs } from "./time.ts";

export type Side = "buy" | "sell";
export type OrderType = "market" | "limit" | "stop" | "take-profit";

/** Why an order exists. Entries open; everything else only reduces a position. */
export type Purpose = "entry" | "exit" | "stop" | "take" | "close" | "panic";

/** `in-flight`: sent, unanswered. `unknown`: its answer was lost; only evidence ends it. The last four are terminal ("closed"). */
export type OrderStatus = "in-flight" | "unknown" | "open" | "partially-filled" | "filled" | "canceled" | "expired" | "rejected";

export interface Order {
  readonly clientOrderId: string;
  readonly intentId: string;
  /** Which attempt at its intent this order is; each has its own client order id. */
  readonly attempt: number;
  readonly botId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly purpose: Purpose;
  /** In base. A protective order's quantity follows the position it protects. */
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal;
  /** Venue fill ids already booked: the same fill never counts twice. */
  readonly fillIds: readonly string[];
  /** Limit price of a limit order, trigger of a stop or take-profit. */
  readonly price?: Decimal;
  /** A trailing stop's distance below the highest price since entry. */
  readonly trailingPct?: number;
  /** What a target leaves of the position; nothing where it is left out. */
  readonly keep?: Decimal;
  /** With an entry: how far from it a stop by ATR stands, in quote. */
  readonly stopDistance?: Decimal;
  /** Which parts it buys or sells of a position that is built of several. */
  readonly parts?: readonly Part[];
  /** Price that its strategy decided at, the close of the candle: what its fills are measured against. */
  readonly decidedAt?: Decimal;
  readonly status: OrderStatus;
  readonly reason: string;
  readonly sinceMs: MarketMs;
  /** A limit order that fills at once or expires. */
  readonly immediate?: true;
  /** A protective order's target beside its trigger, and the worst price of its triggered stop. */
  readonly takePrice?: Decimal;
  readonly stopLimitPrice?: Decimal;
  /** The venue's own ids, once it has told them: two for a stop with a target. */
  readonly venueOrderIds?: readonly string[];
}

const NEXT: Record<OrderStatus, readonly OrderStatus[]> = {
  "in-flight": ["unknown", "open", "partially-filled", "filled", "canceled", "expired", "rejected"],
  unknown: ["open", "partially-filled", "filled", "canceled", "expired", "rejected"],
  open: ["partially-filled", "filled", "canceled", "expired"],
  "partially-filled": ["partially-filled", "filled", "canceled", "expired"],
  filled: [],
  canceled: [],
  expired: [],
  rejected: [],
};

/** The status after a change; throws when the machine has no such edge, for then the ledger is corrupt. */
export function nextStatus(from: OrderStatus, to: OrderStatus): OrderStatus {
  if (!NEXT[from].includes(to)) throw new Error(`an order that is ${from} cannot become ${to}`);
  return to;
}

/** Whether nothing can come after this status. */
export function isTerminal(status: OrderStatus): boolean {
  return NEXT[status].length === 0;
}

/** What is not filled yet, in base. */
export function remainingOf(order: Order): Decimal {
  return order.quantity.minus(order.filledQuantity);
}

/** The client order id under which an entry's protective order rests at the paper venue; its targets are counted from zero. */
export function protectiveOrderId(entryOrderId: string, purpose: "stop" | "take", target = 0): string {
  return `${entryOrderId}${purpose === "stop" ? "s" : "t"}${target === 0 ? "" : target + 1}`;
}

/** Stops and targets: they rest at the venue and their quantity follows the position. */
export function isProtective({ type }: Pick<Order, "type">): boolean {
  return type === "stop" || type === "take-profit";
}
