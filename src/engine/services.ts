import type { MarketMs } from "../domain/time.ts";
import type { Advisor } from "../ports/advisor.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import type { AccountLimits } from "../risk/entry.ts";
import type { Days } from "./days.ts";
import type { FeedHub } from "./feeds.ts";
import type { RiskGuard } from "./risk-guard.ts";

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
  /**
   * Waits until everything is known here that other processes had made durable before the call; resolves with why it could not be known. Undefined where one
   * process has the whole desk. `isLive`: it is about real money, which the books of every other live account count against.
   */
  readonly caughtUp: ((isLive?: boolean) => Promise<string | undefined>) | undefined;
  /** Limits, locks and breakers over everything that trades here. */
  readonly risk: RiskGuard;
  /** What an AI service thinks, where there is one. */
  readonly advisor: () => Advisor | undefined;
  /** Market time now: a slot whose successor has closed by then is late. */
  readonly now: () => MarketMs;
  /** How far market time runs on in a few beats: an account that is no further behind only waits for the steps of one beat. */
  readonly lagMs: number;
  /** Candles up to here are matched; on a live market the watch has covered newer ones. */
  readonly matchUntil: () => number;
}

/** The last price of a symbol; undefined when it is older than that, or not known. */
export function freshPrice({ hub, now }: AccountServices, symbol: string, ageMaxMs: number): number | undefined {
  const seen = hub.price(symbol);
  return seen !== undefined && now() - seen.atMs <= ageMaxMs ? seen.price : undefined;
}
