import type { Instrument } from "../domain/instrument.ts";
import type { Decimal } from "../domain/money.ts";
import type { Side } from "../domain/order.ts";

/** Which of an exchange's worlds an account trades in: `demo` has its own host, keys and money. */
export type Environment = "demo" | "live";

/** What differs between venues and matters to the engine. */
export interface VenueTraits {
  readonly kind: "spot" | "perpetual";
  /** Whether a protective order can hold a target beside its stop. Otherwise the watch holds the target. */
  readonly holdsTarget: boolean;
  /** Whether an exit can be sent so that it only ever reduces a position: it may then be repeated without waiting for the fence. */
  readonly reduceOnly: boolean;
  /** Longest time after the last moment of sending at which the venue may still accept the request, and a read may still not show it. */
  readonly fenceMs: number;
  /** Longest time for which a read may not show what has happened: the one assumption of the fence. */
  readonly readLagMs: number;
  /** Letters that a client order id may have. The engine's ids are at most 26. */
  readonly clientOrderIdMax: number;
}

/**
 * What goes to the venue, exactly once. `market` fills at once; `limit-ioc` fills at `price` or better at once and the rest expires; `limit` rests;
 * `protection` rests until its stop (and target, where the venue holds one) and only reduces the position.
 */
export interface OrderRequest {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly kind: "market" | "limit-ioc" | "limit" | "protection";
  /** In base, a multiple of the lot size. */
  readonly quantity: Decimal;
  readonly price?: Decimal;
  readonly stopPrice?: Decimal;
  /** Worst price of a triggered stop where the venue wants one. */
  readonly stopLimitPrice?: Decimal;
  readonly takePrice?: Decimal;
  /** It closes or protects: it may use the reserve of the request budget. */
  readonly reduces: boolean;
  /** Asked in the moment of sending, after any wait for its turn: why it is not sent after all. */
  readonly barred?: () => string | undefined;
}

/** Enough to look for an order. `protection` lives in other id spaces at some venues. */
export interface OrderRef {
  /** Empty when only the venue's own id is known, as of the order behind a stranger's fill: it is then looked up by that. */
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly kind: OrderRequest["kind"];
  /** The venue's own ids, once they are known: two for a stop with a target. */
  readonly venueOrderIds: readonly string[];
}

/**
 * Evidence of what happened to an order that was to be placed, by phase, HTTP status and venue code. `not-sent`: no byte left this machine.
 * `rejected`: allow-listed proof only. Everything else is `unknown`.
 */
export type PlaceOutcome =
  | { readonly kind: "not-sent"; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: "accepted"; readonly venueOrderIds: readonly string[]; readonly fills: readonly VenueFill[] }
  | {
      readonly kind: "rejected";
      readonly code: string;
      readonly cause: RejectCause;
      readonly reason: string;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "unknown"; readonly reason: string };

/** What a rejection asks for. */
export type RejectCause =
  /** Quantity, price or notional break a rule of the symbol: read its rules again. */
  | "rules"
  /** Ours to fix: a parameter that the venue does not understand. */
  | "parameters"
  | "balance"
  /** A stop whose trigger has passed: exit at market now. */
  | "would-trigger"
  /** Nothing to reduce: the position may be closed already. */
  | "nothing-to-reduce"
  /** Key, signature, address or rights. */
  | "key"
  /** Our clock is outside of the venue's window. */
  | "clock"
  /** Too many requests or orders: wait. */
  | "limit"
  /** The symbol does not trade: halted, delisted, or closed to this account. */
  | "symbol"
  /** The venue or the account takes no orders: maintenance, trading disabled. */
  | "venue"
  /** Leverage, margin or position mode differ from what the desk set up. */
  | "mode";

export type CancelOutcome =
  /** With what the answer tells of the order's end, where it tells it. */
  | { readonly kind: "canceled"; readonly order?: VenueOrder }
  /** Nothing is open under that id now. It may have filled: read it. */
  | { readonly kind: "gone" }
  | { readonly kind: "not-sent"; readonly reason: string }
  | { readonly kind: "rejected"; readonly code: string; readonly cause: RejectCause; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

export interface VenueOrder {
  /** Ours, without the suffix of a leg; empty where the person set none. */
  readonly clientOrderId: string;
  readonly venueOrderIds: readonly string[];
  readonly symbol: string;
  readonly side: Side;
  readonly status: "open" | "filled" | "canceled" | "expired" | "rejected";
  readonly quantity: Decimal;
  /** Status words are hints: the position moves on fills only. */
  readonly filledQuantity: Decimal;
  readonly createdMs: number;
  /** When it last changed, where the venue says so: since when one that has ended protects nothing. */
  readonly updatedMs?: number;
  /** Set for orders that wait for a trigger. */
  readonly stopPrice?: Decimal;
}

/** `found` and `absent` are complete, parsed answers; anything else is no reading and proves nothing. */
export type OrderReading =
  | { readonly kind: "found"; readonly order: VenueOrder }
  | { readonly kind: "absent" }
  /** `isUnlisted`: the venue knows no such symbol, so that its list of symbols may be another one than we know. */
  | { readonly kind: "no-reading"; readonly reason: string; readonly isUnlisted?: true };

export interface VenueFill {
  /** Unique per venue and symbol. */
  readonly fillId: string;
  readonly venueOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly price: Decimal;
  /** In base. */
  readonly quantity: Decimal;
  /** Negative for a rebate. */
  readonly fee: Decimal;
  readonly feeCurrency: string;
  readonly liquidity: "maker" | "taker";
  /** The venue's own time. */
  readonly venueMs: number;
}

export interface FillPage {
  /** Ascending; may repeat fills that an earlier page held. */
  readonly fills: readonly VenueFill[];
  /** Where the next page begins: opaque, unchanged when there was nothing new. */
  readonly cursor: string;
}

export interface Balance {
  readonly free: Decimal;
  readonly locked: Decimal;
}

/** One position of a perpetual venue. */
export interface VenuePosition {
  readonly symbol: string;
  /** In base; negative when short. */
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  readonly liquidationPrice: Decimal | undefined;
  readonly leverage: number;
  readonly marginMode: "cross" | "isolated";
}

/** What is open at a perpetual venue. */
export interface OpenPositions {
  readonly held: readonly VenuePosition[];
  /** Symbols that the venue lists no more while something is open in them: how much it is cannot be told without the size of a contract. */
  readonly unreadable: ReadonlySet<string>;
}

/** A change of the balance that no order made: funding, a liquidation's fee, a transfer. */
export interface LedgerEntry {
  readonly entryId: string;
  readonly kind: "funding" | "liquidation" | "deleveraging" | "transfer" | "other";
  readonly symbol: string | undefined;
  readonly coin: string;
  readonly amount: Decimal;
  readonly venueMs: number;
}

/** What a key may do, as far as the venue tells. `undefined` is "it does not tell". */
export interface KeyFacts {
  readonly mayOrder: boolean | undefined;
  readonly withdraw: boolean | undefined;
  readonly transfer: boolean | undefined;
  readonly addressRestricted: boolean | undefined;
}

/**
 * One account at a real exchange. Contract (test/contracts/venue.contract.ts runs on each): placing sends at most one request and never retries; what it
 * answers is evidence. Reads either answer whole or throw TransientError in one sentence without an address, a key or a signature in it: empty, torn,
 * late and wrong-shaped answers are no reading. The venue holds no books.
 */
export interface LiveVenue {
  readonly exchangeId: string;
  readonly environment: Environment;
  readonly traits: VenueTraits;
  /** Symbols that this venue can trade now, with its own rules. Asked again, it asks the venue again. */
  instruments(): Promise<ReadonlyMap<string, Instrument>>;
  place(request: OrderRequest): Promise<PlaceOutcome>;
  cancel(ref: OrderRef): Promise<CancelOutcome>;
  /** Whether something that this process sent to change the account has no answer and may still be taken. */
  mayStillTake(): boolean;
  /** One round over every place where the order could be seen. */
  find(ref: OrderRef): Promise<OrderReading>;
  /** All open orders of a symbol, of everybody who uses the account, protective ones included. */
  openOrders(symbol: string): Promise<readonly VenueOrder[]>;
  /** The same of all symbols, in as many requests as of one; absent where that would cost more than asking for each. */
  allOpenOrders?(): Promise<readonly VenueOrder[]>;
  /** Fills of a symbol after a cursor, oldest first; without one, from `sinceMs` in venue time. Whole pages only. */
  fills(symbol: string, cursor: string | undefined, sinceMs: number): Promise<FillPage>;
  /** Balances that are not zero. */
  balances(): Promise<ReadonlyMap<string, Balance>>;
  /** Empty for spot. */
  positions(): Promise<OpenPositions>;
  /** Changes of the balance that no order made, after an instant of venue time. Empty where the venue lists none. */
  ledger(sinceMs: number): Promise<readonly LedgerEntry[]>;
  /** Reads what the key may do and that it works. Throws UserError in one sentence for a wrong key, a wrong address or missing rights. */
  checkKey(): Promise<KeyFacts>;
  /**
   * Perpetual venues: position mode and leverage of a symbol as the desk needs them, for isolated margin. Changes nothing under an open position. Throws
   * UserError in one sentence for that, and when the venue refuses.
   */
  prepare(symbol: string, leverage: number): Promise<void>;
  /** Perpetual venues: the leverage that is set now for each of these symbols that it lists. Empty for spot. */
  leverages(symbols: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Measures the venue's clock against ours and signs with it from then on. Throws TransientError when it could not be read. */
  syncClock(): Promise<void>;
  /** Venue time less ours as last measured, with its uncertainty; undefined before the first measurement. */
  clock(): { readonly offsetMs: number; readonly uncertaintyMs: number } | undefined;
  close(): Promise<void>;
}
