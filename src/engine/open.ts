import type { BotSpec } from "../domain/bot.ts";
import type { Decimal } from "../domain/money.ts";
import { marketMs } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Scheduled } from "../ports/engine.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import type { Store } from "../ports/store.ts";
import type { PaperVenue } from "../ports/venue.ts";
import type { AccountLimits } from "../risk/entry.ts";
import { Accounts } from "./accounts.ts";
import { unwatchedBots } from "./blindness.ts";
import { Bots } from "./bots.ts";
import { Days } from "./days.ts";
import { type Desk, openDesk } from "./desk.ts";
import { TradingEngine } from "./engine.ts";
import { FeedHub } from "./feeds.ts";
import { LATE_AFTER_MS } from "./limits.ts";
import { Pulse } from "./pulse.ts";
import { type MarketSpeed, Pump } from "./pump.ts";
import { crashReport, loadAlive, resumeAt } from "./recovery.ts";
import type { AccountServices } from "./services.ts";
import { StreamBook } from "./streams.ts";

/** On a live market, candles newer than this are left to the watch, which has seen their prices; before this start nothing has watched. */
const WATCHED_MS = 120_000;

export interface EngineOptions {
  readonly store: Store;
  readonly market: Market;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly speed: MarketSpeed;
  readonly limits: AccountLimits;
  readonly timeZone: string;
  readonly paperBalances: ReadonlyMap<string, Decimal>;
  readonly openVenue: () => PaperVenue;
  readonly version: string;
  /** Crashes within ten minutes that start the desk safe; 0 for never. */
  readonly safeAfterCrashes: number;
  /** What the process before this one wrote down when it crashed. */
  readonly crashCause: string | undefined;
  readonly residentBytes: () => number;
  readonly onFatal: (failure: unknown) => void;
}

export interface OpenedEngine {
  readonly engine: TradingEngine;
  readonly desk: Desk;
  readonly streams: StreamBook;
  readonly pulse: Pulse;
  /** A bot's spec by id, deleted bots included. */
  specOf(botId: string): BotSpec | undefined;
  /** Adds work that falls due in market time. */
  schedule(work: Scheduled): void;
  /** Names what a scripted market waits for after each step that changed something. */
  waitFor(told: () => Promise<void>): void;
  /** Ends the step in progress, lets the accounts finish what they do, and keeps where everything stands. */
  stop(reason: string): Promise<void>;
}

/** Start-up is recovery: folds the streams, finds out how the last run ended, asks after unanswered orders, and stands ready for the first beat. */
export async function openEngine(options: EngineOptions): Promise<OpenedEngine> {
  const { store, market, clock, logger, speed } = options;
  const streams = new StreamBook(store);
  const desk = await openDesk(store, clock, streams);
  const accounts = new Accounts({ store, streams, desk, paperBalances: options.paperBalances, openVenue: options.openVenue });
  const [alive, writers] = await Promise.all([loadAlive(store), accounts.load()]);
  const at = resumeAt(
    market,
    writers.map(({ state }) => state),
    desk.state,
    alive,
  );
  const hub = new FeedHub(market, at);
  desk.followMarket(() => hub.atMs);
  const crash = crashReport(desk.state, alive, clock.wall(), options.crashCause);
  const safe = crash !== undefined && options.safeAfterCrashes > 0 && crash.crashesInWindow >= options.safeAfterCrashes;
  await desk.append([{ type: "desk-started", version: options.version, safe, crash }]);

  const live = market.pace === "live";
  const startedMs = clock.wall();
  const services: AccountServices = {
    market,
    hub,
    clock,
    logger,
    limits: options.limits,
    days: new Days(options.timeZone),
    halted: () => desk.halted(),
    now: () => (live ? marketMs(Math.max(hub.atMs, clock.wall())) : hub.atMs),
    lagMs: !live && typeof speed === "number" ? speed * LATE_AFTER_MS : 0,
    matchUntil: () => (live ? Math.max(startedMs, clock.wall() - WATCHED_MS) : Number.POSITIVE_INFINITY),
  };
  const all = new Set(market.instruments.keys());
  const symbols = live ? accounts.symbols : () => all;
  await hub.prime(symbols());
  for (const writer of writers) {
    const account = accounts.put(writer, services);
    await accounts.resume(account, desk.state.accounts.get(writer.name.replace(/^account:/, ""))?.owner ?? account.state.owner);
    await account.executor.recover();
    // Its last fill may be the last thing that was written: on a quiet account nothing would look again.
    await account.executor.finishPanic();
  }
  const bots = new Bots(desk, accounts, services);
  await bots.reconcileNames();

  const scheduled: Scheduled[] = [];
  let told = () => Promise.resolve();
  const pump = new Pump({
    market,
    hub,
    clock,
    logger,
    speed,
    active: accounts.active,
    symbols,
    scheduled: () => scheduled,
    told: () => told(),
    onFatal: options.onFatal,
  });
  const pulse = new Pulse({
    store,
    market,
    hub,
    clock,
    logger,
    desk,
    accounts,
    pump,
    residentBytes: options.residentBytes,
    onFatal: options.onFatal,
  });
  const engine = new TradingEngine({ clock, market, hub, desk, accounts, bots, pump, pulse, speed });
  return {
    engine,
    desk,
    streams,
    pulse,
    specOf: accounts.specOf,
    schedule: (work) => void scheduled.push(work),
    waitFor(next) {
      told = next;
    },
    async stop(reason) {
      await pump.stop();
      await Promise.all(accounts.all().map((account) => account.queue.idle()));
      await pulse.keep();
      await desk.append([{ type: "desk-stopped", reason, unwatched: live ? unwatchedBots(accounts) : [] }]);
    },
  };
}
