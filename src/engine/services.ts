import type { AccountState } from "../domain/books.ts";
import type { AccountEvent } from "../domain/events.ts";
import type { MarketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import type { PaperVenue } from "../ports/venue.ts";
import type { AccountLimits } from "../risk/entry.ts";
import type { Days } from "./days.ts";
import type { Exposure } from "./exposure.ts";
import type { FeedHub } from "./feeds.ts";
import type { Runners } from "./runner.ts";

/** What every account shares. */
export interface AccountServices {
  readonly market: Market;
  readonly hub: FeedHub;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: AccountLimits;
  /** The calendar that the books' days follow. */
  readonly days: Days;
  /** Why the desk denies entries, if it does. */
  readonly halted: () => string | undefined;
  /** Market time now: a slot whose successor has closed by then is late. */
  readonly now: () => MarketMs;
  /** How far market time runs on in a few beats: an account that is no further behind only waits for the steps of one beat. */
  readonly lagMs: number;
  /** Candles up to here are matched; on a live market the watch has covered newer ones. */
  readonly matchUntil: () => number;
}

/** What the executor needs of the account whose queue it runs in. */
export interface ExecutorHost {
  readonly state: AccountState;
  readonly venue: PaperVenue;
  readonly services: AccountServices;
  readonly runners: Runners;
  readonly exposure: Exposure;
  /** Market time of the newest step that this account has seen. */
  readonly position: MarketMs;
  readonly priceOf: (symbol: string) => number | undefined;
  /** Appends what the engine found out, however long the store takes. */
  appendEvents(events: readonly AccountEvent[]): Promise<void>;
  /** Appends for a command; rejects when the store cannot write. */
  appendOnce(events: readonly AccountEvent[], requestId?: string): Promise<void>;
}
