import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { tokenDesk } from "../src/chat/api-tokens.ts";
import { Dispatcher } from "../src/chat/dispatcher.ts";
import { DAY_MS, MINUTE_MS } from "../src/domain/time.ts";
import type { OpenedEngine } from "../src/engine/open.ts";
import { openApi } from "../src/http/api.ts";
import type { Store } from "../src/ports/store.ts";
import { strategyNamed, strategyNames } from "../src/strategies/registry.ts";
import { systemChance } from "../src/system/chance.ts";
import { systemClock } from "../src/system/clock.ts";
import { loadCommands } from "../src/system/loader.ts";
import { NO_BACKTESTS } from "../test/kit/no-backtests.ts";
import { testVault } from "../test/kit/test-vault.ts";
import type { ReaderWork, Readings } from "./kit/api-readers.ts";
import { emptyStore, openBenchEngine, ownerAt, quietLogger, seedBots } from "./kit/desk.ts";
import { type Figures, quantile } from "./kit/figures.ts";
import { CYCLE_MINUTES, kindOf, openJumps } from "./kit/market.ts";

const BOTS = 1_000;
/** Blocks of each load, in turn, so that whatever else the machine does meets all of them. */
const ROUNDS = 3;
const CYCLES_PER_BLOCK = 8;
/** Between two minutes of the market, in which the API has its turn. A real market leaves sixty seconds. */
const BETWEEN_MS = 20;
/** A token may ask twenty times a second; as many as the fastest load needs. */
const TOKENS = 90;
const READS = ["/api/health", "/api/market/pairs"];
const LIST = ["/api/positions"];
const STATISTICS = ["/api/bots/statistics"];

type Load = Pick<ReaderWork, "paths" | "perSecond" | "askers" | "listeners">;
const LOADS: Readonly<Record<string, Load>> = {
  "nobody asks": { paths: READS, perSecond: 1, askers: 0, listeners: 0 },
  "20 small reads a second": { paths: READS, perSecond: 20, askers: 4, listeners: 0 },
  "100 small reads a second": { paths: READS, perSecond: 100, askers: 8, listeners: 0 },
  "small reads without a pause": { paths: READS, perSecond: undefined, askers: 4, listeners: 0 },
  "the list of all bots, twice a second": { paths: LIST, perSecond: 2, askers: 1, listeners: 0 },
  "statistics of all bots, twice a second": { paths: STATISTICS, perSecond: 2, askers: 1, listeners: 0 },
  "50 live connections": { paths: READS, perSecond: undefined, askers: 0, listeners: 50 },
};

interface Measured {
  readonly quietMs: number[];
  readonly actingMs: number[];
  readonly latenciesMs: number[];
  spanMs: number;
  messages: number;
}

/** What programs get from a desk of a thousand bots that trade, and what their questions cost the trading: the same minutes with and without them, in turn. */
export default async function api(figures: Figures): Promise<void> {
  const { store, remove } = await emptyStore("sqlite");
  const market = openJumps();
  await seedBots(store, market, BOTS);
  const opened = await openBenchEngine(store, market, "script");
  await opened.engine.moveMarket({ forMs: market.startMs - opened.engine.market().atMs });
  const server = await serve(opened, store);
  const tokens = await makeTokens(opened);
  const found = new Map(Object.keys(LOADS).map((name) => [name, emptyMeasure()]));
  await block(opened, { url: server.url, tokens, ...LOADS["small reads without a pause"]! }, emptyMeasure());
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, measured] of found) await block(opened, { url: server.url, tokens, ...LOADS[name]! }, measured);
  tell(figures, found);
  await server.stop();
  await opened.stop("the bench is over");
  await remove();
}

const emptyMeasure = (): Measured => ({ quietMs: [], actingMs: [], latenciesMs: [], spanMs: 0, messages: 0 });

async function serve({ engine, desk, streams, specOf }: OpenedEngine, store: Store) {
  const [clock, chance, logger, version] = [systemClock(), systemChance(), quietLogger, "bench"];
  const commands = await loadCommands(join(import.meta.dirname, "../commands"));
  const door = new Dispatcher({
    ...{ commands, engine, desk, store, backtests: NO_BACKTESTS, clock, chance, logger, version, claim: undefined, timeZone: "UTC" },
    ...{
      strategies: { strategyNamed, strategyNames },
      vault: testVault(),
      owners: new Set([ownerAt(0)]),
      platforms: () => [],
      backings: [],
    },
    limits: { dailyLossPct: 10, positionCapPct: 50 },
  });
  const server = await openApi({ clock, chance, logger, version, catalog: door.catalog(), host: "127.0.0.1", port: 0 });
  const measured = { loopDelay: () => undefined, backlogs: () => [], budgets: async () => [], orders: async () => [] };
  const meters = {
    ...measured,
    role: "all" as const,
    accountsHeld: () => 0,
    slots: () => 0,
    isMarketRead: () => true,
    deskAgeMs: () => undefined,
  };
  server.serve(door, meters, { streams, specOf });
  return server;
}

async function makeTokens({ desk }: OpenedEngine): Promise<readonly string[]> {
  const issuer = tokenDesk({ desk, clock: systemClock(), chance: systemChance() });
  const tokens: string[] = [];
  for (let index = 0; index < TOKENS; index += 1) {
    const { token, event } = issuer.issue({ name: `t${index}`, user: ownerAt(0), role: "viewer", lifeMs: DAY_MS, by: ownerAt(0) });
    await desk.append([event]);
    tokens.push(token);
  }
  return tokens;
}

/** Some market minutes under one load. */
async function block({ engine }: OpenedEngine, work: ReaderWork, measured: Measured): Promise<void> {
  const worker = new Worker(new URL("./kit/api-readers.ts", import.meta.url), { workerData: work });
  // Listened for at once: its last word and its end may come together.
  const ended = once(worker, "exit");
  await once(worker, "message");
  for (let minute = 0; minute < CYCLES_PER_BLOCK * CYCLE_MINUTES; minute += 1) {
    await pause(BETWEEN_MS);
    const began = performance.now();
    await engine.moveMarket({ forMs: MINUTE_MS });
    const ms = performance.now() - began;
    (kindOf(minute) === "quiet" ? measured.quietMs : measured.actingMs).push(ms);
  }
  worker.postMessage("over");
  const [readings] = (await once(worker, "message")) as [Readings];
  await ended;
  measured.latenciesMs.push(...readings.latenciesMs);
  measured.spanMs += readings.spanMs;
  measured.messages += readings.messages;
}

function tell(figures: Figures, found: ReadonlyMap<string, Measured>): void {
  const [alone = emptyMeasure()] = found.values();
  for (const [name, { quietMs, actingMs, latenciesMs, spanMs, messages }] of found) {
    const { listeners, askers } = LOADS[name]!;
    if (askers > 0) {
      figures.count(`${name}: answered a second`, (latenciesMs.length * 1_000) / spanMs);
      figures.time(`${name}: an answer, p50`, quantile(latenciesMs, 0.5));
      figures.time(`${name}: an answer, p99`, quantile(latenciesMs, 0.99));
    }
    if (listeners > 0) figures.count(`${name}: messages a second`, (messages * 1_000) / spanMs);
    figures.time(`${name}: quiet step of 1,000 bots, p50`, quantile(quietMs, 0.5));
    figures.time(`${name}: acting or filling step, p50`, quantile(actingMs, 0.5));
    if (name === [...found.keys()][0]) continue;
    figures.ratio(`${name}: quiet step over one while nobody asks`, quantile(quietMs, 0.5) / quantile(alone.quietMs, 0.5));
    figures.ratio(`${name}: acting or filling step over one while nobody asks`, quantile(actingMs, 0.5) / quantile(alone.actingMs, 0.5));
  }
}
