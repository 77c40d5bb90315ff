import type { Config } from "../config/schema.ts";
import { createClaim } from "./chat/claim.ts";
import type { Commands } from "./chat/command.ts";
import { Delivery } from "./chat/delivery.ts";
import { Digests } from "./chat/digests.ts";
import { Dispatcher } from "./chat/dispatcher.ts";
import { recoverInterrupted } from "./chat/recovery.ts";
import { card } from "./chat/view.ts";
import { ALERT_KINDS, type Digest } from "./domain/events.ts";
import type { Decimal } from "./domain/money.ts";
import { minuteText } from "./domain/time.ts";
import { type OpenedEngine, openEngine } from "./engine/open.ts";
import type { Beat, Calendar, Chance, Clock } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";
import type { Market } from "./ports/market.ts";
import type { FrontDoor, Platform } from "./ports/platform.ts";
import type { Store } from "./ports/store.ts";
import type { View } from "./ports/view.ts";
import { digestOf } from "./reports/digest.ts";
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
  readonly logger: Logger;
  readonly version: string;
  readonly commandsFolder: string;
  readonly crashCause: string | undefined;
  readonly residentBytes: () => number;
  /** True while the panic file exists. */
  readonly panicRequested: () => boolean;
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
  panic(reason: string): Promise<void>;
  stop(reason: string): Promise<void>;
}

const TERMINAL_PLACE = "terminal:local";
const DIGEST_AT = "08:00";
const DRAIN_MS = 1_000;

interface Sources {
  readonly store: Store;
  readonly market: Market;
  readonly commands: Commands;
}

/** Composes a desk from its plugs and starts it. The only place that names concrete ones. A desk that cannot start leaves nothing open. */
export async function startDesk(options: DeskOptions): Promise<RunningDesk> {
  const [market, commands] = await Promise.all([options.market ?? openMarket(options), loadCommands(options.commandsFolder)]);
  let store: Store | undefined;
  try {
    store = options.store ?? (await openStore(options.config.storeUrl, options.logger));
    return await composeDesk(options, { store, market, commands });
  } catch (thrown) {
    // A store's thread would keep a process alive that has refused to start.
    await Promise.allSettled([market.close(), store?.close()]);
    throw thrown;
  }
}

async function composeDesk(options: DeskOptions, { store, market, commands }: Sources): Promise<RunningDesk> {
  const { config, clock, logger } = options;
  const opened = await openEngine({
    store,
    market,
    clock,
    logger,
    speed: config.marketSpeed,
    limits: { dailyLossPct: config.dailyLossLimitPct, positionCapPct: config.positionCapPct },
    timeZone: config.timezone,
    paperBalances: balancesOf(config),
    openVenue: (await import("./venues/paper.ts")).openPaperVenue,
    version: options.version,
    safeAfterCrashes: config.safeAfterCrashes,
    crashCause: options.crashCause,
    residentBytes: options.residentBytes,
    onFatal: options.onFatal,
  });
  const { engine, desk, streams } = opened;
  const owners = new Set((config.ownerIds ?? []).map(({ platform, id }) => `${platform}:${id}`));
  const remote = config.discordToken !== undefined || config.telegramToken !== undefined;
  const claim = remote && owners.size === 0 && !desk.state.claimed ? createClaim(options.chance) : undefined;
  const platforms: Platform[] = [];
  const door = new Dispatcher({
    commands,
    engine,
    desk,
    store,
    strategies: { strategyNames, strategyNamed },
    clock,
    chance: options.chance,
    logger,
    owners,
    claim,
    timeZone: config.timezone,
    version: options.version,
    platforms: () => platforms,
  });
  const delivery = new Delivery({ streams, store, desk, platforms, clock, logger, names: opened.specOf });
  const failed = (platform: string) => (reason: string) => {
    desk.append([{ type: "platform-failed", platform, reason }]).catch(options.onFatal);
  };
  platforms.push(
    ...(await openPlatforms(options, failed, {
      told: () => (config.marketSpeed === "script" ? delivery.idle() : Promise.resolve()),
      wait: (span) => wait(opened, delivery, span),
      welcome: () => welcome(opened),
    })),
  );
  const digests = new Digests({
    desk,
    logger,
    calendar: options.calendar,
    digestOf: (_place, day) => digestNow(opened, day, config.timezone),
  });
  opened.schedule(digests);
  opened.waitFor(() => delivery.idle());

  await subscribeTerminal(opened, platforms, config.timezone);
  delivery.start();
  const ping =
    config.heartbeatUrl &&
    heartbeat(
      config.heartbeatUrl.reveal(),
      () => opened.pulse.problems().length === 0,
      () => clock.monotonicMs(),
      logger,
    );
  const panic = async (reason: string) => {
    if (desk.state.halt?.panic) return;
    await engine.panic(reason, { requestId: `panic:${clock.wall()}`, user: "desk" });
  };
  options.beat.start(async () => {
    await opened.pulse.beat();
    if (options.panicRequested()) await panic("the panic file exists");
    ping?.();
  });
  for (const platform of platforms) await platform.start(door);
  await recoverInterrupted(door, platforms);
  return {
    door,
    opened,
    delivery,
    platforms,
    claimCode: claim?.code,
    panic,
    async stop(reason) {
      options.beat.stop();
      await opened.stop(reason);
      await delivery.stop(DRAIN_MS);
      await Promise.all(platforms.map((platform) => platform.stop()));
      await market.close();
      await store.close();
    },
  };
}

async function openStore(url: string, logger: Logger): Promise<Store> {
  const { parseStoreUrl } = await import("./stores/url.ts");
  const parsed = parseStoreUrl(url);
  if (parsed.scheme === "memory") return (await import("./stores/memory.ts")).openMemoryStore();
  return (await import("./stores/sqlite.ts")).openSqliteStore({ file: parsed.file, logger });
}

const DEFAULT_SEED = 42;
const EXCHANGE_TIMEOUT_MS = 10_000;

async function openMarket({ config, clock, logger }: DeskOptions): Promise<Market> {
  const { market } = config;
  if (market.kind === "simulated") return (await import("./feeds/simulated.ts")).openSimulated({ seed: market.seed ?? DEFAULT_SEED });
  if (market.kind === "replay") return (await import("./feeds/replay.ts")).openReplay(market.source);
  const { openCcxtMarketData } = await import("./venues/ccxt/market-data.ts");
  const data = await openCcxtMarketData({ exchangeId: market.id, clock, apiUrl: config.exchangeApiUrl, timeoutMs: EXCHANGE_TIMEOUT_MS });
  return (await import("./feeds/exchange.ts")).openExchange({ data, clock, logger });
}

async function openPlatforms(
  options: DeskOptions,
  failed: (platform: string) => (reason: string) => void,
  needs: TerminalNeeds,
): Promise<Platform[]> {
  const { config, clock, logger, terminal } = options;
  const platforms: Platform[] = [];
  if (terminal) platforms.push(terminal(needs));
  if (config.discordToken) {
    const { openDiscord } = await import("./platforms/discord.ts");
    platforms.push(openDiscord({ token: config.discordToken, apiUrl: config.discordApiUrl, logger, clock, onFailure: failed("discord") }));
  }
  if (config.telegramToken) {
    const { openTelegram } = await import("./platforms/telegram.ts");
    platforms.push(
      openTelegram({ token: config.telegramToken, apiUrl: config.telegramApiUrl, logger, clock, onFailure: failed("telegram") }),
    );
  }
  return platforms;
}

/** The terminal hears everything, and gets its digest, without being asked. */
async function subscribeTerminal({ desk }: OpenedEngine, platforms: readonly Platform[], timeZone: string): Promise<void> {
  const present = platforms.some(({ name }) => name === "terminal");
  if (!present || desk.state.channels.has(TERMINAL_PLACE)) return;
  await desk.append([
    { type: "channel-subscribed", place: TERMINAL_PLACE, kinds: [...ALERT_KINDS], by: "desk" },
    { type: "channel-digest-set", place: TERMINAL_PLACE, at: DIGEST_AT, timeZone, by: "desk" },
  ]);
}

async function wait({ engine }: OpenedEngine, delivery: Delivery, span: { readonly forMs: number } | "end"): Promise<View> {
  const market = await engine.moveMarket(span);
  await delivery.idle();
  return card(`The market is at ${minuteText(market.atMs)} UTC`)
    .line(market.ended ? `${market.label}: it has no more candles.` : market.label)
    .view();
}

function welcome({ engine }: OpenedEngine): View {
  const { label, atMs, speed } = engine.market();
  const pace = speed === "1" ? "in real time" : speed === "script" ? "and moves only when you type wait 2h" : `at ${speed} times real time`;
  return card("Welcome to ScalpStorm")
    .line(`Paper trading on the ${label}, ${minuteText(atMs)} UTC, ${pace}.`)
    .line("Type bot create to make your first bot by answering questions, or help to see everything.")
    .view();
}

function digestNow({ engine }: OpenedEngine, day: string, timeZone: string): Digest {
  const priceOf = (symbol: string): Decimal | undefined => engine.bots().find(({ state }) => state.spec.symbol === symbol)?.price;
  return {
    ...digestOf(
      engine.accounts().map(({ state }) => state),
      day,
      timeZone,
      priceOf,
    ),
    market: engine.market().label,
  };
}

function balancesOf(config: Config): ReadonlyMap<string, Decimal> {
  return new Map(config.paperBalance.map(({ amount, currency }) => [currency, amount]));
}
