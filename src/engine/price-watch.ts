import { messageOf, TransientError } from "../domain/errors.ts";
import { marketMs, wallMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import type { Account } from "./account.ts";
import type { FeedHub } from "./feeds.ts";
import { PRICE_FRESH_MS } from "./limits.ts";
import type { Pump } from "./pump.ts";

export interface PriceWatchServices {
  readonly market: Market;
  readonly hub: FeedHub;
  readonly pump: Pump;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Accounts that prices of this market concern, and the symbols they need. */
  readonly active: () => readonly Account[];
  readonly symbols: () => ReadonlySet<string>;
  /** A price that may be traded on has come. */
  readonly saw: (symbol: string) => void;
  readonly onFatal: (failure: unknown) => void;
}

/** Prices between candles, on a live market: stops and market orders run on them. One request for all symbols. */
export class PriceWatch {
  readonly #services: PriceWatchServices;
  #watching = false;
  #seenMs: number | undefined;

  constructor(services: PriceWatchServices) {
    this.#services = services;
  }

  /** Monotonic time at which the prices of all listed symbols were fresh last; undefined before the first time. */
  get seenMs(): number | undefined {
    return this.#seenMs;
  }

  /** Asks for prices, unless it is asking. Where market time is stepped, candles are all there is. */
  async beat(): Promise<void> {
    const { market, pump, clock } = this.#services;
    if (market.pace !== "live") {
      this.#seenMs = clock.monotonicMs();
      return;
    }
    if (this.#watching || !pump.caughtUp) return;
    this.#watching = true;
    try {
      await this.#look();
    } finally {
      this.#watching = false;
    }
  }

  async #look(): Promise<void> {
    const { market, hub, clock, logger, active, symbols, saw, onFatal } = this.#services;
    try {
      let fresh = 0;
      const asked = symbols();
      // A market that has not said yet what it lists is watched by nobody.
      const isListed = (symbol: string) => market.instruments.size === 0 || market.instruments.has(symbol);
      const readings = asked.size === 0 ? [] : await market.prices(asked);
      const accounts = active();
      for (const { symbol, price, quote, wallMs: seenMs } of readings) {
        if (clock.wall() - seenMs > PRICE_FRESH_MS) continue;
        if (isListed(symbol)) fresh += 1;
        const at = marketMs(wallMs(seenMs));
        hub.seePrice(symbol, price, at, quote);
        hub.watched.saw(symbol, at);
        saw(symbol);
        for (const account of accounts) void account.onPrice(symbol, price, at)?.catch(onFatal);
      }
      // Nobody has a price of what the exchange lists no more: its bots are told so each by itself, and the others are watched.
      if (fresh === [...asked].filter(isListed).length) this.#seenMs = clock.monotonicMs();
    } catch (failure) {
      if (!(failure instanceof TransientError)) throw failure;
      logger.warn({ market: market.key, problem: messageOf(failure) }, "no prices on this beat");
    }
  }
}
