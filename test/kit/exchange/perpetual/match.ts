import { ceilToStep, type Decimal, decimal, floorToStep, max, min } from "../../../../src/domain/money.ts";
import { priceAt, type Tape } from "../tape.ts";
import type { Account, Market } from "./account.ts";
import { endOrder, execute, tradable } from "./settle.ts";
import type { Contract, OrderRecord, Side } from "./types.ts";

/** A large order takes at most so many price levels, each a tick worse. */
const LEVELS_MAX = 5;

/** Everything that matching asks of the exchange around it. */
export interface Venue extends Market {
  readonly tape: Tape;
  nowMs: number;
  /** Into how many trades an order that executes at once falls. */
  readonly pieces: number;
}

/** The best price that a taker gets now: the last price, on the tick that is worse for it. */
export function takerPrice(venue: Venue, contract: Contract, side: Side): Decimal | undefined {
  const last = priceAt(venue.tape, contract.tapeSymbol, venue.nowMs);
  if (last === undefined) return undefined;
  const exact = decimal(last);
  return side === "buy" ? ceilToStep(exact, contract.tickSize) : max(contract.tickSize, floorToStep(exact, contract.tickSize));
}

/** Contracts that can be had at one price: what trades in this minute. */
function depth(venue: Venue, contract: Contract): Decimal {
  const volume = venue.tape.candleAt(contract.tapeSymbol, venue.nowMs)?.volume ?? 0;
  return max(contract.lotSize, floorToStep(decimal(volume).dividedBy(contract.contractValue), contract.lotSize));
}

/** What a new order does in its first instant. */
export function takeAtOnce(venue: Venue, account: Account, order: OrderRecord): OrderRecord {
  const contract = venue.contract(order.instId)!;
  const best = takerPrice(venue, contract, order.side);
  if (!best) return endOrder(account, order, "system_canceled", "No price", venue.nowMs);
  const bounded = order.type !== "market";
  const crosses = !bounded || (order.side === "buy" ? best.isLessThanOrEqualTo(order.price) : best.isGreaterThanOrEqualTo(order.price));
  if (order.type === "post_only" && crosses)
    return endOrder(account, order, "system_canceled", "Post-only order would have matched", venue.nowMs);
  if (order.type === "post_only") return order;
  const wanted = tradable(account, order);
  const there = depth(venue, contract);
  const takes =
    !crosses || (order.type === "fok" && there.isLessThan(wanted)) ? decimal(0) : order.type === "market" ? wanted : min(wanted, there);
  const after = takes.isZero() ? order : inPieces(venue, account, order, takes, best, order.type === "market" ? there : takes);
  if (after.state === "filled") return after;
  if (order.type === "limit" && tradable(account, after).isGreaterThan(0)) return after;
  return endOrder(account, after, "system_canceled", "The rest could not be matched", venue.nowMs);
}

/** Splits what trades at once over levels and pieces, on lots. */
function inPieces(venue: Venue, account: Account, order: OrderRecord, takes: Decimal, best: Decimal, there: Decimal): OrderRecord {
  const contract = venue.contract(order.instId)!;
  const even = max(contract.lotSize, floorToStep(takes.dividedBy(decimal(Math.max(1, venue.pieces))), contract.lotSize));
  let rest = takes;
  let level = 0;
  let atLevel = there;
  let after = order;
  for (let piece = 1; rest.isGreaterThan(0); piece += 1) {
    const last = piece >= venue.pieces && level >= LEVELS_MAX;
    const size = last ? rest : min(rest, piece >= venue.pieces ? min(rest, atLevel) : min(even, atLevel));
    const worse = contract.tickSize.times(decimal(order.side === "buy" ? level : -level));
    after = execute(venue, account, after, size, max(contract.tickSize, best.plus(worse)), "taker", venue.nowMs);
    rest = rest.minus(size);
    atLevel = atLevel.minus(size);
    if (atLevel.isLessThanOrEqualTo(0)) {
      level += 1;
      atLevel = there;
    }
  }
  return after;
}

/** Fills resting orders whose price the last price has reached, as makers, by the volume that trades in a second. */
export function fillResting(venue: Venue, account: Account): void {
  for (const order of account.orders.live()) {
    const contract = venue.contract(order.instId)!;
    const last = priceAt(venue.tape, contract.tapeSymbol, venue.nowMs);
    if (last === undefined) continue;
    const exact = decimal(last);
    if (order.side === "buy" ? exact.isGreaterThan(order.price) : exact.isLessThan(order.price)) continue;
    const wanted = tradable(account, order);
    if (wanted.isZero()) {
      endOrder(account, order, "system_canceled", "Nothing to reduce", venue.nowMs);
      continue;
    }
    const second = max(contract.lotSize, floorToStep(depth(venue, contract).dividedBy(decimal(60)), contract.lotSize));
    const after = execute(venue, account, order, min(wanted, second), order.price, "maker", venue.nowMs);
    if (after.state !== "filled" && tradable(account, after).isZero())
      endOrder(account, after, "system_canceled", "Nothing to reduce", venue.nowMs);
  }
}
