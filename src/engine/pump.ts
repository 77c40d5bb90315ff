import { messageOf, TransientError } from "../domain/errors.ts";
import { type MarketMs, MINUTE_MS, marketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market, MarketStep } from "../ports/market.ts";
import type { Scheduled } from "../ports/streams.ts";
import type { Account } from "./account.ts";
import type { FeedHub } from "./feeds.ts";
import { ACCOUNT_LAG_MAX, BREATHE_EVERY_MS, STEPS_PER_BATCH } from "./limits.ts";
import type { SlotListener } from "./slot-listener.ts";

/** How fast market time moves: a factor of wall time, as fast as it goes, or only when told. */
export type MarketSpeed = number | "max" | "script";

export interface PumpServices {
  readonly market: Market;
  readonly hub: FeedHub;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly speed: MarketSpeed;
  /** Accounts that the market must reach. */
  readonly active: () => readonly Account[];
  /** Symbols that something needs. */
  readonly symbols: () => ReadonlySet<string>;
  readonly scheduled: () => readonly Scheduled[];
  /** In a script, waited for after every step that changed something, so that what people are told comes in the order of market time. */
  readonly told: () => Promise<void>;
  /** Rules that are told of when they become true. */
  readonly alerts: SlotListener;
  /** What comes before a step: a panic that not every account has heard of. */
  readonly before: (step: MarketStep) => Promise<unknown> | undefined;
  /** Told of each step once the feeds and accounts have it; keeps it at most. */
  readonly passed: (step: MarketStep) => void;
  /** A fault that no account may outlive: the process must end. */
  readonly onFatal: (failure: unknown) => void;
}

/**
 * Moves the market: derives from the clock how far it should be, fetches the steps up to there and hands each to the feeds and to every
 * active account. At `max` and in a script each step waits for all accounts, so that equal input gives equal books; at other speeds an
 * account that waits for its store lags behind on its own, and the market waits only at the lag's bound.
 */
export class Pump {
  readonly #services: PumpServices;
  readonly #anchor: { wallMs: number; marketMs: MarketMs };
  #running: Promise<void> | undefined;
  #scriptTarget: number;
  #ended = false;
  #stopped = false;
  #caughtUp = false;
  #slots = 0;

  constructor(services: PumpServices) {
    this.#services = services;
    this.#anchor = { wallMs: services.clock.monotonicMs(), marketMs: services.hub.atMs };
    this.#scriptTarget = services.hub.atMs;
  }

  /** How many slots have closed since the start, of all feeds. */
  get slots(): number {
    return this.#slots;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the candles that closed before the start were handed on: on a live market newer prices must not come before them. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Moves the market to where it should be by now. Waking it while it moves does nothing. */
  wake(): Promise<void> {
    if (this.#running === undefined && this.#caughtUp && !this.#isDue(this.#minute())) return Promise.resolve();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#caughtUp = true;
    });
    return this.#running;
  }

  /** Lets a scripted market move up to an instant, and waits until it is there. */
  async moveTo(target: number): Promise<void> {
    this.#scriptTarget = Math.max(this.#scriptTarget, target);
    await this.#running;
    await this.wake();
    await Promise.all(this.#services.active().map((account) => account.queue.idle()));
  }

  /** Ends after the step in progress. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  #target(): number {
    const { market, speed, clock, active, alerts } = this.#services;
    if (market.pace === "live") return clock.wall();
    if (speed === "script") return this.#scriptTarget;
    if (speed === "max") return active().length > 0 || alerts.isOn(market.key) ? Number.MAX_SAFE_INTEGER : this.#services.hub.atMs;
    return this.#anchor.marketMs + (clock.monotonicMs() - this.#anchor.wallMs) * speed;
  }

  /** The newest whole minute that the market should be at. */
  #minute(): MarketMs {
    return marketMs(Math.floor(this.#target() / MINUTE_MS) * MINUTE_MS);
  }

  #isDue(minute: MarketMs): boolean {
    return minute > this.#services.hub.atMs;
  }

  async #run(): Promise<void> {
    const { market, hub, symbols, clock, logger } = this.#services;
    let breathedMs = clock.monotonicMs();
    while (!this.#stopped) {
      const target = this.#minute();
      if (!this.#isDue(target)) return;
      const asked = symbols();
      const batch = await this.#advance(target, asked);
      if (!batch) return;
      for (const step of batch.steps) {
        if (this.#stopped) return;
        if (symbols() !== asked && [...symbols()].some((symbol) => !asked.has(symbol))) break;
        const first = this.#services.before(step)?.catch(this.#services.onFatal);
        if (first && market.pace === "stepped") await first;
        const wait = this.#step(step);
        if (wait) await wait;
        if (clock.monotonicMs() - breathedMs < BREATHE_EVERY_MS) continue;
        await clock.breathe();
        breathedMs = clock.monotonicMs();
      }
      if (batch.ended && !this.#ended) {
        this.#ended = true;
        logger.info({ market: market.key, at: hub.atMs }, "the market has no more candles");
      }
      if (batch.steps.length === 0) {
        if (market.pace === "stepped" && !batch.ended) hub.passTo(target);
        return;
      }
      if (symbols().size === 0 && market.pace === "live") return;
    }
  }

  async #advance(target: MarketMs, asked: ReadonlySet<string>): Promise<{ steps: MarketStep[]; ended: boolean } | undefined> {
    const { market, hub, logger } = this.#services;
    try {
      return await market.advance(hub.atMs, target, asked, STEPS_PER_BATCH);
    } catch (failure) {
      if (!(failure instanceof TransientError)) throw failure;
      logger.warn({ market: market.key, problem: messageOf(failure) }, "the market did not answer; the next beat asks again");
      return undefined;
    }
  }

  /** One step, never awaiting when nothing has to be waited for. */
  #step(step: MarketStep): Promise<void> | undefined {
    const { hub, active, scheduled, speed, market } = this.#services;
    const slots = hub.push(step);
    this.#slots += slots.length;
    const due = scheduled().some((each) => each.dueMs() <= step.atMs);
    const lockstep = due || (market.pace === "stepped" && typeof speed !== "number");
    const waits: Promise<void>[] = [];
    for (const account of active()) {
      const work = account.onStep(step, slots)?.catch(this.#services.onFatal);
      if (work && (lockstep || account.queue.depth > ACCOUNT_LAG_MAX)) waits.push(work);
    }
    const alerted = this.#services.alerts.onSlots(market.key, slots)?.catch(this.#services.onFatal);
    if (alerted && lockstep) waits.push(alerted);
    this.#services.passed(step);
    if (waits.length === 0 && !due) return undefined;
    return this.#settle(waits, due ? step.atMs : undefined);
  }

  async #settle(waits: readonly Promise<void>[], dueAt: MarketMs | undefined): Promise<void> {
    await Promise.all(waits);
    for (const each of this.#services.scheduled()) if (dueAt !== undefined && each.dueMs() <= dueAt) await each.run(dueAt);
    if (this.#services.speed === "script") await this.#services.told();
  }
}
