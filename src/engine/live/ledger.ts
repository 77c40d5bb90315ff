import type { AccountState } from "../../domain/books.ts";
import type { AccountEvent } from "../../domain/events.ts";
import type { LedgerEntry } from "../../ports/live-venue.ts";

const REASONS: Readonly<Record<LedgerEntry["kind"], string>> = {
  funding: "funding",
  liquidation: "liquidated by the exchange",
  deleveraging: "deleveraged by the exchange",
  transfer: "moved in or out of the trading account",
  other: "booked by the exchange",
};

/** The events that entries of a venue's ledger are which the books do not hold yet. One without an amount says only why a position went. */
export function ledgerEvents({ venue }: AccountState, entries: readonly LedgerEntry[]): AccountEvent[] {
  const known = new Set(venue.foreignIds);
  return entries
    .filter(({ entryId }) => !known.has(entryId))
    .map(({ entryId, kind, symbol, coin, amount, venueMs }): AccountEvent => {
      const reason = symbol === undefined ? REASONS[kind] : `${REASONS[kind]} (${symbol})`;
      const booked = { type: "foreign-booked", coin, quantity: amount, entryId, reason } as const;
      return kind === "funding" && symbol !== undefined ? { ...booked, funding: { symbol, atMs: venueMs } } : booked;
    });
}
