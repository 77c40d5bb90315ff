import { type Decimal, decimal, ZERO } from "../../../../src/domain/money.ts";
import { priceAt } from "../tape.ts";
import type { Account } from "./account.ts";
import { bankruptcyPrice } from "./margin.ts";
import { takeAtOnce, type Venue } from "./match.ts";
import { execute, newOrder, tradable } from "./settle.ts";
import type { AlgoRecord, PositionRecord, Side, TpslRecord } from "./types.ts";

const MARKET = decimal(-1);

/** Which trigger of a protective order the price has reached. The stop goes first. */
function reached(record: TpslRecord, price: Decimal): "sl" | "tp" | undefined {
  const { slTriggerPrice: stop, tpTriggerPrice: take } = record;
  const down = record.side === "sell";
  if (stop && (down ? price.isLessThanOrEqualTo(stop) : price.isGreaterThanOrEqualTo(stop))) return "sl";
  if (take && (down ? price.isGreaterThanOrEqualTo(take) : price.isLessThanOrEqualTo(take))) return "tp";
  return undefined;
}

/** Triggers of protective and conditional orders, then positions that have used up what backs them. */
export function fireTriggers(venue: Venue, account: Account): void {
  for (const record of account.tpsl.live()) {
    const price = lastPrice(venue, record.instId);
    const which = price && reached(record, price);
    if (which) fireTpsl(venue, account, record, which);
  }
  for (const record of account.algo.live()) {
    const price = lastPrice(venue, record.instId);
    if (price && (record.rising ? price.isGreaterThanOrEqualTo(record.triggerPrice) : price.isLessThanOrEqualTo(record.triggerPrice)))
      fireAlgo(venue, account, record);
  }
  for (const position of account.positions()) {
    const price = lastPrice(venue, position.instId);
    const edge = account.liquidationPrice(position, account.positions(), account.balance);
    if (
      price &&
      edge.isGreaterThan(0) &&
      (position.contracts.isPositive() ? price.isLessThanOrEqualTo(edge) : price.isGreaterThanOrEqualTo(edge))
    )
      liquidate(venue, account, position);
  }
}

export function lastPrice(venue: Venue, instId: string): Decimal | undefined {
  const contract = venue.contract(instId);
  const last = contract && priceAt(venue.tape, contract.tapeSymbol, venue.nowMs);
  return last === undefined ? undefined : decimal(last);
}

function fireTpsl(venue: Venue, account: Account, record: TpslRecord, which: "sl" | "tp"): void {
  const held = account.position(record.instId, record.marginMode)?.contracts ?? ZERO;
  const size = record.size.isNegative() ? held.abs() : record.size;
  const limit = (which === "sl" ? record.slOrderPrice : record.tpOrderPrice) ?? MARKET;
  const draft = {
    instId: record.instId,
    side: record.side,
    type: limit.isPositive() ? ("limit" as const) : ("market" as const),
    marginMode: record.marginMode,
    size,
    ...(limit.isPositive() && { price: limit }),
    reduceOnly: record.reduceOnly,
    clientOrderId: "",
    brokerId: record.brokerId,
    category: which,
    algoId: record.id,
    algoClientOrderId: record.clientOrderId,
  };
  const base = { ...record, triggerType: which, category: which, updateMs: venue.nowMs };
  const order = newOrder(venue, account, draft, venue.nowMs);
  if (size.isZero() || tradable(account, order).isZero()) {
    account.putTpsl({ ...base, state: "order_failed", actualSize: ZERO }, venue.nowMs);
    return;
  }
  account.putTpsl({ ...base, state: "effective", actualSize: size }, venue.nowMs);
  account.putOrder(order, venue.nowMs);
  takeAtOnce(venue, account, order);
}

function fireAlgo(venue: Venue, account: Account, record: AlgoRecord): void {
  const atMarket = record.orderPrice.isNegative();
  const draft = {
    ...record.attached,
    instId: record.instId,
    side: record.side,
    type: atMarket ? ("market" as const) : ("limit" as const),
    marginMode: record.marginMode,
    size: record.size,
    ...(!atMarket && { price: record.orderPrice }),
    reduceOnly: record.reduceOnly,
    clientOrderId: "",
    brokerId: record.brokerId,
    algoId: record.id,
    algoClientOrderId: record.clientOrderId,
  };
  const order = newOrder(venue, account, draft, venue.nowMs);
  const failed = tradable(account, order).isZero();
  const state = failed ? ("order_failed" as const) : ("effective" as const);
  account.putAlgo({ ...record, state, actualSize: failed ? ZERO : record.size, updateMs: venue.nowMs }, venue.nowMs);
  if (failed) return;
  account.putOrder(order, venue.nowMs);
  takeAtOnce(venue, account, order);
}

function closing(position: PositionRecord): Side {
  return position.contracts.isPositive() ? "sell" : "buy";
}

/** The exchange takes a position over at its bankruptcy price: all that backed it is gone, and no more. */
export function liquidate(venue: Venue, account: Account, position: PositionRecord): void {
  const contract = venue.contract(position.instId)!;
  const price = bankruptcyPrice(contract, position, account.backing(position, account.positions(), account.balance));
  byExchange(venue, account, position, position.contracts.abs(), price, "full_liquidation");
}

/** The exchange reduces a winning position at the last price, to cover somebody else's loss. */
export function deleverage(venue: Venue, account: Account, position: PositionRecord, size: Decimal): void {
  byExchange(venue, account, position, size, lastPrice(venue, position.instId) ?? position.averagePrice, "adl");
}

function byExchange(
  venue: Venue,
  account: Account,
  position: PositionRecord,
  size: Decimal,
  price: Decimal,
  category: "full_liquidation" | "adl",
): void {
  const { instId, marginMode } = position;
  const draft = { instId, marginMode, size, side: closing(position), type: "market" as const, reduceOnly: true };
  const order = newOrder(venue, account, { ...draft, clientOrderId: "", brokerId: "", category }, venue.nowMs);
  account.putOrder(order, venue.nowMs);
  execute(venue, account, order, size, price, "taker", venue.nowMs);
}
