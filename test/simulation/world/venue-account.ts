import type { Environment } from "../../../src/ports/live-venue.ts";
import type { Account } from "../../kit/exchange/perpetual/account.ts";
import type { SpotAccount } from "../../kit/exchange/spot/account.ts";

/** One account at the exchange, as the person who owns it knows it. */
export interface VenueAccount {
  readonly exchangeId: "binance";
  readonly name: string;
  readonly key: string;
  readonly environment: Environment;
  readonly book: SpotAccount;
}

/** One account at Blofin, as the person who owns it knows it. */
export interface PerpetualAccount {
  readonly exchangeId: "blofin";
  readonly name: string;
  readonly key: string;
  readonly passphrase: string;
  readonly environment: Environment;
  readonly book: Account;
}
