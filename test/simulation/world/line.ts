import type { Wire, WireCall } from "../../../src/venues/wire.ts";
import type { WireExchange, WireStops } from "../../kit/exchange/in-process-wire.ts";

/** What stands between one of several processes and the exchange: it asks whether the account is still the process's, and may stop it there. */
export interface Line {
  /** `barred` is the product's own question, `idOf` finds the id of an order that a call places. */
  to(account: string, barred: () => string | undefined, idOf: (call: WireCall) => string | undefined): AccountLine;
}

/** The line of one account. */
export interface AccountLine extends WireStops {
  /** Hears what became of a request at the exchange. */
  reached(exchange: WireExchange): void;
  /** The wire, whose answers are heard, too. */
  heard(wire: Wire): Wire;
}
