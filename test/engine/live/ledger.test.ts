import { expect, it } from "vitest";
import { applyAccountEvent } from "../../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../../src/domain/books.ts";
import { decimal, plain } from "../../../src/domain/money.ts";
import { marketMs, wallMs } from "../../../src/domain/time.ts";
import { ledgerEvents } from "../../../src/engine/live/ledger.ts";
import type { LedgerEntry } from "../../../src/ports/live-venue.ts";

/** Funding of one contract after the other, oldest first. */
function fundings(count: number): LedgerEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ entryId: `funding:${index}`, kind: "funding", symbol: `C${index % 50}/USDT:USDT`, coin: "USDT" },
    ...{ amount: decimal("-0.1"), venueMs: index },
  }));
}

function book(state: AccountState, entries: readonly LedgerEntry[]): number {
  const events = ledgerEvents(state, entries);
  for (const event of events)
    applyAccountEvent(state, { sequence: state.sequence + 1, wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined, event });
  return events.length;
}

it("funding of fifty contracts every hour of two days is booked once, however often it is told", () => {
  const state = emptyAccount();
  const entries = fundings(50 * 48);
  expect([1, 2, 3].map(() => book(state, entries))).toEqual([2_400, 0, 0]);
  expect(plain(state.balances.get("USDT")!)).toBe("-240");
});

it("of more than can be remembered the newest are booked, and once, too: balances tell the rest", () => {
  const state = emptyAccount();
  const entries = fundings(6_000);
  expect([1, 2, 3].map(() => book(state, entries))).toEqual([4_000, 0, 0]);
});
