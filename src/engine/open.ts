import type { BotSpec } from "../domain/bot.ts";
import type { Decimal } from "../domain/money.ts";
import type { AdvisedSymbol, Advisor } from "../ports/advisor.ts";
import type { Clock } from "../ports/clock.ts";
import type { Engine } from "../ports/engine.ts";
import type { Environment } from "../ports/live-venue.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market, MarketStep } from "../ports/market.ts";
import type { Store } from "../ports/store.ts";
import type { Scheduled } from "../ports/streams.ts";
import type { PaperVenue } from "../ports/venue.ts";
import type { BreakerDefaults } from "../risk/breaker-defaults.ts";
import type { AccountLimits } from "../risk/entry.ts";
import type { AccountWriter } from "./account.ts";
import { Accounts } from "./accounts.ts";
import { advisedSymbols } from "./advised-symbols.ts";
import { AlertWatch } from "./alert-watch.ts";
import { AuditReader } from "./audit.ts";
import { Blindness, unwatchedBots } from "./blindness.ts";
import { Bots } from "./bots.ts";
import { Shared, type SharedOptions } from "./cluster/shared.ts";
import { Days } from "./days.ts";
import { type Desk, openDesk } from "./desk.ts";
import { TradingEngine } from "./engine.ts";
import { Floors } from "./floors.ts";
import { STOP_SETTLE_MS } from "./limits.ts";
import type { CeilingLimit } from "./live/ceiling.ts";
import type { LiveOpening } from "./live/connect.ts";
import { LiveDesk } from "./live/desk.ts";
import { giveUnanswered } from "./live/unanswered.ts";
import { catchUp, openAccount, openAccounts, openMainFloor } from "./opening.ts";
import { OwnPart } from "./own-part.ts";
import { Pulse } from "./pulse.ts";
import type { MarketSpeed } from "./pump.ts";
import { DeskRates } from "./rates.ts";
import { type AliveMark, crashReport, loadAlive } from "./recovery.ts";
import { RiskGuard } from "./risk-guard.ts";
import { StrayNames } from "./stray-names.ts";
import { StreamBook } from "./streams.ts";
import { within } from "./within.ts";

const REPORT_CURRENCY = "USDT";

export interface EngineOptions {
  readonly store: Store;
  readonly market: Market;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly speed: MarketSpeed;
  readonly limits: AccountLimits;
  /** What opens breakers where nobody has set anything; without it only the daily loss and refused orders do. */
  readonly breakers?: BreakerDefaults | undefined;
  readonly timeZone: string;
  readonly paperBalances: ReadonlyMap<string, Decimal>;
  /** What money of several currencies is counted in; USDT where nothing is said. */
  readonly reportCurrency?: string | undefined;
  readonly openVenue: () => PaperVenue;
  /** How accounts at real exchanges are opened. */
  readonly live: LiveOpening;
  /** The public prices of an exchange, for its accounts. */
  readonly openMarket: (exchangeId: string, environment: Environment) => Promise<Market>;
  /** The most that may be at risk; undefined allows no live trading. */
  readonly ceiling: CeilingLimit | undefined;
  readonly version: string;
  /** Crashes within ten minutes that start the desk safe; 0 for never. */
  readonly safeAfterCrashes: number;
  /** What the process before this one wrote down when it crashed. */
  readonly crashCause: string | undefined;
  readonly residentBytes: () => number;
  readonly onFatal: (failure: unknown) => void;
  /** The processes that share the desk; none are known where nothing is said. */
  readonly nodes?: Engine["nodes"] | undefined;
  /** Set where several processes share the desk. */
  readonly shared?: SharedOptions | undefined;
}

export interface OpenedEngine {
  readonly engine: TradingEngine;
  /** The engine as people see it: the same one, unless other processes have the accounts. */
  readonly front: Engine;
  readonly desk: Desk;
  readonly streams: StreamBook;
  readonly pulse: Pulse;
  /** A market that accounts here trade on, with the instant it has reached. */
  marketOf(key: string): { readonly market: Market; readonly atMs: number } | undefined;
  /** A bot's spec by id, deleted bots included. */
  specOf(botId: string): BotSpec | undefined;
  /** Adds work that falls due in market time. */
  schedule(work: Scheduled): void;
  /** Names what is told of each step of each market; it may keep the step and must return at once. */
  onStep(passed: (market: string, step: MarketStep) => void): void;
  /** Names who is asked for advice. */
  advise(advisor: Advisor): void;
  /** Symbols on which running bots ask for advice, each once. */
  advised(): readonly AdvisedSymbol[];
  /** What this process has of the desk. */
  readonly own: OwnPart;
  /** Symbols that something on a market needs now. */
  symbolsOn(market: string): ReadonlySet<string>;
  /** Names what a scripted market waits for after each step that changed something. */
  waitFor(told: () => Promise<void>): void;
  /** Ends the step in progress, lets the accounts finish what they do, and keeps where everything stands. */
  stop(reason: string): Promise<void>;
}

/** Start-up is recovery: folds the streams, finds out how the last run ended, asks after unanswered orders, and stands ready for the first beat. */
export async function openEngine(options: EngineOptions): Promise<OpenedEngine> {
  const { store, market, clock, logger, speed } = options;
  const streams = new StreamBook(store, options.onFatal);
  const shared = options.shared && new Shared(options.shared, options);
  const onFatal = shared?.onFatal ?? options.onFatal;
  const desk = await (shared ? shared.openDesk(streams) : openDesk(store, clock, streams));
  const accounts = new Accounts({ store, streams, desk, paperBalances: options.paperBalances, openVenue: options.openVenue, logger });
  const [alive, writers] = await Promise.all([loadAlive(store), shared ? [] : accounts.load()]);
  const scheduled: Scheduled[] = [];
  let passed: (market: string, step: MarketStep) => void = () => undefined;
  let advisor: Advisor | undefined = shared?.advice;
  let told = () => Promise.resolve();
  const blindness = new Blindness({ accounts, desk, clock, logger });
  const days = new Days(options.timeZone);
  const { dailyLossPct } = options.limits;
  const rates = new DeskRates({
    currency: options.reportCurrency ?? REPORT_CURRENCY,
    floors: () => floors.all(),
    accounts: () => accounts.all(),
    desk,
    ceilingCurrency: options.ceiling?.currency,
    clock,
    logger,
  });
  const risk = new RiskGuard({ desk, accounts: () => accounts.all(), days, defaults: options.breakers, dailyLossPct, rates });
  const alerts: AlertWatch = new AlertWatch({ desk, accounts, floorOf: (key) => floors.get(key), clock, logger });
  const floors: Floors = new Floors({
    clock,
    logger,
    speed,
    limits: options.limits,
    days,
    risk,
    halt: () => desk.halt,
    halted: () => desk.halted() ?? shared?.blind(),
    caughtUp: shared && ((isLive) => shared.caughtUp(isLive)),
    advisor: () => advisor,
    accounts,
    scheduled: () => scheduled,
    told: () => told(),
    alerts,
    saw: (key, symbol) => blindness.saw(key, symbol),
    openMarket: options.openMarket,
    passed: (market, step) => passed(market, step),
    onFatal,
  });
  const main = openMainFloor(market, floors, desk, writers, alive);
  desk.followMarket(() => main.hub.atMs);
  if (desk.isHeld) await noteStart(options, { desk, streams, alive });
  const live = new LiveDesk({ desk, accounts, floors, clock, opening: options.live, ceiling: options.ceiling, rates, onFatal });
  const opening = { desk, accounts, live, floors, main };
  if (!shared) await openAccounts(opening, writers);
  void accounts.retry(clock.monotonicMs()).catch(onFatal);
  // A market that is stepped waits for its alerts; an exchange that does not answer must not keep the rest from its start.
  if (market.pace === "stepped") await alerts.tend();
  else void alerts.tend().catch(onFatal);
  const bots = new Bots(desk, accounts, main.services);
  const names = new StrayNames({ desk, accounts, bots, store });
  if (!shared) await names.settle();
  const { residentBytes } = options;
  const pulse = new Pulse({
    store,
    hub: main.hub,
    floors,
    blindness,
    clock,
    logger,
    desk,
    accounts,
    alerts,
    names,
    rates,
    residentBytes,
    onFatal,
  });
  const engine = new TradingEngine({
    clock,
    market,
    hub: main.hub,
    floors,
    desk,
    accounts,
    bots,
    pump: main.pump,
    pulse,
    speed,
    live,
    risk,
    rates,
    alerts,
    audit: new AuditReader(store, streams),
    nodes: options.nodes ?? (async () => []),
  });
  const open = async (writer: AccountWriter) => {
    const account = await openAccount(opening, writer, true);
    if (account) await catchUp(account);
    return account;
  };
  const front = await shared?.begin(
    { engine, accounts, names, live, floors, paper: main.services, streams, advisor: () => advisor, open },
    desk,
  );
  return {
    engine,
    front: front ?? engine,
    desk,
    streams,
    pulse,
    marketOf(key) {
      const floor = floors.get(key);
      return floor && { market: floor.market, atMs: floor.services.now() };
    },
    specOf: accounts.specOf,
    schedule: (work) => void scheduled.push(work),
    onStep(next) {
      passed = next;
    },
    advised: () => advisedSymbols(accounts.all()),
    advise(next) {
      advisor = next;
    },
    own: new OwnPart({ accounts, desk, floors, pulse, risk, shared }),
    symbolsOn: (key) => accounts.symbolsOn(key),
    waitFor(next) {
      told = next;
    },
    async stop(reason) {
      await shared?.stop();
      const settled = () => Promise.all([floors.stop(), ...accounts.all().map((account) => account.settled())]);
      await within(clock, STOP_SETTLE_MS, settled());
      // What still waits for an exchange is cut off: it is taken up again by the next start, as after a crash.
      await live.close();
      await within(clock, STOP_SETTLE_MS, settled());
      await pulse.keep();
      if (desk.isHeld) await desk.append([{ type: "desk-stopped", reason, unwatched: unwatchedBots(accounts), heads: streams.heads() }]);
      await within(clock, STOP_SETTLE_MS, giveUnanswered(accounts.held(), store));
      await floors.close(market);
    },
  };
}

/** Writes down that the desk is at work again, and how the run before it ended. */
async function noteStart(
  { version, clock, crashCause, safeAfterCrashes, shared }: EngineOptions,
  { desk, streams, alive }: { desk: Desk; streams: StreamBook; alive: AliveMark | undefined },
): Promise<void> {
  const crash = crashReport(desk.state, alive, clock.wall(), crashCause);
  const safe = crash !== undefined && safeAfterCrashes > 0 && crash.crashesInWindow >= safeAfterCrashes;
  await desk.append([{ type: "desk-started", version, safe, crash, heads: streams.heads() }]);
  // A process that has them all itself.
  const { unplaced } = desk.state;
  if (unplaced && !shared) await desk.append([{ type: "accounts-placed", forMs: Math.max(0, clock.wall() - unplaced.sinceMs) }]);
}
