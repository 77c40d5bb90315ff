import { openEngine } from "../engine/open.ts";
import type { Store } from "../ports/store.ts";
import { backingsOf } from "./backings.ts";
import { takeBacktests } from "./backtest-jobs.ts";
import { BacktestThreads } from "./backtest-threads.ts";
import { panicOf, startBeat } from "./beating.ts";
import { observedEngine } from "./engine-health.ts";
import { engineOptions } from "./engine-options.ts";
import { metersOf } from "./meters.ts";
import { namingBuild, namingFatal } from "./newer-build.ts";
import { refuseAnotherMarket } from "./one-market.ts";
import { apiUrlsOf, openCache, openEngineHttp, openMarket } from "./plugs.ts";
import type { ProcessOptions, RunningProcess } from "./process.ts";
import { openSharing } from "./sharing.ts";
import { Venues } from "./venues.ts";

/** Starts a process that has accounts and nobody to talk to: a gateway tells it what people want. One that cannot start leaves nothing open. */
export async function startEngineProcess(given: ProcessOptions): Promise<RunningProcess> {
  const { clock, chance, logger, config } = given;
  // First, so that an address that is taken refuses the start before anything trades.
  const health = await openEngineHttp(given);
  const closing: (() => Promise<unknown> | undefined)[] = [];
  let naming: Store | undefined;
  try {
    const { store, shared, counts, jobs, close } = await openSharing(given, "engine");
    closing.push(close, () => store.close());
    naming = store;
    const options = { ...given, onFatal: namingFatal(given, store) };
    const venues = new Venues({ clock, chance, logger, apiUrls: apiUrlsOf(config), budgets: counts.budgets });
    const cache = await openCache(options);
    closing.unshift(() => cache?.close());
    const market = options.market ?? (await openMarket({ ...options, cache }, venues));
    closing.unshift(() => market.close());
    await refuseAnotherMarket(store, market.key);
    const opened = await openEngine(await engineOptions(options, { store, market, venues, cache }, shared));
    const panic = panicOf(opened, clock);
    startBeat(options, opened, panic);
    const here = new BacktestThreads(clock).run;
    const backtests = takeBacktests({ queue: jobs, clock, here, version: options.version, marketOf: opened.marketOf });
    health?.serve(observedEngine(opened, options, backingsOf(counts, cache)), metersOf({ ...options, ...opened, role: "engine", venues }));
    return {
      claimCode: undefined,
      panic,
      async stop(reason) {
        options.beat.stop();
        await health?.stop();
        await Promise.all([backtests.end(), opened.stop(reason)]);
        for (const close of closing) await close();
      },
    };
  } catch (thrown) {
    const failure = await namingBuild(thrown, naming, given);
    await Promise.allSettled([health?.stop(), ...closing.map((close) => close())]);
    throw failure;
  }
}
