import type { AccountState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import { FOREIGN_IDS_MAX } from "../../domain/fold-venue.ts";
import type { LedgerEntry } from "../../ports/live-venue.ts";

const REASONS: Readonly<Record<LedgerEntry["kind"], string>> = {
  funding: "funding",
  liquidation: "liquidated by the exchange",
  deleveraging: "deleveraged by the exchange",
  transfer: "moved in or out of the trading account",
  other: "booked by the exchange",
};

/** So many entries of one reading are looked at, the newest: those that are booked are still remembered then, with room for what balances alone tell. */
const ENTRIES_MAX = FOREIGN_IDS_MAX * 0.8;

/** The events that entries of a venue's ledger are which the books do not hold yet; they come oldest first. One without an amount says only why a position went. */
export function ledgerEvents({ venue }: AccountState, entries: readonly LedgerEntry[]): AccountEvent[] {
  const known = new Set(venue.foreignIds);
  return entries
    .slice(-ENTRIES_MAX)
    .filter(({ entryId }) => !known.has(entryId))
    .map(({ entryId, kind, symbol, coin, amount, venueMs }): AccountEvent => {
      const reason = symbol === undefined ? REASONS[kind] : `${REASONS[kind]} (${symbol})`;
      const booked = { type: "foreign-booked", coin, quantity: amount, entryId, reason } as const;
      return kind === "funding" && symbol !== undefined ? { ...booked, funding: { symbol, atMs: venueMs } } : booked;
    });
}
