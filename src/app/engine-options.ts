import type { Config } from "../../config/schema.ts";
import { TransientError } from "../domain/errors.ts";
import type { EngineOptions } from "../engine/open.ts";
import type { SharedCache } from "../ports/cache.ts";
import type { SharedStore } from "../ports/cluster.ts";
import type { Market } from "../ports/market.ts";
import { type Store, StoreUnavailable } from "../ports/store.ts";
import { BREAKER_DEFAULTS } from "../risk/breaker-defaults.ts";
import type { AccountLimits } from "../risk/entry.ts";
import { openExchangeMarket, processFacts } from "./plugs.ts";
import type { ProcessOptions } from "./process.ts";
import { EXCHANGES, type Venues } from "./venues.ts";

/** What an engine is opened on. */
export interface EngineSources {
  readonly store: Store;
  readonly market: Market;
  readonly venues: Venues;
  readonly cache: SharedCache | undefined;
}

/** The engine as this process is configured. */
export async function engineOptions(
  options: ProcessOptions,
  { store, market, venues, cache }: EngineSources,
  shared: EngineOptions["shared"],
): Promise<EngineOptions> {
  const { config, clock, vault, logger, version, crashCause, residentBytes, onFatal } = options;
  const { openPaperVenue } = await import("../venues/paper.ts");
  return {
    store,
    market,
    clock,
    logger,
    speed: config.marketSpeed,
    limits: limitsOf(config),
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
    nodes: nodesOf(store, options),
    shared,
  };
}

/** Those who share the store; where it is one process's alone, that one. */
function nodesOf(store: Store, options: ProcessOptions): EngineOptions["nodes"] {
  if (isShared(store)) return () => told(store.cluster.members());
  const facts = processFacts(options, options.config.role);
  return async () => [{ ...facts, renewedAgoMs: 0, isGone: false, streams: await store.streams() }];
}

function isShared(store: Store): store is SharedStore {
  return "cluster" in store;
}

async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (failure) {
    if (failure instanceof StoreUnavailable) throw new TransientError(failure.message, { cause: failure });
    throw failure;
  }
}

/** The limits of every account, by the settings. */
export function limitsOf({ dailyLossLimitPct, positionCapPct }: Config): AccountLimits {
  return { dailyLossPct: dailyLossLimitPct, positionCapPct };
}
