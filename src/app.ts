import type { Config } from "../config/schema.ts";
import { openAnomalyWatch } from "./app/anomalies.ts";
import { backingsOf } from "./app/backings.ts";
import { backtestsByEngines } from "./app/backtest-jobs.ts";
import { BacktestThreads } from "./app/backtest-threads.ts";
import { DeskBacktests } from "./app/backtests.ts";
import { panicOf, startBeat } from "./app/beating.ts";
import { digestNow } from "./app/digests.ts";
import { type EngineSources, engineOptions, limitsOf } from "./app/engine-options.ts";
import { metersOf } from "./app/meters.ts";
import { namingBuild, namingFatal } from "./app/newer-build.ts";
import { refuseAnotherMarket } from "./app/one-market.ts";
import { ownersOf } from "./app/owners.ts";
import { apiUrlsOf, openCache, openHttpApi, openMarket, openRemotePlatforms, openStore } from "./app/plugs.ts";
import { type ProcessOptions, type RunningProcess, takenFrom } from "./app/process.ts";
import { Retention } from "./app/retention.ts";
import { openSharing, type Sharing } from "./app/sharing.ts";
import { openShenron, type ShenronSettings, shenronSettings } from "./app/shenron.ts";
import { subscribeTerminal, wait, welcome } from "./app/terminal.ts";
import { Venues } from "./app/venues.ts";
import { catalogOf } from "./chat/arg-info.ts";
import { createClaim } from "./chat/claim.ts";
import type { Commands } from "./chat/command.ts";
import { Delivery } from "./chat/delivery.ts";
import { Digests } from "./chat/digests.ts";
import { Dispatcher } from "./chat/dispatcher.ts";
import { recoverInterrupted } from "./chat/recovery.ts";
import { StoreInUse } from "./domain/errors.ts";
import { type OpenedEngine, openEngine } from "./engine/open.ts";
import type { Api } from "./http/api.ts";
import { openKeyPages } from "./http/key-page.ts";
import type { Calendar } from "./ports/clock.ts";
import type { Painter } from "./ports/picture.ts";
import type { FrontDoor, Platform, Request } from "./ports/platform.ts";
import type { Shenron } from "./ports/shenron.ts";
import { type Store, StreamHeld } from "./ports/store.ts";
import type { View } from "./ports/view.ts";
import { BREAKER_DEFAULTS } from "./risk/breaker-defaults.ts";
import { strategyNamed, strategyNames } from "./strategies/registry.ts";
import { loadCommands } from "./system/loader.ts";

/** What the process edge hands in for a desk. */
export interface DeskOptions extends ProcessOptions {
  readonly calendar: Calendar;
  /** From now on this value is hidden wherever the process writes. */
  readonly onSecret: (value: string) => void;
  readonly commandsFolder: string;
  /** Draws charts; without one they are told in words. */
  readonly painter?: Painter;
  /** The store may be handed in open, by tests that watch it. */
  readonly store?: Store;
  /** Makes the terminal, where there is one. */
  readonly terminal?: (desk: TerminalNeeds) => Platform;
}

export interface TerminalNeeds {
  /** In a script, resolves when everything that happened so far was told; otherwise at once. */
  readonly told: () => Promise<void>;
  readonly wait: (span: { readonly forMs: number } | "end") => Promise<View>;
  readonly welcome: () => View;
}

/** A desk at work. */
export interface RunningDesk extends RunningProcess {
  readonly door: FrontDoor;
  readonly opened: OpenedEngine;
  readonly delivery: Delivery;
  readonly platforms: readonly Platform[];
  /** Where the HTTP API is, while there is one. */
  readonly apiUrl: string | undefined;
}

const DRAIN_MS = 1_000;

interface Sources extends EngineSources {
  readonly commands: Commands;
  /** Where the AI service is, if there is one. */
  readonly service: ShenronSettings | undefined;
  readonly api: Api | undefined;
  /** Set where other processes share the desk. */
  readonly sharing: Sharing | undefined;
}

/** Composes a desk from its plugs and starts it; only here and in src/app/ are concrete ones named. A desk that cannot start leaves nothing open. */
export async function startDesk(options: DeskOptions): Promise<RunningDesk> {
  const { clock, chance, logger } = options;
  const service = await shenronSettings(options.config);
  const sharing = options.config.role === "gateway" ? await openSharing(options, "gateway") : undefined;
  const venues = new Venues({ clock, chance, logger, apiUrls: apiUrlsOf(options.config), budgets: sharing?.counts.budgets });
  const cache = await openCache(options);
  const opening = Promise.all([options.market ?? openMarket({ ...options, cache }, venues), loadCommands(options.commandsFolder)]);
  const [market, commands] = await opening.catch(async (thrown: unknown) => {
    await Promise.allSettled([cache?.close(), sharing?.close(), sharing?.store.close()]);
    throw thrown;
  });
  let store: Store | undefined;
  let api: Api | undefined;
  try {
    api = await openHttpApi(options, catalogOf(commands));
    store = options.store ?? sharing?.store ?? (await openStore({ ...options, onTaken: takenFrom(options) }));
    if (sharing) await refuseAnotherMarket(store, market.key);
    const onFatal = namingFatal(options, store);
    return await composeDesk({ ...options, onFatal }, { store, market, commands, venues, service, api, cache, sharing });
  } catch (thrown) {
    const failure = await namingBuild(thrown, store, options);
    // A store's thread would keep a process alive that has refused to start.
    await Promise.allSettled([market.close(), cache?.close(), sharing?.close(), (store ?? sharing?.store)?.close(), api?.stop()]);
    throw failure instanceof StreamHeld ? inUse(failure) : failure;
  }
}

interface DoorNeeds extends Pick<OpenedEngine, "front" | "desk"> {
  readonly backtests: DeskBacktests;
  readonly shenron: Shenron | undefined;
}

async function composeDesk(options: DeskOptions, sources: Sources): Promise<RunningDesk> {
  const { config, clock, logger, calendar } = options;
  const opened = await openEngine(await engineOptions(options, sources, sources.sharing?.shared));
  const { desk, streams } = opened;
  const platforms: Platform[] = [];
  const backtests = openBacktests(options, sources, opened);
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
  opened.schedule(new Digests({ desk, logger, calendar, digestOf: (day, period) => digestNow(opened, day, config.timezone, period) }));
  const anomalies = openAnomalyWatch(opened, options);
  opened.waitFor(async () => {
    await anomalies.idle();
    await delivery.idle();
  });
  delivery.start();
  anomalies.start();
  shenron?.start();
  const panic = panicOf(opened, clock);
  const retention = new Retention(sources.store, options);
  startBeat(options, opened, panic, () => void retention.tend());
  for (const platform of platforms) await platform.start(door);
  await recoverInterrupted(door, platforms);
  sources.api?.serve(door, metersOf({ ...options, ...opened, role: config.role, delivery, venues: sources.venues }), opened);
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
      await sources.sharing?.close();
      await sources.store.close();
    },
  };
}

/** A gateway that finds another one at work. */
function inUse({ holder: { pid, host } }: StreamHeld): StoreInUse {
  const remedy = "Stop that process first, or set STANDBY=yes to wait for its end.";
  return new StoreInUse([{ setting: "STORE_URL", problem: `the desk is in use by process ${pid} on host "${host}"`, remedy }]);
}

/** Backtests are done in this process, or where several share the desk by an engine. */
function openBacktests(
  { clock, config, logger, version }: DeskOptions,
  { sharing }: Sources,
  { desk, marketOf }: OpenedEngine,
): DeskBacktests {
  const limits = limitsOf(config);
  const here = new BacktestThreads(clock).run;
  const does = sharing ? backtestsByEngines({ queue: sharing.jobs, clock, here, version, logger }) : here;
  return new DeskBacktests({ clock, desk, marketOf, limits, breakers: BREAKER_DEFAULTS, timeZone: config.timezone, does });
}

/** The chat layer's front door. A desk that nobody owns can be claimed from the platforms that need an owner. */
function openDoor(options: DeskOptions, { store, commands, sharing, cache }: Sources, opened: DoorNeeds, platforms: readonly Platform[]) {
  const { front: engine, desk, backtests, shenron } = opened;
  const { config, clock, chance, vault, logger, version } = options;
  const owners = ownersOf(config);
  const isRemote = config.discordToken !== undefined || config.telegramToken !== undefined;
  const claim = isRemote && owners.size === 0 && !desk.state.claimed ? createClaim(chance) : undefined;
  const strategies = { strategyNames, strategyNamed };
  const timeZone = config.timezone;
  const needs = { engine, desk, store, strategies, backtests, shenron, clock, chance, vault, logger, timeZone, version };
  const parts = { ...needs, limits: limitsOf(config), commands, owners, claim, sharedTries: sharing?.counts.tries };
  const tell = async (request: Request, view: View) =>
    platforms.find(({ name }) => name === request.place.platform)?.settleInterrupted(request, view);
  const { onSecret } = options;
  const keyPage = openKeyPages({ port: config.keyPagePort, chance, logger });
  const backings = backingsOf(sharing?.counts, cache);
  return { door: new Dispatcher({ ...parts, backings, platforms: () => platforms, tell, keyPage, onSecret }), claim };
}

function terminalNeeds(config: Config, opened: OpenedEngine, delivery: Delivery): TerminalNeeds {
  return {
    told: () => (config.marketSpeed === "script" ? delivery.idle() : Promise.resolve()),
    wait: (span) => wait(opened, delivery, span),
    welcome: () => welcome(opened),
  };
}
