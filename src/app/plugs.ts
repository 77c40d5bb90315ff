import { hostname } from "node:os";
import type { Config } from "../../config/schema.ts";
import { ConfigError, messageOf } from "../domain/errors.ts";
import type { Secret } from "../domain/secret.ts";
import { DESK_STREAM } from "../engine/streams.ts";
import type { Api } from "../http/api.ts";
import type { EngineHealth } from "../http/health.ts";
import type { SharedCache } from "../ports/cache.ts";
import type { Chance, Clock } from "../ports/clock.ts";
import type { ProcessFacts, ProcessRole, SharedStore } from "../ports/cluster.ts";
import type { DeskKeys } from "../ports/desk-key.ts";
import type { Environment } from "../ports/live-venue.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import type { Painter } from "../ports/picture.ts";
import type { CommandInfo, Platform } from "../ports/platform.ts";
import type { Queue } from "../ports/queue.ts";
import type { SharedBudgets } from "../ports/shared-budget.ts";
import type { SharedTries } from "../ports/shared-tries.ts";
import type { Store, StoreContents } from "../ports/store.ts";
import type { Venues } from "./venues.ts";

/** What a plug may need of the process. */
export interface PlugParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What markets may need beside it. */
export interface MarketParts extends PlugParts {
  readonly cache?: SharedCache | undefined;
}

/** The request budgets that public questions share with accounts. */
export type Budgets = Pick<Venues, "budgetOf">;

export interface StoreNeeds {
  readonly config: Pick<Config, "storeUrl" | "storePassword">;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /** Of this build, for those who share the store. */
  readonly version?: string | undefined;
  /** Another process has taken the store from this one, which must end. */
  readonly onTaken?: () => void;
}

/** Letters of the name under which a process joins those who share a store. */
const NAME_CHARS = 20;

/** The store that `STORE_URL` names, for this process alone. */
export async function openStore(needs: StoreNeeds): Promise<Store & StoreContents> {
  const { parseStoreUrl } = await import("../stores/url.ts");
  const parsed = parseStoreUrl(needs.config.storeUrl);
  if (parsed.scheme === "memory") return (await import("../stores/memory.ts")).openMemoryStore();
  if (parsed.scheme === "sqlite") return (await import("../stores/sqlite.ts")).openSqliteStore({ file: parsed.file, logger: needs.logger });
  return joinMongo(needs, parsed.url, processFacts(needs, "all"), DESK_STREAM);
}

/** The store that `STORE_URL` names, for one of several processes. Throws ConfigError for one that only one process can have. */
export async function openSharedStore(needs: StoreNeeds, facts: ProcessFacts): Promise<SharedStore & DeskKeys> {
  const { parseStoreUrl } = await import("../stores/url.ts");
  const parsed = parseStoreUrl(needs.config.storeUrl);
  if (parsed.scheme === "mongodb") return joinMongo(needs, parsed.url, facts, undefined);
  const problem = "several processes can only share a MongoDB database";
  throw new ConfigError([{ setting: "STORE_URL", problem, remedy: "Name one, or write ROLE=all." }]);
}

async function joinMongo(
  { config, clock, logger, onTaken }: StoreNeeds,
  url: string,
  facts: ProcessFacts,
  aloneWith: string | undefined,
): Promise<SharedStore & DeskKeys> {
  const { openMongoStore } = await import("../stores/mongodb.ts");
  const password = config.storePassword?.reveal();
  return openMongoStore({ url, password, clock, logger, onTaken, process: facts, aloneWith });
}

/** What this process says of itself to those it shares a store with, under a name that no other one ever has. */
export function processFacts(
  { chance, clock, version = "unknown" }: Pick<StoreNeeds, "chance" | "clock" | "version">,
  role: ProcessRole,
): ProcessFacts {
  return { name: chance.token(NAME_CHARS), role, pid: process.pid, host: hostname(), version, startedMs: clock.wall() };
}

/** The cache that `REDIS_URL` names, where one is set. */
export async function openCache({ config, clock, logger }: PlugParts): Promise<SharedCache | undefined> {
  if (config.redisUrl === undefined) return undefined;
  const { openRedisCache } = await import("../system/redis.ts");
  return openRedisCache({ url: config.redisUrl, password: config.redisPassword?.reveal(), clock, logger });
}

export interface QueueNeeds extends PlugParts {
  /** Keeps desks that share a Redis apart. */
  readonly desk: string;
  /** What all processes of the desk sign with, and who only writes to the Redis does not know. */
  readonly key: Secret;
}

/** The queue between the processes of a desk in the Redis that `REDIS_URL` names, where one is set. */
export async function openDeskQueue({ config, clock, logger, desk, key }: QueueNeeds): Promise<Queue | undefined> {
  if (config.redisUrl === undefined) return undefined;
  const { openRedisBroker } = await import("../system/queue/redis-broker.ts");
  const { JobSignatures } = await import("../system/queue/job-signatures.ts");
  const { openQueue } = await import("../system/queue.ts");
  const password = config.redisPassword?.reveal();
  const broker = await openRedisBroker({ url: config.redisUrl, password, clock, logger, desk });
  return openQueue({ broker, clock, logger, signatures: new JobSignatures({ key, desk }) });
}

export interface SharedCountsNeeds extends PlugParts {
  readonly chance: Chance;
  readonly desk: string;
  /** The address from which exchanges see this process; processes that share one give it the same name. */
  readonly egress: string;
  /** How many processes share that address. */
  readonly processes: () => number;
}

/** What several processes count together in the Redis that `REDIS_URL` names, where one is set: request weight and wrong tries. */
export interface SharedCounts {
  readonly budgets: SharedBudgets;
  readonly tries: SharedTries;
  /** Why nothing is counted together now; undefined while it is. */
  trouble(): string | undefined;
  close(): void;
}

/** Opens what processes count together; undefined where no `REDIS_URL` is set. While Redis does not answer, each process counts for itself. */
export async function openSharedCounts(needs: SharedCountsNeeds): Promise<SharedCounts | undefined> {
  const { config, clock, chance, logger, desk, egress, processes } = needs;
  if (config.redisUrl === undefined) return undefined;
  const { RedisLink } = await import("../system/redis-link.ts");
  const { redisBudgets } = await import("../system/redis-budgets.ts");
  const { redisTries } = await import("../system/redis-tries.ts");
  const awayMessage =
    "Redis does not answer: accounts stay with the processes that have them, and each process keeps to its own share of the exchanges' limits and to its own count of wrong codes";
  const link = await RedisLink.open({ url: config.redisUrl, password: config.redisPassword?.reveal(), clock, logger, awayMessage });
  const budgets = redisBudgets({ link, clock, chance, egress, processes });
  return { budgets, tries: redisTries({ link, clock, desk }), trouble: () => link.trouble(), close: () => link.close() };
}

const DEFAULT_SEED = 42;
const EXCHANGE_TIMEOUT_MS = 10_000;

/** The market that `MARKET` names. */
export async function openMarket(parts: MarketParts, budgets: Budgets): Promise<Market> {
  const { market, exchangeApiUrl } = parts.config;
  if (market.kind === "simulated") return (await import("../feeds/simulated.ts")).openSimulated({ seed: market.seed ?? DEFAULT_SEED });
  if (market.kind === "replay") return (await import("../feeds/replay.ts")).openReplay(market.source);
  return openExchangeMarket(parts, budgets, { exchangeId: market.id, environment: "live", counterpart: exchangeApiUrl });
}

export interface ExchangeWish {
  readonly exchangeId: string;
  readonly environment: Environment;
  readonly counterpart?: string | undefined;
}

/** The public prices of an exchange. A local counterpart of it, where one is set, is asked instead. */
export async function openExchangeMarket(
  { config, clock, logger, cache }: MarketParts,
  budgets: Budgets,
  wish: ExchangeWish,
): Promise<Market> {
  const { exchangeId, environment, counterpart } = wish;
  const { openCcxtMarketData } = await import("../venues/ccxt/market-data.ts");
  const apiUrl = counterpart ?? apiUrlsOf(config)[exchangeId];
  const governor = await budgets.budgetOf(exchangeId, environment);
  const asked = await openCcxtMarketData({ exchangeId, environment, clock, apiUrl, governor, timeoutMs: EXCHANGE_TIMEOUT_MS });
  const { withCachedCandles } = await import("../feeds/exchange/cached-candles.ts");
  const data = cache ? withCachedCandles(asked, { cache, clock, environment }) : asked;
  return (await import("../feeds/exchange.ts")).openExchange({ data, clock, logger, demo: environment === "demo" });
}

/** Local counterparts of exchanges, by ccxt's id. */
export function apiUrlsOf(config: Config): Readonly<Record<string, string | undefined>> {
  return { binance: config.binanceApiUrl, binanceus: config.binanceusApiUrl, blofin: config.blofinApiUrl };
}

/** The chat platforms whose token is set. `failed` is told when one of them gives up. */
export async function openRemotePlatforms(
  { config, clock, logger }: PlugParts,
  painter: Painter | undefined,
  failed: (platform: string, reason: string) => void,
): Promise<Platform[]> {
  const platforms: Platform[] = [];
  if (config.discordToken) {
    const { openDiscord } = await import("../platforms/discord.ts");
    const onFailure = (reason: string) => failed("discord", reason);
    platforms.push(openDiscord({ token: config.discordToken, apiUrl: config.discordApiUrl, logger, clock, painter, onFailure }));
  }
  if (config.telegramToken) {
    const { openTelegram } = await import("../platforms/telegram.ts");
    const onFailure = (reason: string) => failed("telegram", reason);
    platforms.push(openTelegram({ token: config.telegramToken, apiUrl: config.telegramApiUrl, logger, clock, painter, onFailure }));
  }
  return platforms;
}

export interface ApiNeeds extends PlugParts {
  readonly chance: Chance;
  readonly version: string;
}

/** The HTTP API, where `HTTP_ADDRESS` names a place for it. It answers 503 until it is served a desk. */
export async function openHttpApi(
  { config, clock, chance, logger, version }: ApiNeeds,
  catalog: readonly CommandInfo[],
): Promise<Api | undefined> {
  const { httpAddress } = config;
  if (!httpAddress) return undefined;
  const { openApi } = await import("../http/api.ts");
  return openApi({ ...httpAddress, clock, chance, logger, version, catalog }).catch(addressRefused);
}

/** Health and metrics of an engine, where `HTTP_ADDRESS` names a place for them. They say no more than that it lives until they are served an engine. */
export async function openEngineHttp({ config, clock, chance, logger, version }: ApiNeeds): Promise<EngineHealth | undefined> {
  const { httpAddress } = config;
  if (!httpAddress) return undefined;
  const { openEngineHealth } = await import("../http/health.ts");
  return openEngineHealth({ ...httpAddress, clock, chance, logger, version }).catch(addressRefused);
}

function addressRefused(thrown: unknown): never {
  const remedy = "Choose another port, or end what listens there.";
  throw new ConfigError([{ setting: "HTTP_ADDRESS", problem: messageOf(thrown), remedy }]);
}
