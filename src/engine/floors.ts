import type { DeskState } from "../domain/desk.ts";
import { exchangeMarketKey } from "../domain/market-key.ts";
import { marketMs } from "../domain/time.ts";
import type { Advisor } from "../ports/advisor.ts";
import type { Clock } from "../ports/clock.ts";
import type { Environment } from "../ports/live-venue.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market, MarketStep } from "../ports/market.ts";
import type { Scheduled } from "../ports/streams.ts";
import type { AccountLimits } from "../risk/entry.ts";
import type { Accounts } from "./accounts.ts";
import type { Days } from "./days.ts";
import { FeedHub } from "./feeds.ts";
import { LATE_AFTER_MS } from "./limits.ts";
import { panicBefore } from "./panic.ts";
import { PriceWatch } from "./price-watch.ts";
import { type MarketSpeed, Pump } from "./pump.ts";
import type { RiskGuard } from "./risk-guard.ts";
import type { AccountServices } from "./services.ts";
import type { SlotListener } from "./slot-listener.ts";
import { WATCHED_MS } from "./watched.ts";

/** One market with what moves it and what every account that trades on it shares. */
export interface Floor {
  readonly market: Market;
  readonly hub: FeedHub;
  readonly pump: Pump;
  readonly watch: PriceWatch;
  readonly services: AccountServices;
}

export interface FloorsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly speed: MarketSpeed;
  readonly limits: AccountLimits;
  readonly days: Days;
  /** The halt in force. */
  readonly halt: () => DeskState["halt"];
  readonly halted: () => string | undefined;
  readonly caughtUp: AccountServices["caughtUp"];
  readonly risk: RiskGuard;
  readonly advisor: () => Advisor | undefined;
  readonly accounts: Accounts;
  readonly scheduled: () => readonly Scheduled[];
  readonly told: () => Promise<void>;
  readonly alerts: SlotListener;
  /** A price that may be traded on has come to a market. */
  readonly saw: (market: string, symbol: string) => void;
  readonly openMarket: (exchangeId: string, environment: Environment) => Promise<Market>;
  /** Told of each step of each market; keeps it at most. */
  readonly passed: (market: string, step: MarketStep) => void;
  readonly onFatal: (failure: unknown) => void;
}

/** All markets that accounts of this desk trade on: the one for paper that the process names, and those of the exchanges where it has accounts. */
export class Floors {
  readonly #options: FloorsOptions;
  readonly #floors = new Map<string, Floor>();
  readonly #opening = new Map<string, Promise<Floor>>();
  readonly #startedMs: number;

  constructor(options: FloorsOptions) {
    this.#options = options;
    this.#startedMs = options.clock.wall();
  }

  all(): readonly Floor[] {
    return [...this.#floors.values()];
  }

  get(key: string): Floor | undefined {
    return this.#floors.get(key);
  }

  /** The floor of an exchange, opened on first use. */
  async atExchange(exchangeId: string, environment: Environment): Promise<Floor> {
    const key = exchangeMarketKey(exchangeId, environment === "demo");
    const known = this.#floors.get(key);
    if (known) return known;
    const opening = this.#opening.get(key) ?? this.#open(exchangeId, environment);
    this.#opening.set(key, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(key);
    }
  }

  async #open(exchangeId: string, environment: Environment): Promise<Floor> {
    const market = await this.#options.openMarket(exchangeId, environment);
    return this.put(market, market.startMs, false);
  }

  /** Puts a market to work from an instant on. Only the main one does scheduled work and tells a script. */
  put(market: Market, at: Market["startMs"], main: boolean): Floor {
    const { clock, logger, accounts, onFatal, scheduled, told, saw, alerts, passed } = this.#options;
    const hub = new FeedHub(market, at);
    const services = this.#services(market, hub);
    const active = () => accounts.activeOn(market.key);
    const all = new Set(market.instruments.keys());
    const symbols = market.pace === "live" ? () => accounts.symbolsOn(market.key) : () => all;
    const pump = new Pump({
      market,
      hub,
      clock,
      logger,
      speed: this.#options.speed,
      active,
      symbols,
      scheduled: main ? scheduled : () => [],
      told: main ? told : () => Promise.resolve(),
      alerts,
      before: ({ atMs }) => panicBefore(atMs, this.#options.halt(), active),
      passed: (step) => passed(market.key, step),
      onFatal,
    });
    const watch = new PriceWatch({ market, hub, pump, clock, logger, active, symbols, saw: (symbol) => saw(market.key, symbol), onFatal });
    const floor = { market, hub, pump, watch, services };
    this.#floors.set(market.key, floor);
    return floor;
  }

  async stop(): Promise<void> {
    await Promise.all(this.all().map(({ pump }) => pump.stop()));
  }

  /** Closes the markets that were opened here. */
  async close(main: Market): Promise<void> {
    await Promise.all(this.all().map(({ market }) => (market === main ? undefined : market.close())));
  }

  #services(market: Market, hub: FeedHub): AccountServices {
    const { clock, logger, limits, days, halted, caughtUp, risk, speed, advisor } = this.#options;
    const live = market.pace === "live";
    return {
      market,
      hub,
      clock,
      logger,
      limits,
      days,
      halted,
      caughtUp,
      risk,
      advisor,
      now: () => (live ? marketMs(Math.max(hub.atMs, clock.wall())) : hub.atMs),
      lagMs: !live && typeof speed === "number" ? speed * LATE_AFTER_MS : 0,
      // Candles newer than this are left to the watch, which has seen their prices; before this start nothing has watched.
      matchUntil: () => (live ? Math.max(this.#startedMs, clock.wall() - WATCHED_MS) : Number.POSITIVE_INFINITY),
    };
  }
}
