import { Worker } from "node:worker_threads";
import type { BacktestJob } from "../backtest/run.ts";
import { MarketSource } from "../backtest/source.ts";
import type { BacktestRecord, BacktestResult } from "../domain/backtest.ts";
import { messageOf, UserError } from "../domain/errors.ts";
import { fromJson, toJson } from "../domain/money.ts";
import { DAY_MS, MINUTE_MS, minuteText } from "../domain/time.ts";
import type { BacktestProgress, Backtests, BacktestWish } from "../ports/backtest.ts";
import type { Clock } from "../ports/clock.ts";
import type { Caller, DeskLedger } from "../ports/engine.ts";
import type { Market } from "../ports/market.ts";
import type { BreakerDefaults } from "../risk/breaker-defaults.ts";
import type { AccountLimits } from "../risk/entry.ts";
import type { FromBacktest, ToBacktest } from "./backtest-thread.ts";

/** Threads at a time: each takes a core from the desk's machine. */
const RUNNING_MAX = 2;
/** A year of one-minute candles takes well under a minute. */
const TIMEOUT_MS = 15 * 60_000;
/** What is tried where nobody says from when. */
const DAYS_DEFAULT = 30;
/** Reading more than this from an exchange would take its request budget for minutes. */
const LIVE_DAYS_MAX = 90;
const HEAP_MB_MAX = 1_024;

export interface BacktestsOptions {
  readonly clock: Clock;
  readonly desk: DeskLedger;
  readonly timeZone: string;
  readonly limits: AccountLimits;
  readonly breakers: BreakerDefaults;
  /** A market of this desk with the instant it has reached. */
  readonly marketOf: (key: string) => { readonly market: Market; readonly atMs: number } | undefined;
}

interface Running {
  readonly user: string;
  end(failure: Error): void;
}

/** Runs backtests on threads of their own, so that nothing that trades waits for them. */
export class BacktestThreads implements Backtests {
  readonly #options: BacktestsOptions;
  readonly #running = new Set<Running>();

  constructor(options: BacktestsOptions) {
    this.#options = options;
  }

  async run(wish: BacktestWish, { user, requestId }: Caller, onProgress: (progress: BacktestProgress) => void): Promise<BacktestRecord> {
    const { clock, desk } = this.#options;
    if ([...this.#running].some((other) => other.user === user))
      throw new UserError("One of your backtests runs already. Wait for it or cancel it, then ask again.");
    if (this.#running.size >= RUNNING_MAX) throw new UserError(`${RUNNING_MAX} backtests run already. Ask again in a minute.`);
    const { job, market } = this.#job(wish);
    const begunMs = clock.monotonicMs();
    const result = await this.#onThread(job, market, user, onProgress);
    const record: BacktestRecord = {
      id: `t${desk.state.backtestsEver + 1}`,
      by: user,
      market: job.market,
      marketLabel: job.marketLabel,
      bot: wish.bot,
      tookMs: Math.round(clock.monotonicMs() - begunMs),
      result,
    };
    await desk.append([{ type: "backtest-done", record }], requestId);
    return desk.state.backtests.at(-1) ?? record;
  }

  cancel(user: string): boolean {
    const found = [...this.#running].filter((each) => each.user === user);
    for (const each of found) each.end(new UserError("The backtest was canceled; nothing was kept."));
    return found.length > 0;
  }

  /** Ends what still runs; whoever waits for it is told. */
  stop(): void {
    for (const each of this.#running) each.end(new UserError("The desk is stopping, so the backtest was ended; nothing was kept."));
  }

  #job(wish: BacktestWish): { job: BacktestJob; market: Market } {
    const { timeZone, limits, breakers, marketOf } = this.#options;
    const found = marketOf(wish.market);
    if (!found) throw new UserError("This desk does not read that market any more.");
    const { market } = found;
    const instrument = market.instruments.get(wish.bot.symbol);
    if (!instrument) throw new UserError(`There is no ${wish.bot.symbol.slice(0, 40)} in this market.`);
    const { fromMs, toMs } = spanOf(wish, market, found.atMs);
    const job = { bot: wish.bot, instrument, market: market.key, marketLabel: market.label, fromMs, toMs, capital: wish.capital };
    return { job: { ...job, timeZone, limits, breakers }, market };
  }

  async #onThread(
    job: BacktestJob,
    market: Market,
    user: string,
    onProgress: (progress: BacktestProgress) => void,
  ): Promise<BacktestResult> {
    const url = new URL(import.meta.url.endsWith(".ts") ? "./backtest-thread.ts" : "./backtest-thread.js", import.meta.url);
    const worker = new Worker(url, { workerData: toJson(job), resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } });
    const source = new MarketSource(market, { symbol: job.instrument.symbol, fromMs: job.fromMs, toMs: job.toMs }, this.#options.clock);
    const done = Promise.withResolvers<BacktestResult>();
    const running: Running = { user, end: done.reject };
    this.#running.add(running);
    const timeout = new AbortController();
    void this.#options.clock.sleep(TIMEOUT_MS, timeout.signal).then(() => done.reject(new UserError(TOO_LONG)));
    worker.on("error", (failure) => done.reject(new UserError(`The backtest could not be finished: ${messageOf(failure)}.`)));
    worker.on("exit", () => done.reject(new UserError("The backtest ended without a result. Try a shorter span.")));
    worker.on("message", (message: FromBacktest) => {
      if (message.kind === "progress") onProgress({ atMs: message.atMs, fromMs: job.fromMs, toMs: job.toMs });
      else if (message.kind === "done") done.resolve(fromJson(message.result) as BacktestResult);
      else if (message.kind === "failed") done.reject(message.isRefusal ? new UserError(message.message) : new Error(message.message));
      else void answer(worker, source, message.minutes).catch(done.reject);
    });
    try {
      return await done.promise;
    } finally {
      timeout.abort();
      this.#running.delete(running);
      await worker.terminate();
    }
  }
}

const TOO_LONG = `The backtest took longer than ${TIMEOUT_MS / 60_000} minutes and was ended. Try a shorter span.`;

async function answer(worker: Worker, source: MarketSource, minutes: number | undefined): Promise<void> {
  const chunk = await (minutes === undefined ? source.next() : source.before(minutes));
  worker.postMessage({ chunk } satisfies ToBacktest, chunk ? [chunk.buffer] : []);
}

/** The span on whole minutes. A recording may be tried to its last candle, also where market time has not come there yet; invented and real prices up to now. */
function spanOf({ fromMs, toMs }: BacktestWish, market: Market, atMs: number): { fromMs: number; toMs: number } {
  const { pace, label, startMs, recordedUntilMs } = market;
  const earliestMs = pace === "live" ? 0 : startMs;
  const latestMs = recordedUntilMs ?? Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  const to = Math.min(toMs ?? latestMs, latestMs);
  const from = Math.max(fromMs ?? (recordedUntilMs === undefined ? to - DAYS_DEFAULT * DAY_MS : startMs), earliestMs);
  if (pace === "live" && to - from > LIVE_DAYS_MAX * DAY_MS)
    throw new UserError(`From an exchange, at most ${LIVE_DAYS_MAX} days are tried at once. Name a later from: or an earlier to:.`);
  if (to - from < MINUTE_MS) {
    const known = pace === "live" ? `up to ${minuteText(latestMs)} UTC` : `from ${minuteText(startMs)} to ${minuteText(latestMs)} UTC`;
    throw new UserError(
      `There is nothing to try between these days: the ${label} has candles ${known}. Name other days with from: and to:.`,
    );
  }
  return { fromMs: Math.ceil(from / MINUTE_MS) * MINUTE_MS, toMs: to };
}
