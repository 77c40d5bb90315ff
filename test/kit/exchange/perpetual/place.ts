import { type Decimal, decimal, floorToStep, max, min, ONE, ZERO } from "../../../../src/domain/money.ts";
import type { Account } from "./account.ts";
import { notional } from "./margin.ts";
import { takeAtOnce, takerPrice, type Venue } from "./match.ts";
import { newOrder, type OrderDraft, tradable } from "./settle.ts";
import { lastPrice } from "./triggers.ts";
import type { AlgoRecord, Contract, OrderRecord, Refusal, Side, TpslRecord, Triggers } from "./types.ts";

const CLIENT_ID = /^[A-Za-z0-9_]{1,32}$/;
/** For so long the exchange knows a client order id again after its order ended. */
const CLIENT_ID_KEPT_MS = 86_400_000;
/** A limit price may be so far from the last price. */
const PRICE_BAND = decimal("0.1");

function refuse(code: string, msg: string): Refusal {
  return { code, msg };
}

export interface TpslDraft extends Triggers {
  readonly instId: string;
  readonly side: Side;
  readonly marginMode: "cross" | "isolated";
  readonly size: Decimal;
  readonly reduceOnly: boolean;
  readonly clientOrderId: string;
  readonly brokerId: string;
}

export interface AlgoDraft extends Omit<TpslDraft, keyof Triggers> {
  readonly triggerPrice: Decimal;
  readonly orderPrice: Decimal;
  readonly attached?: Triggers;
}

/** What the exchange's matching engine answers to a new order: the order, or its refusal. */
export function placeOrder(venue: Venue, account: Account, draft: OrderDraft): OrderRecord | Refusal {
  const contract = venue.contract(draft.instId)!;
  const problem =
    clientIdProblem(account.orders.withClientId(draft.clientOrderId), draft.clientOrderId, venue.nowMs) ??
    sizeProblem(contract, draft.size, draft.type === "market") ??
    priceProblem(venue, contract, draft) ??
    triggersProblem(venue, contract, draft, draft.side === "buy" ? "sell" : "buy");
  if (problem) return problem;
  const priced = draft.type === "market" ? { ...draft, price: ZERO } : draft;
  const order = newOrder(venue, account, priced, venue.nowMs);
  if (draft.reduceOnly && tradable(account, order).isZero())
    return refuse("102022", "Failed to place order. You don't have any positions of this contract. Turn off Reduce-only to continue.");
  if (!affordable(venue, account, contract, order)) return refuse("103003", "Order failed. Insufficient USDT margin in account");
  account.putOrder(order, venue.nowMs);
  return takeAtOnce(venue, account, order);
}

function clientIdProblem(
  known: readonly { readonly state: string; readonly updateMs: number }[],
  id: string,
  nowMs: number,
): Refusal | undefined {
  if (id === "") return undefined;
  if (!CLIENT_ID.test(id))
    return refuse(
      "152009",
      "clientOrderId must be a combination of numbers, letters, or underscores, and the maximum length of characters is 32.",
    );
  if (known.some(({ state }) => state === "live" || state === "partially_filled")) return refuse("102002", "Duplicate customized order ID");
  if (known.some(({ updateMs }) => updateMs > nowMs - CLIENT_ID_KEPT_MS)) return refuse("150003", "clientId already exist");
  return undefined;
}

function sizeProblem(contract: Contract, size: Decimal, atMarket: boolean): Refusal | undefined {
  if (size.isLessThan(contract.minSize) || !floorToStep(size, contract.lotSize).isEqualTo(size))
    return refuse("152002", "Parameter size error.");
  if (atMarket && size.isGreaterThan(contract.marketSizeMax)) return refuse("102015", "Market order exceeds maximum order size limit");
  if (!atMarket && size.isGreaterThan(contract.limitSizeMax)) return refuse("102014", "Limit order exceeds maximum order size limit");
  return undefined;
}

/** The lowest and highest price of a limit order now. */
export function priceRange(venue: Venue, contract: Contract): { minPrice: Decimal; maxPrice: Decimal } | undefined {
  const last = lastPrice(venue, contract.instId);
  if (!last) return undefined;
  const grid = (price: Decimal): Decimal => floorToStep(price, contract.tickSize);
  return { minPrice: grid(last.times(ONE.minus(PRICE_BAND))), maxPrice: grid(last.times(ONE.plus(PRICE_BAND))) };
}

function priceProblem(venue: Venue, contract: Contract, draft: OrderDraft): Refusal | undefined {
  const range = priceRange(venue, contract);
  if (!range) return refuse("103013", "Internal error; unable to process your request. Please try again.");
  if (draft.type === "market") return undefined;
  const { price } = draft;
  if (!price) return refuse("152001", "Parameter price cannot be empty.");
  if (!price.isGreaterThan(0) || !floorToStep(price, contract.tickSize).isEqualTo(price)) return refuse("152002", "Parameter price error.");
  const limits = `(Minimum: ${range.minPrice.toFixed()}; Maximum: ${range.maxPrice.toFixed()})`;
  if (draft.side === "buy" && price.isGreaterThan(range.maxPrice))
    return refuse("102064", `Buy price is not within the price limit ${limits}`);
  if (draft.side === "sell" && price.isLessThan(range.minPrice)) return refuse("102065", "Sell price is not within the price limit");
  return undefined;
}

/** Stop and target have to be on their own side of the last price; `side` is that of the closing order. */
function triggersProblem(venue: Venue, contract: Contract, triggers: Triggers, side: Side): Refusal | undefined {
  const last = lastPrice(venue, contract.instId);
  if (!last) return refuse("103013", "Internal error; unable to process your request. Please try again.");
  const { slTriggerPrice: stop, tpTriggerPrice: take } = triggers;
  for (const price of [stop, take])
    if (price && (!price.isGreaterThan(0) || !floorToStep(price, contract.tickSize).isEqualTo(price)))
      return refuse("152002", "Parameter triggerPrice error.");
  if (stop && (triggers.slOrderPrice === undefined || triggers.slOrderPrice.isZero()))
    return refuse("152001", "Parameter slOrderPrice cannot be empty.");
  if (take && (triggers.tpOrderPrice === undefined || triggers.tpOrderPrice.isZero()))
    return refuse("152001", "Parameter tpOrderPrice cannot be empty.");
  if (side === "sell" && take?.isLessThanOrEqualTo(last))
    return refuse("102037", "TP trigger price should be higher than the latest trading price");
  if (side === "sell" && stop?.isGreaterThanOrEqualTo(last))
    return refuse("102038", "SL trigger price should be lower than the latest trading price");
  if (side === "buy" && take?.isGreaterThanOrEqualTo(last))
    return refuse("102039", "TP trigger price should be lower than the latest trading price");
  if (side === "buy" && stop?.isLessThanOrEqualTo(last))
    return refuse("102040", "SL trigger price should be higher than the latest trading price");
  return undefined;
}

function affordable(venue: Venue, account: Account, contract: Contract, order: OrderRecord): boolean {
  if (order.reduceOnly) return true;
  const price = order.type === "market" ? takerPrice(venue, contract, order.side) : order.price;
  if (!price) return false;
  const held = account.position(order.instId, order.marginMode)?.contracts ?? ZERO;
  const against = order.side === "buy" ? max(ZERO, held.negated()) : max(ZERO, held);
  const opens = order.size.minus(min(order.size, against));
  const margin = notional(contract, opens, price).dividedBy(decimal(order.leverage));
  const fee = notional(contract, order.size, price).times(contract.takerRate);
  return margin.plus(fee).isLessThanOrEqualTo(account.available(account.positions(), account.orders.live(), account.balance));
}

export function placeTpsl(venue: Venue, account: Account, draft: TpslDraft): TpslRecord | Refusal {
  const contract = venue.contract(draft.instId)!;
  const whole = draft.size.isEqualTo(-1);
  const problem =
    clientIdProblem(account.tpsl.withClientId(draft.clientOrderId), draft.clientOrderId, venue.nowMs) ??
    (whole ? undefined : sizeProblem(contract, draft.size, true)) ??
    triggersProblem(venue, contract, draft, draft.side);
  if (problem) return problem;
  if (!draft.slTriggerPrice && !draft.tpTriggerPrice)
    return refuse("152003", "Either parameter tpTriggerPrice or slTriggerPrice is required");
  const held = account.position(draft.instId, draft.marginMode)?.contracts ?? ZERO;
  if (draft.reduceOnly && (draft.side === "sell" ? !held.isGreaterThan(0) : !held.isLessThan(0)))
    return refuse("102005", "Position had been closed");
  const times = { createMs: venue.nowMs, updateMs: venue.nowMs };
  const leverage = account.leverage(draft.instId, draft.marginMode);
  const waiting = { kind: "tpsl", state: "live", actualSize: null, triggerType: null, category: "normal" } as const;
  const record: TpslRecord = { ...draft, ...times, ...waiting, id: venue.nextId("tpsl"), leverage };
  account.putTpsl(record, venue.nowMs);
  return record;
}

export function placeAlgo(venue: Venue, account: Account, draft: AlgoDraft): AlgoRecord | Refusal {
  const contract = venue.contract(draft.instId)!;
  const last = lastPrice(venue, draft.instId);
  if (!last) return refuse("103013", "Internal error; unable to process your request. Please try again.");
  const { attached, ...rest } = draft;
  const problem =
    clientIdProblem(account.algo.withClientId(draft.clientOrderId), draft.clientOrderId, venue.nowMs) ??
    sizeProblem(contract, draft.size, draft.orderPrice.isNegative());
  if (problem) return problem;
  const times = { createMs: venue.nowMs, updateMs: venue.nowMs };
  const leverage = account.leverage(draft.instId, draft.marginMode);
  const rising = draft.triggerPrice.isGreaterThan(last);
  const record: AlgoRecord = {
    ...rest,
    ...times,
    kind: "algo",
    state: "live",
    id: venue.nextId("algo"),
    leverage,
    rising,
    actualSize: null,
    attached,
  };
  account.putAlgo(record, venue.nowMs);
  return record;
}
