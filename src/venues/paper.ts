import { matchCandle, matchPrice } from "../matching/match.ts";
import type { PaperVenue } from "../ports/venue.ts";

/** How many accepted client order ids a paper account remembers, to answer whether an order had arrived. */
const REMEMBERED_MAX = 10_000;

/**
 * A venue without a network: it accepts every order and fills it by the matching room. It keeps no books, only which orders it has accepted,
 * so that a lost acknowledgment is found the way it is found at an exchange; what it had accepted before a restart is in the ledger, and what
 * is not there never arrived. It has no way to reach an exchange.
 */
export function openPaperVenue(): PaperVenue {
  const accepted = new Set<string>();
  return {
    async submit({ clientOrderId }) {
      accepted.add(clientOrderId);
      const oldest = accepted.values().next().value;
      if (accepted.size > REMEMBERED_MAX && oldest !== undefined) accepted.delete(oldest);
      return { kind: "accepted", venueOrderId: `paper-${clientOrderId}` };
    },
    async cancel({ clientOrderId }) {
      accepted.delete(clientOrderId);
      return { kind: "canceled" };
    },
    async find(clientOrderId) {
      return accepted.has(clientOrderId) ? "present" : "absent";
    },
    onCandle: matchCandle,
    onPrice: matchPrice,
  };
}
