import { Worker } from "node:worker_threads";
import type { BacktestJob } from "../backtest/run.ts";
import { MarketSource } from "../backtest/source.ts";
import type { BacktestResult } from "../domain/backtest.ts";
import { messageOf, UserError } from "../domain/errors.ts";
import { fromJson, toJson } from "../domain/money.ts";
import type { Clock } from "../ports/clock.ts";
import type { Market } from "../ports/market.ts";
import type { FromBacktest, ToBacktest } from "./backtest-thread.ts";

/** Threads at a time: each takes a core from the desk's machine. */
const RUNNING_MAX = 2;
/** A year of one-minute candles takes well under a minute. */
export const BACKTEST_MAX_MS = 15 * 60_000;
const HEAP_MB_MAX = 1_024;

/** What a backtest is done with, wherever that is. */
export interface BacktestRun {
  /** The same for the same request. */
  readonly id: string;
  /** Where its candles are from. */
  readonly market: Market;
  /** Ends it; its reason is what the run rejects with. */
  readonly signal: AbortSignal;
  /** Told the market time that it has come to. */
  readonly onProgress: (atMs: number) => void;
}

/** Does a backtest. Rejects with UserError in one sentence, with TransientError when a live market does not answer, and with the reason of its signal. */
export type BacktestDoing = (job: BacktestJob, run: BacktestRun) => Promise<BacktestResult>;

/** Does backtests in this process, on threads of their own, so that nothing that trades waits for them. */
export class BacktestThreads {
  readonly #clock: Clock;
  #running = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly run: BacktestDoing = async (job, run) => {
    if (this.#running >= RUNNING_MAX) throw new UserError(`${RUNNING_MAX} backtests run already. Ask again in a minute.`);
    this.#running += 1;
    try {
      return await this.#onThread(job, run);
    } finally {
      this.#running -= 1;
    }
  };

  async #onThread(job: BacktestJob, { market, signal, onProgress }: BacktestRun): Promise<BacktestResult> {
    const url = new URL(import.meta.url.endsWith(".ts") ? "./backtest-thread.ts" : "./backtest-thread.js", import.meta.url);
    const worker = new Worker(url, { workerData: toJson(job), resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } });
    const source = new MarketSource(market, { symbol: job.instrument.symbol, fromMs: job.fromMs, toMs: job.toMs }, this.#clock);
    const done = Promise.withResolvers<BacktestResult>();
    const end = () => done.reject(signal.reason);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    const timeout = new AbortController();
    void this.#clock.sleep(BACKTEST_MAX_MS, timeout.signal).then(() => done.reject(new UserError(TOO_LONG)));
    worker.on("error", (failure) => done.reject(new UserError(`The backtest could not be finished: ${messageOf(failure)}.`)));
    worker.on("exit", () => done.reject(new UserError("The backtest ended without a result. Try a shorter span.")));
    worker.on("message", (message: FromBacktest) => {
      if (message.kind === "progress") onProgress(message.atMs);
      else if (message.kind === "done") done.resolve(fromJson(message.result) as BacktestResult);
      else if (message.kind === "failed") done.reject(message.isRefusal ? new UserError(message.message) : new Error(message.message));
      else void answer(worker, source, message.minutes).catch(done.reject);
    });
    try {
      return await done.promise;
    } finally {
      timeout.abort();
      signal.removeEventListener("abort", end);
      await worker.terminate();
    }
  }
}

export const TOO_LONG = `The backtest took longer than ${BACKTEST_MAX_MS / 60_000} minutes and was ended. Try a shorter span.`;

async function answer(worker: Worker, source: MarketSource, minutes: number | undefined): Promise<void> {
  const chunk = await (minutes === undefined ? source.next() : source.before(minutes));
  worker.postMessage({ chunk } satisfies ToBacktest, chunk ? [chunk.buffer] : []);
}
