import { decimal, toDouble } from "../../../../src/domain/money.ts";
import type { TapeCandle } from "../tape.ts";
import type { Account } from "./account.ts";
import { notional } from "./margin.ts";
import { fillResting, type Venue } from "./match.ts";
import { fireTriggers, lastPrice } from "./triggers.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Funding is paid three times a day, at 00:00, 08:00 and 16:00 UTC. */
export const FUNDING_MS = 8 * 3_600_000;

/**
 * Walks the exchange to an instant, in whole seconds. A minute in which no candle reaches anything that waits for a price is skipped whole: what rests,
 * triggers and liquidates is then decided by its extremes alone. Answers whether nothing was reached.
 */
export function walk(venue: Venue, accounts: readonly Account[], toMs: number): boolean {
  let isQuiet = true;
  while (venue.nowMs < toMs) {
    const minuteEnd = Math.floor(venue.nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const end = Math.min(toMs, minuteEnd);
    const busy = accounts.filter((account) => account.busy);
    if (busy.some((account) => minuteMatters(venue, account))) {
      isQuiet = false;
      walkSeconds(venue, busy, end);
    }
    venue.nowMs = end;
    if (end % FUNDING_MS === 0) for (const account of accounts) payFunding(venue, account);
  }
  return isQuiet;
}

function walkSeconds(venue: Venue, accounts: readonly Account[], end: number): void {
  for (let atMs = Math.floor(venue.nowMs / SECOND_MS) * SECOND_MS + SECOND_MS; atMs <= end; atMs += SECOND_MS) {
    venue.nowMs = atMs;
    for (const account of accounts) {
      fireTriggers(venue, account);
      fillResting(venue, account);
    }
  }
}

/** Whether the minute from now on may reach a price that this account waits for. The next minute's open counts: it is met on the boundary. */
function minuteMatters(venue: Venue, account: Account): boolean {
  const touched = (instId: string, price: number): boolean =>
    candles(venue, instId).some((candle) => candle.low <= price && price <= candle.high);
  const below = (instId: string, price: number): boolean => candles(venue, instId).some((candle) => candle.low <= price);
  const above = (instId: string, price: number): boolean => candles(venue, instId).some((candle) => candle.high >= price);
  for (const order of account.orders.live()) if ((order.side === "buy" ? below : above)(order.instId, toDouble(order.price))) return true;
  for (const { instId, side, slTriggerPrice: stop, tpTriggerPrice: take } of account.tpsl.live()) {
    if (stop && (side === "sell" ? below : above)(instId, toDouble(stop))) return true;
    if (take && (side === "sell" ? above : below)(instId, toDouble(take))) return true;
  }
  for (const { instId, rising, triggerPrice } of account.algo.live())
    if ((rising ? above : below)(instId, toDouble(triggerPrice))) return true;
  const positions = account.positions();
  return positions.some((position) => {
    if (positions.length > 1 && position.marginMode === "cross") return true;
    const edge = toDouble(account.liquidationPrice(position, positions, account.balance));
    return touched(position.instId, edge) || (edge > 0 && (position.contracts.isPositive() ? below : above)(position.instId, edge));
  });
}

function candles(venue: Venue, instId: string): TapeCandle[] {
  const symbol = venue.contract(instId)!.tapeSymbol;
  const now = venue.tape.candleAt(symbol, venue.nowMs);
  const next = venue.tape.candleAt(symbol, venue.nowMs + MINUTE_MS);
  return [now, next].filter((candle) => candle !== undefined);
}

function payFunding(venue: Venue, account: Account): void {
  for (const position of account.positions()) {
    const contract = venue.contract(position.instId)!;
    const price = lastPrice(venue, position.instId);
    if (!price || contract.fundingRate.isZero()) continue;
    const due = notional(contract, position.contracts, price).times(contract.fundingRate);
    account.book("funding", position.instId, position.contracts.isPositive() ? due.times(decimal(-1)) : due, venue.nowMs);
  }
}
