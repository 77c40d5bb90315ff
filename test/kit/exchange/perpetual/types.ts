import type { Decimal } from "../../../../src/domain/money.ts";

export type Side = "buy" | "sell";
export type MarginMode = "cross" | "isolated";
export type OrderType = "market" | "limit" | "ioc" | "fok" | "post_only";
export type OrderState = "live" | "partially_filled" | "filled" | "canceled" | "partially_canceled";
export type TriggerState = "live" | "effective" | "canceled" | "order_failed";
export type Category = "normal" | "tp" | "sl" | "full_liquidation" | "adl";

/** One listed perpetual contract. Sizes are in contracts. */
export interface Contract {
  readonly instId: string;
  /** The name under which the tape has its prices. */
  readonly tapeSymbol: string;
  readonly base: string;
  /** One contract in base. */
  readonly contractValue: Decimal;
  readonly lotSize: Decimal;
  readonly minSize: Decimal;
  readonly tickSize: Decimal;
  readonly limitSizeMax: Decimal;
  readonly marketSizeMax: Decimal;
  readonly leverageMax: number;
  readonly maintenanceRate: Decimal;
  readonly makerRate: Decimal;
  readonly takerRate: Decimal;
  /** Of the notional, paid by longs to shorts at each funding time. */
  readonly fundingRate: Decimal;
  readonly listedMs: number;
}

/** Trigger prices that an order carries, or that a protective order waits for. */
export interface Triggers {
  readonly slTriggerPrice?: Decimal;
  readonly slOrderPrice?: Decimal;
  readonly tpTriggerPrice?: Decimal;
  readonly tpOrderPrice?: Decimal;
}

interface Common {
  readonly id: string;
  readonly clientOrderId: string;
  readonly instId: string;
  readonly side: Side;
  readonly marginMode: MarginMode;
  /** In contracts; -1 is "the whole position". */
  readonly size: Decimal;
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly brokerId: string;
  readonly createMs: number;
  readonly updateMs: number;
}

export interface OrderRecord extends Common, Triggers {
  readonly kind: "order";
  readonly type: OrderType;
  readonly price: Decimal;
  readonly state: OrderState;
  readonly filled: Decimal;
  readonly averagePrice: Decimal;
  readonly fee: Decimal;
  readonly pnl: Decimal;
  readonly category: Category;
  readonly cancelSource: string;
  readonly cancelReason: string | null;
  /** The protective order that it came from. */
  readonly algoId: string;
  readonly algoClientOrderId: string;
  /** The protective order that its attached triggers became. */
  readonly attachedId?: string;
}

export interface TpslRecord extends Common, Triggers {
  readonly kind: "tpsl";
  readonly state: TriggerState;
  readonly actualSize: Decimal | null;
  readonly triggerType: string | null;
  readonly category: "normal" | "tp" | "sl";
}

export interface AlgoRecord extends Common {
  readonly kind: "algo";
  readonly state: TriggerState;
  readonly actualSize: Decimal | null;
  readonly triggerPrice: Decimal;
  /** -1 is "at market". */
  readonly orderPrice: Decimal;
  /** Whether the price has to rise to the trigger. */
  readonly rising: boolean;
  readonly attached: Triggers | undefined;
}

export interface FillRecord {
  readonly id: string;
  readonly orderId: string;
  readonly instId: string;
  readonly side: Side;
  readonly price: Decimal;
  /** In contracts. */
  readonly size: Decimal;
  readonly pnl: Decimal;
  /** Positive is paid. */
  readonly fee: Decimal;
  readonly liquidity: "maker" | "taker";
  readonly atMs: number;
}

export interface PositionRecord {
  readonly id: string;
  readonly instId: string;
  readonly marginMode: MarginMode;
  /** In contracts; negative when short. */
  readonly contracts: Decimal;
  readonly averagePrice: Decimal;
  readonly leverage: number;
  readonly realizedPnl: Decimal;
  readonly createMs: number;
  readonly updateMs: number;
}

/** One change of an account's USDT: the sum of all of them is the balance. */
export interface LedgerRow {
  readonly id: string;
  readonly atMs: number;
  readonly kind: "deposit" | "transfer" | "pnl" | "fee" | "funding" | "liquidation" | "adl";
  readonly instId: string | undefined;
  readonly amount: Decimal;
}

/** What happened in the exchange's own books, for whoever referees. */
export type BookEvent = { readonly atMs: number; readonly account: string } & (
  | { readonly kind: "order"; readonly record: OrderRecord }
  | { readonly kind: "tpsl"; readonly record: TpslRecord }
  | { readonly kind: "algo"; readonly record: AlgoRecord }
  | { readonly kind: "fill"; readonly record: FillRecord }
  | { readonly kind: "position"; readonly record: PositionRecord }
  | { readonly kind: "ledger"; readonly record: LedgerRow }
);

/** Why the exchange does not do what it was asked to, in its own code and words. */
export interface Refusal {
  readonly code: string;
  readonly msg: string;
}

export function isRefusal(result: object): result is Refusal {
  return "code" in result && "msg" in result;
}
