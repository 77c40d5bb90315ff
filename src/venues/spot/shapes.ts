import { z } from "zod";
import { type Decimal, decimal } from "../../domain/money.ts";

/** Money as the exchange writes it: plain digits in a text. An exponent, a sign or a bare number is no money. */
const DIGITS = /^\d{1,20}(?:\.\d{1,18})?$/;

const amount = z
  .string()
  .regex(DIGITS)
  .transform((text): Decimal => decimal(text));
const signedAmount = z
  .string()
  .regex(/^-?\d{1,20}(?:\.\d{1,18})?$/)
  .transform((text): Decimal => decimal(text));
const id = z
  .int()
  .nonnegative()
  .transform((value) => String(value));
const timeMs = z.int().nonnegative();
/** Of a fill that cost nothing it need not be told in which coin. */
const withFeeCoin = ({ commission, commissionAsset }: { readonly commission: Decimal; readonly commissionAsset: string }) =>
  commission.isZero() || commissionAsset !== "";
const coin = z
  .string()
  .nullish()
  .transform((text) => text ?? "");
const side = z.enum(["BUY", "SELL"]).transform((text) => (text === "BUY" ? ("buy" as const) : ("sell" as const)));
/** Of an order that belongs to no list it is -1. */
const listId = z.int().optional();

/** What an answer has to look like, by what was asked. Anything else is no answer. */
export const TIME = z.object({ serverTime: timeMs });

/** Earlier pages of Binance.US show fills without an id; the list of fills has it. */
const IMMEDIATE_FILL = z
  .object({
    price: amount,
    qty: amount,
    commission: signedAmount,
    commissionAsset: coin,
    tradeId: id.optional(),
  })
  .refine(withFeeCoin);

export const PLACED = z.object({
  orderId: id,
  clientOrderId: z.string(),
  transactTime: timeMs,
  executedQty: amount,
  fills: z.array(IMMEDIATE_FILL).optional(),
});
export type Placed = z.output<typeof PLACED>;

export const PLACED_LIST = z.object({
  orderListId: z.int().nonnegative(),
  listClientOrderId: z.string(),
  orders: z.array(z.object({ orderId: id, clientOrderId: z.string() })).length(2),
});

export const CANCELED = z.object({ orderId: id, status: z.string() });
export const CANCELED_LIST = z.object({ orderListId: z.int().nonnegative(), listOrderStatus: z.string() });

export const ORDER_ROW = z.object({
  symbol: z.string().min(1),
  orderId: id,
  orderListId: listId,
  clientOrderId: z.string(),
  origQty: amount,
  executedQty: amount,
  status: z.string().min(1),
  type: z.string().min(1),
  side,
  stopPrice: amount.optional(),
  time: timeMs,
  updateTime: timeMs.optional(),
});
export type OrderRow = z.output<typeof ORDER_ROW>;
export const ORDER_ROWS = z.array(ORDER_ROW);

const FILL_ROW = z
  .object({
    symbol: z.string().min(1),
    id: z.int().nonnegative(),
    orderId: id,
    price: amount,
    qty: amount,
    commission: signedAmount,
    commissionAsset: coin,
    time: timeMs,
    isBuyer: z.boolean(),
    isMaker: z.boolean(),
  })
  .refine(withFeeCoin);
export type FillRow = z.output<typeof FILL_ROW>;
export const FILL_ROWS = z.array(FILL_ROW);

/** What canceling tells of an order's end: `origClientOrderId` is the order, `clientOrderId` the cancel, and when it was made is not told. */
const ENDED = ORDER_ROW.omit({ clientOrderId: true, time: true, updateTime: true })
  .extend({ origClientOrderId: z.string(), transactTime: timeMs })
  .transform(
    ({ origClientOrderId: clientOrderId, transactTime: time, ...row }): OrderRow => ({ ...row, clientOrderId, time, updateTime: time }),
  );
export const ENDED_ROWS = z.union([
  ENDED.transform((row) => [row]),
  z.object({ orderReports: z.array(ENDED).min(1) }).transform(({ orderReports }) => orderReports),
]);

/** Binance lists every coin it knows, so that an empty list of balances is a fault of the answer. */
export const ACCOUNT = z.object({
  makerCommission: z.number().optional(),
  takerCommission: z.number().optional(),
  commissionRates: z.object({ maker: signedAmount, taker: signedAmount }).optional(),
  canTrade: z.boolean(),
  balances: z.array(z.object({ asset: z.string().min(1), free: amount, locked: amount })).min(1),
});
export type Account = z.output<typeof ACCOUNT>;

export const KEY_RIGHTS = z.object({
  ipRestrict: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableInternalTransfer: z.boolean(),
  permitsUniversalTransfer: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
});

const FILTER = z.looseObject({ filterType: z.string() });
const LISTING = z.object({
  symbol: z.string().min(1),
  status: z.string(),
  baseAsset: z.string().min(1),
  quoteAsset: z.string().min(1),
  orderTypes: z.array(z.string()),
  isSpotTradingAllowed: z.boolean().optional(),
  filters: z.array(FILTER),
});
export type Listing = z.output<typeof LISTING>;
export const EXCHANGE_INFO = z.object({ symbols: z.array(LISTING).min(1) });

export const PRICE_FILTER = z.object({ tickSize: amount });
export const LOT_SIZE = z.object({ minQty: amount, maxQty: amount, stepSize: amount });
export const MARKET_LOT_SIZE = z.object({ maxQty: amount });
export const NOTIONAL = z.object({ minNotional: amount });
export const PERCENT_PRICE = z.object({ multiplierUp: amount, multiplierDown: amount });
export const PERCENT_PRICE_BY_SIDE = z.object({
  bidMultiplierUp: amount,
  bidMultiplierDown: amount,
  askMultiplierUp: amount,
  askMultiplierDown: amount,
});
export const MAX_NUM_ALGO_ORDERS = z.object({ maxNumAlgoOrders: z.int().nonnegative() });
