import { type Decimal, ZERO } from "../../../../src/domain/money.ts";
import type { Lock, Purse } from "./purse.ts";

export type SpotSide = "BUY" | "SELL";
export type SpotOrderType = "LIMIT" | "LIMIT_MAKER" | "MARKET" | "STOP_LOSS" | "STOP_LOSS_LIMIT" | "TAKE_PROFIT" | "TAKE_PROFIT_LIMIT";
export type TimeInForce = "GTC" | "IOC" | "FOK";
export type SpotStatus = "PENDING_NEW" | "NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "EXPIRED";

/** Whose an order is: the money behind it, and where its executions are written. */
export interface OrderOwner extends Purse {
  readonly key: string;
  rememberTrade(trade: SpotTrade): void;
}

/** What somebody wants to place. A pending leg that is sized by what its working order receives has no quantity. */
export interface OrderDraft {
  readonly symbol: string;
  readonly side: SpotSide;
  readonly type: SpotOrderType;
  readonly timeInForce?: TimeInForce | undefined;
  readonly quantity?: Decimal | undefined;
  readonly quoteOrderQty?: Decimal | undefined;
  readonly price?: Decimal | undefined;
  readonly stopPrice?: Decimal | undefined;
  readonly clientOrderId?: string | undefined;
}

/** What was true of an order from an instant on. */
export interface OrderState {
  readonly ms: number;
  readonly status: SpotStatus;
  readonly quantity: Decimal;
  readonly executed: Decimal;
  readonly quote: Decimal;
  /** Since when it is in the book; -1 while it waits for its trigger or its working order. */
  readonly workingMs: number;
}

/** One execution. Nobody sees it before `visibleMs`. */
export interface SpotTrade {
  /** Ascending per symbol. */
  readonly id: number;
  readonly order: SpotOrder;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly quote: Decimal;
  readonly fee: Decimal;
  readonly feeCoin: string;
  readonly ms: number;
  readonly visibleMs: number;
  readonly maker: boolean;
}

const TRIGGERED: ReadonlySet<SpotOrderType> = new Set(["STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"]);
const AT_MARKET: ReadonlySet<SpotOrderType> = new Set(["MARKET", "STOP_LOSS", "TAKE_PROFIT"]);
const OPEN: ReadonlySet<SpotStatus> = new Set(["PENDING_NEW", "NEW", "PARTIALLY_FILLED"]);

/** Whether a type waits for a trigger ("algo order"). */
export function isTriggered(type: SpotOrderType): boolean {
  return TRIGGERED.has(type);
}

/** Whether a type executes without a price bound. */
export function isAtMarket(type: SpotOrderType): boolean {
  return AT_MARKET.has(type);
}

export function isOpen(status: SpotStatus): boolean {
  return OPEN.has(status);
}

/** One accepted order with everything that was ever true of it. */
export class SpotOrder {
  /** Unique per symbol only, as at the exchange. */
  readonly orderId: number;
  readonly account: OrderOwner;
  readonly draft: OrderDraft;
  readonly clientOrderId: string;
  readonly acceptedMs: number;
  readonly states: OrderState[];
  readonly trades: SpotTrade[] = [];
  readonly timeInForce: TimeInForce;
  /** Into how many executions it is cut. */
  readonly pieces: number;
  listId = -1;
  lock: Lock | undefined;
  /** Its next cancel loses the race against so large a share of it, and the answer does not know yet. */
  fillOnCancel = 0;
  canRace: () => boolean = () => true;
  /** Reads up to then say "canceled, nothing executed", whatever is true. */
  contradictedUntilMs = 0;

  constructor(at: {
    orderId: number;
    account: OrderOwner;
    draft: OrderDraft;
    clientOrderId: string;
    ms: number;
    pieces: number;
    pending?: boolean;
  }) {
    this.orderId = at.orderId;
    this.account = at.account;
    this.draft = at.draft;
    this.clientOrderId = at.clientOrderId;
    this.acceptedMs = at.ms;
    this.pieces = at.pieces;
    this.timeInForce = at.draft.timeInForce ?? "GTC";
    const pending = at.pending ?? false;
    const workingMs = pending || isTriggered(at.draft.type) ? -1 : at.ms;
    this.states = [
      { ms: at.ms, status: pending ? "PENDING_NEW" : "NEW", quantity: at.draft.quantity ?? ZERO, executed: ZERO, quote: ZERO, workingMs },
    ];
  }

  get symbol(): string {
    return this.draft.symbol;
  }

  get now(): OrderState {
    return this.states.at(-1)!;
  }

  get remaining(): Decimal {
    return this.now.quantity.minus(this.now.executed);
  }

  get open(): boolean {
    return isOpen(this.now.status);
  }

  change(ms: number, change: Partial<Omit<OrderState, "ms">>): void {
    this.states.push({ ...this.now, ...change, ms });
  }

  /** What a replica knew at an instant; undefined before the order was there. */
  seenAt(seenMs: number): OrderState | undefined {
    const state = this.states.findLast(({ ms }) => ms <= seenMs);
    if (state && seenMs < this.contradictedUntilMs) return { ...state, status: "CANCELED", executed: ZERO, quote: ZERO };
    return state;
  }
}
