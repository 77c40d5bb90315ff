import type { Config } from "../config/schema.ts";
import { openAnomalyWatch } from "./app/anomalies.ts";
import { BacktestThreads } from "./app/backtests.ts";
import { metersOf } from "./app/meters.ts";
import { apiUrlsOf, openCache, openExchangeMarket, openHttpApi, openMarket, openRemotePlatforms, openStore } from "./app/plugs.ts";
import { Retention } from "./app/retention.ts";
import { openShenron, type ShenronSettings, shenronSettings } from "./app/shenron.ts";
import { digestNow, subscribeTerminal, wait, welcome } from "./app/terminal.ts";
import { EXCHANGES, Venues } from "./app/venues.ts";
import { catalogOf } from "./chat/arg-info.ts";
import { createClaim } from "./chat/claim.ts";
import type { Commands } from "./chat/command.ts";
import { Delivery } from "./chat/delivery.ts";
import { Digests } from "./chat/digests.ts";
import { Dispatcher } from "./chat/dispatcher.ts";
import { recoverInterrupted } from "./chat/recovery.ts";
import { type EngineOptions, type OpenedEngine, openEngine } from "./engine/open.ts";
import type { Api } from "./http/api.ts";
import { openKeyPages } from "./http/key-page.ts";
import type { SharedCache } from "./ports/cache.ts";
import type { Beat, Calendar, Chance, Clock, LoopDelay } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";
import type { Market } from "./ports/market.ts";
import type { Painter } from "./ports/picture.ts";
import type { FrontDoor, Platform, Request } from "./ports/platform.ts";
import type { Shenron } from "./ports/shenron.ts";
import type { Store } from "./ports/store.ts";
import type { Vault } from "./ports/vault.ts";
import type { View } from "./ports/view.ts";
import { BREAKER_DEFAULTS } from "./risk/breaker-defaults.ts";
import { strategyNamed, strategyNames } from "./strategies/registry.ts";
import { heartbeat } from "./system/heartbeat.ts";
import { loadCommands } from "./system/loader.ts";

/** What the process edge hands in: everything that is not pure, and what was configured. */
export interface DeskOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly beat: Beat;
  readonly calendar: Calendar;
  readonly chance: Chance;
  readonly vault: Vault;
  /** From now on this value is hidden wherever the process writes. */
  readonly onSecret: (value: string) => void;
  readonly logger: Logger;
  readonly version: string;
  readonly commandsFolder: string;
  readonly crashCause: string | undefined;
  readonly residentBytes: () => number;
  /** How late timers were since the last call; absent where nothing measures it. */
  readonly loopDelay?: () => LoopDelay;
  /** True while the panic file exists. */
  readonly panicRequested: () => boolean;
  /** Draws charts; without one they are told in words. */
  readonly painter?: Painter;
  /** The store and the market may be handed in open, by tests that watch them. */
  readonly store?: Store;
  readonly market?: Market;
  /** Makes the terminal, where there is one. */
  readonly terminal?: (desk: TerminalNeeds) => Platform;
  readonly onFatal: (failure: unknown) => void;
}

export interface TerminalNeeds {
  /** In a script, resolves when everything that happened so far was told; otherwise at once. */
  readonly told: () => Promise<void>;
  readonly wait: (span: { readonly forMs: number } | "end") => Promise<View>;
  readonly welcome: () => View;
}

/** A desk at work. */
export interface RunningDesk {
  readonly door: FrontDoor;
  readonly opened: OpenedEngine;
  readonly delivery: Delivery;
  readonly platforms: readonly Platform[];
  /** The code that claims an unowned desk, while there is one. */
  readonly claimCode: string | undefined;
  /** Where the HTTP API is, while there is one. */
  readonly apiUrl: string | undefined;
  panic(reason: string): Promise<void>;
  stop(reason: string): Promise<void>;
}

const DRAIN_MS = 1_000;
/** A chat platform or a poll that goes on would stand beside the new process's. */
const TAKEN = "another process has taken the store, for this one could not renew its right to it in time";

interface Sources {
  readonly store: Store;
  readonly market: Market;
  readonly commands: Commands;
  readonly venues: Venues;
  /** Where the AI service is, if there is one. */
  readonly service: ShenronSettings | undefined;
  readonly api: Api | undefined;
  readonly cache: SharedCache | undefined;
}

/** Composes a desk from its plugs and starts it; only here and in src/app/ are concrete ones named. A desk that cannot start leaves nothing open. */
export async function startDesk(options: DeskOptions): Promise<RunningDesk> {
  const { clock, chance, logger } = options;
  const service = await shenronSettings(options.config);
  const venues = new Venues({ clock, chance, logger, apiUrls: apiUrlsOf(options.config) });
  const cache = await openCache(options);
  const opening = Promise.all([options.market ?? openMarket({ ...options, cache }, venues), loadCommands(options.commandsFolder)]);
  const [market, commands] = await opening.catch(async (thrown: unknown) => {
    await cache?.close();
    throw thrown;
  });
  let store: Store | undefined;
  let api: Api | undefined;
  try {
    api = await openHttpApi(options, catalogOf(commands));
    store = options.store ?? (await openStore({ ...options, onTaken: () => options.onFatal(new Error(TAKEN)) }));
    return await composeDesk(options, { store, market, commands, venues, service, api, cache });
  } catch (thrown) {
    // A store's thread would keep a process alive that has refused to start.
    await Promise.allSettled([market.close(), cache?.close(), store?.close(), api?.stop()]);
    throw thrown;
  }
}

interface DoorNeeds extends Pick<OpenedEngine, "engine" | "desk"> {
  readonly backtests: BacktestThreads;
  readonly shenron: Shenron | undefined;
}

async function composeDesk(options: DeskOptions, sources: Sources): Promise<RunningDesk> {
  const { config, clock, logger, calendar } = options;
  const opened = await openEngine(await engineOptions(options, sources));
  const { desk, streams } = opened;
  const platforms: Platform[] = [];
  const backtests = openBacktests(options, opened);
  const { service } = sources;
  const shenron = service && (await openShenron(service, { ...options, store: sources.store }, opened));
  const { door, claim } = openDoor(options, sources, { ...opened, backtests, shenron }, platforms);
  const delivery = new Delivery({ streams, store: sources.store, desk, platforms, clock, logger, names: opened.specOf });
  if (options.terminal) {
    platforms.push(options.terminal(terminalNeeds(config, opened, delivery)));
    await subscribeTerminal(opened, config.timezone);
  }
  const failed = (platform: string, reason: string) =>
    void desk.append([{ type: "platform-failed", platform, reason }]).catch(options.onFatal);
  platforms.push(...(await openRemotePlatforms(options, options.painter, failed)));
  opened.schedule(
    new Digests({ desk, logger, calendar, digestOf: (_place, day, period) => digestNow(opened, day, config.timezone, period) }),
  );
  const anomalies = openAnomalyWatch(opened, options);
  opened.waitFor(async () => {
    await anomalies.idle();
    await delivery.idle();
  });
  delivery.start();
  anomalies.start();
  shenron?.start();
  const panic = panicOf(opened, clock);
  startBeat(options, opened, panic, new Retention(sources.store, options));
  for (const platform of platforms) await platform.start(door);
  await recoverInterrupted(door, platforms);
  sources.api?.serve(door, metersOf({ ...options, ...opened, delivery, venues: sources.venues }), opened);
  return {
    door,
    opened,
    delivery,
    platforms,
    claimCode: claim?.code,
    apiUrl: sources.api?.url,
    panic,
    async stop(reason) {
      options.beat.stop();
      backtests.stop();
      await sources.api?.stop();
      await anomalies.stop();
      await opened.stop(reason);
      await Promise.all([delivery.stop(DRAIN_MS), shenron?.stop()]);
      await Promise.all(platforms.map((platform) => platform.stop()));
      await options.painter?.close();
      await sources.market.close();
      await sources.cache?.close();
      await sources.store.close();
    },
  };
}

async function engineOptions(options: DeskOptions, { store, market, venues, cache }: Sources): Promise<EngineOptions> {
  const { config, clock, vault, logger, version, crashCause, residentBytes, onFatal } = options;
  const { openPaperVenue } = await import("./venues/paper.ts");
  return {
    store,
    market,
    clock,
    logger,
    speed: config.marketSpeed,
    limits: { dailyLossPct: config.dailyLossLimitPct, positionCapPct: config.positionCapPct },
    breakers: BREAKER_DEFAULTS,
    timeZone: config.timezone,
    paperBalances: new Map(config.paperBalance.map(({ amount, currency }) => [currency, amount])),
    reportCurrency: config.reportCurrency,
    openVenue: openPaperVenue,
    live: { vault, exchanges: EXCHANGES, openVenue: venues.open },
    openMarket: (exchangeId, environment) => openExchangeMarket({ ...options, cache }, venues, { exchangeId, environment }),
    ceiling: config.liveCeiling,
    version,
    safeAfterCrashes: config.safeAfterCrashes,
    crashCause,
    residentBytes,
    onFatal,
  };
}

function openBacktests({ clock, config }: DeskOptions, { desk, marketOf }: OpenedEngine): BacktestThreads {
  const limits = { dailyLossPct: config.dailyLossLimitPct, positionCapPct: config.positionCapPct };
  return new BacktestThreads({ clock, desk, marketOf, limits, breakers: BREAKER_DEFAULTS, timeZone: config.timezone });
}

/** The chat layer's front door. A desk that nobody owns can be claimed from the platforms that need an owner. */
function openDoor(options: DeskOptions, { store, commands }: Sources, opened: DoorNeeds, platforms: readonly Platform[]) {
  const { engine, desk, backtests, shenron } = opened;
  const { config, clock, chance, vault, logger, version } = options;
  const owners = new Set((config.ownerIds ?? []).map(({ platform, id }) => `${platform}:${id}`));
  const isRemote = config.discordToken !== undefined || config.telegramToken !== undefined;
  const claim = isRemote && owners.size === 0 && !desk.state.claimed ? createClaim(chance) : undefined;
  const strategies = { strategyNames, strategyNamed };
  const timeZone = config.timezone;
  const needs = { engine, desk, store, strategies, backtests, shenron, clock, chance, vault, logger, timeZone, version };
  const parts = { ...needs, commands, owners, claim };
  const tell = async (request: Request, view: View) =>
    platforms.find(({ name }) => name === request.place.platform)?.settleInterrupted(request, view);
  const { onSecret } = options;
  const keyPage = openKeyPages({ port: config.keyPagePort, chance, logger });
  return { door: new Dispatcher({ ...parts, platforms: () => platforms, tell, keyPage, onSecret }), claim };
}

function terminalNeeds(config: Config, opened: OpenedEngine, delivery: Delivery): TerminalNeeds {
  return {
    told: () => (config.marketSpeed === "script" ? delivery.idle() : Promise.resolve()),
    wait: (span) => wait(opened, delivery, span),
    welcome: () => welcome(opened),
  };
}

/** The panic that comes from outside of chat: by file or signal. Asking again while it is on does nothing. */
function panicOf({ engine, desk }: OpenedEngine, clock: Clock): (reason: string) => Promise<void> {
  return async (reason) => {
    if (desk.halt?.panic) return;
    await engine.panic(reason, { requestId: `panic:${clock.wall()}`, user: "desk" });
  };
}

function startBeat(options: DeskOptions, { pulse }: OpenedEngine, panic: (reason: string) => Promise<void>, retention: Retention): void {
  const { config, clock, logger, beat, panicRequested } = options;
  const url = config.heartbeatUrl?.reveal();
  const healthy = () => pulse.problems().length === 0;
  const ping = url === undefined ? undefined : heartbeat(url, healthy, () => clock.monotonicMs(), logger);
  beat.start(async () => {
    await pulse.beat();
    if (panicRequested()) await panic("the panic file exists");
    ping?.();
    void retention.tend();
  });
}
