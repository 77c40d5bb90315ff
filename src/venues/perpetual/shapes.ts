import { z } from "zod";
import { type Decimal, decimal } from "../../domain/money.ts";

const NUMBER_CHARS_MAX = 70;
const NUMBER = /^-?\d{1,30}(\.\d{1,40})?([eE][+-]?\d{1,2})?$/;
const TIME_FROM_MS = 1_000_000_000_000;
const TIME_TO_MS = 9_999_999_999_999;
const CLIENT_ID_CHARS_MAX = 64;

/** Money and sizes come as text and become decimals; a JSON number has been a double already and is refused. */
export const AMOUNT = z.string().max(NUMBER_CHARS_MAX).regex(NUMBER).transform(decimal);
export const NOT_NEGATIVE = AMOUNT.refine((value) => !value.isNegative());
export const POSITIVE = AMOUNT.refine((value) => value.isGreaterThan(0));
/** Prices that a row may not have are null, empty or absent. */
export const PRICE_OR_NONE = z
  .union([z.null(), z.literal(""), z.literal("-1"), POSITIVE, AMOUNT.refine((value) => value.isZero())])
  .optional()
  .transform((value): Decimal | undefined => (typeof value === "object" && value !== null && value.isGreaterThan(0) ? value : undefined));

/** The venue's own id. */
export const ID = z.union([z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), z.number().int().nonnegative().transform(String)]);
const ID_OR_NONE = z
  .union([z.literal(""), z.null(), ID])
  .optional()
  .transform((value) => value ?? "");
/** Somebody's client order id; a person may have set none. */
const CLIENT_ID = z
  .union([z.string().max(CLIENT_ID_CHARS_MAX), z.null()])
  .optional()
  .transform((value) => value ?? "");
export const TIME = z
  .union([
    z
      .string()
      .regex(/^\d{13}$/)
      .transform(Number),
    z.number().int(),
  ])
  .refine((value) => value >= TIME_FROM_MS && value <= TIME_TO_MS);
const SIDE = z.enum(["buy", "sell"]);
const INSTRUMENT = z.string().regex(/^[A-Z0-9]{1,20}-[A-Z0-9]{1,12}$/);

/** What every JSON answer is wrapped in. */
export const ENVELOPE = z.object({
  code: z.union([z.string(), z.number().int().transform(String)]),
  msg: z.string().nullish(),
  /** Refusals may come without. */
  data: z.unknown().optional(),
});

/** The venue's answer to one order of a request. Any of the three ids, by what was placed. */
export const PLACED = z.object({
  orderId: ID_OR_NONE,
  tpslId: ID_OR_NONE,
  algoId: ID_OR_NONE,
  clientOrderId: CLIENT_ID,
  code: z.union([z.string(), z.number().int().transform(String)]).nullish(),
  msg: z.string().nullish(),
});

export const LISTING = z.object({
  instId: INSTRUMENT,
  baseCurrency: z.string().regex(/^[A-Z0-9]{1,20}$/),
  quoteCurrency: z.string().regex(/^[A-Z0-9]{1,12}$/),
  settleCurrency: z.string(),
  contractValue: POSITIVE,
  maxLeverage: POSITIVE,
  minSize: POSITIVE,
  lotSize: POSITIVE,
  tickSize: POSITIVE,
  maxLimitSize: POSITIVE,
  maxMarketSize: POSITIVE,
  instType: z.string(),
  contractType: z.string(),
  state: z.string(),
});
export type Listing = z.output<typeof LISTING>;

/** Traded volume in contracts and in base: what one contract is, told a second time. */
export const VOLUME = z.object({ instId: INSTRUMENT, vol24h: NOT_NEGATIVE, volCurrency24h: NOT_NEGATIVE });

export const ORDER = z.object({
  orderId: ID,
  clientOrderId: CLIENT_ID,
  instId: INSTRUMENT,
  side: SIDE,
  orderType: z.enum(["market", "limit", "post_only", "fok", "ioc"]),
  size: POSITIVE,
  filledSize: NOT_NEGATIVE,
  state: z.enum(["live", "partially_filled", "filled", "canceled", "partially_canceled", "order_failed"]),
  createTime: TIME,
  updateTime: TIME.optional(),
  orderCategory: z.string().nullish(),
  algoId: ID_OR_NONE,
  algoClientOrderId: CLIENT_ID,
});
export type OrderRow = z.output<typeof ORDER>;

const WAITING = {
  clientOrderId: CLIENT_ID,
  instId: INSTRUMENT,
  side: SIDE,
  /** -1 is "the whole position": a person may set that in the venue's own app. */
  size: z.union([POSITIVE, z.literal("-1").transform(() => decimal(0))]),
  state: z.enum(["live", "effective", "canceled", "order_failed"]),
  createTime: TIME.optional(),
};
export const TPSL = z.object({ tpslId: ID, ...WAITING, slTriggerPrice: PRICE_OR_NONE, tpTriggerPrice: PRICE_OR_NONE });
export type TpslRow = z.output<typeof TPSL>;
export const ALGO = z.object({ algoId: ID, ...WAITING, triggerPrice: PRICE_OR_NONE });
export type AlgoRow = z.output<typeof ALGO>;

export const FILL = z.object({
  tradeId: ID,
  orderId: ID,
  instId: INSTRUMENT,
  side: SIDE,
  fillPrice: POSITIVE,
  fillSize: POSITIVE,
  fee: AMOUNT,
  ts: TIME,
});
export type FillRow = z.output<typeof FILL>;

export const BALANCES = z.object({
  details: z.array(z.object({ currency: z.string().regex(/^[A-Z0-9]{1,20}$/), balance: AMOUNT, available: NOT_NEGATIVE })),
});

export const POSITION = z.object({
  instId: INSTRUMENT,
  marginMode: z.enum(["cross", "isolated"]),
  positionSide: z.enum(["net", "long", "short"]),
  positions: AMOUNT,
  averagePrice: z.union([POSITIVE, z.literal("").transform(() => undefined), AMOUNT.refine((value) => value.isZero())]),
  liquidationPrice: z
    .union([AMOUNT, z.literal(""), z.null()])
    .optional()
    .transform((value): Decimal | undefined => (typeof value === "object" && value !== null && value.isGreaterThan(0) ? value : undefined)),
  leverage: POSITIVE,
});

export const FUNDING = z
  .object({ billId: ID, instId: INSTRUMENT, fundingFee: AMOUNT, ts: TIME.optional(), createTime: TIME.optional() })
  .transform(({ ts, createTime, ...rest }) => ({ ...rest, atMs: ts ?? createTime }))
  .refine(({ atMs }) => atMs !== undefined);

export const BILL = z.object({
  transferId: ID,
  currency: z.string().regex(/^[A-Z0-9]{1,20}$/),
  fromAccount: z.string(),
  toAccount: z.string(),
  amount: AMOUNT,
  ts: TIME,
});

export const KEY = z.object({
  readOnly: z.union([z.literal(0), z.literal(1)]),
  ips: z.array(z.string()).nullish(),
});
export const POSITION_MODE = z.object({ positionMode: z.enum(["net_mode", "long_short_mode"]) });
export const LEVERAGE = z.object({ instId: INSTRUMENT, leverage: POSITIVE, marginMode: z.enum(["cross", "isolated"]) });

/** Whole answers. A shape is made once: making one costs more than reading with it. */
export const ORDERS = z.array(ORDER);
export const TPSLS = z.array(TPSL);
export const ALGOS = z.array(ALGO);
export const FILLS = z.array(FILL);
export const POSITIONS = z.array(POSITION);
export const FUNDINGS = z.array(FUNDING);
export const BILLS = z.array(BILL);
export const LEVERAGES = z.array(LEVERAGE);
export const ONE_ORDER = oneOrNone(ORDER);
export const ONE_TPSL = oneOrNone(TPSL);

/** One order, or nothing there: null, an empty object or an empty list. */
function oneOrNone<Row extends z.ZodType>(row: Row) {
  const nothing = z.union([z.null(), z.undefined(), z.strictObject({}), z.array(z.unknown()).max(0)]).transform(() => undefined);
  const single = z.tuple([row]).transform(([only]) => only);
  return z.union([row, single, nothing]);
}
