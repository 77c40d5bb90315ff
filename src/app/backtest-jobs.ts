import type { BacktestJob } from "../backtest/run.ts";
import type { BacktestResult } from "../domain/backtest.ts";
import { messageOf, UserError } from "../domain/errors.ts";
import { SECOND_MS } from "../domain/time.ts";
import { failureOf, refusalOf } from "../engine/cluster/answers.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import { JobTooLate, type JobWorker, type OrdinaryJobs, QueueUnavailable, RESULT_CHARS_MAX } from "../ports/queue.ts";
import { answerIn, answerText, jobIn, jobText } from "./backtest-texts.ts";
import { BACKTEST_MAX_MS, type BacktestDoing, type BacktestRun, TOO_LONG } from "./backtest-threads.ts";

const KIND = "backtest";
/** Who does a backtest lets itself be heard so often, with how far it is. */
const TELL_EVERY_MS = 2 * SECOND_MS;
/** An engine with room begins at once. Whoever waits longer than this does it himself. */
export const OFFERED_MAX_MS = 4 * SECOND_MS;
/** The job of an engine that died is with another one, if there is any, before nothing was heard for so long. */
export const SILENT_MAX_MS = 15 * SECOND_MS;
/** After the run's own end, which has a better sentence. */
const OVERDUE_MS = BACKTEST_MAX_MS + 60 * SECOND_MS;

export interface BacktestJobsParts {
  readonly queue: OrdinaryJobs;
  readonly clock: Clock;
  /** Does them in this process. */
  readonly here: BacktestDoing;
  /** Of this build. */
  readonly version: string;
}

/** Has backtests done by whichever engine has room, and in this process when none begins, none is heard of any more or the queue is away. */
export function backtestsByEngines({
  queue,
  clock,
  here,
  version,
  logger,
}: BacktestJobsParts & { readonly logger: Logger }): BacktestDoing {
  return async (job, run) => {
    const silence = new Silence(clock);
    try {
      return await atAnEngine({ job, version }, run, queue, silence);
    } catch (failure) {
      if (run.signal.aborted) throw run.signal.reason;
      if (failure instanceof JobTooLate) throw new UserError(TOO_LONG, { cause: failure });
      if (!(failure instanceof NotDone) && !(failure instanceof QueueUnavailable)) throw failure;
      logger.info({ reason: messageOf(failure) }, "a backtest is done in this process, for no engine does it");
    } finally {
      silence.end();
    }
    return here(job, run);
  };
}

/** Does backtests of the desk in a process that has accounts, one at a time: what trades there has the other cores. */
export function takeBacktests({
  queue,
  clock,
  here,
  version,
  marketOf,
}: BacktestJobsParts & { readonly marketOf: (key: string) => { readonly market: Market } | undefined }): JobWorker {
  return queue.handle(KIND, {
    concurrency: 1,
    timeoutMs: OVERDUE_MS,
    async run({ id, body }, signal, tell) {
      const job = jobIn(body, version);
      const found = job && marketOf(job.market);
      if (!found) return answerText({ kind: "unfit" });
      let at = "";
      const ended = new AbortController();
      void repeat(clock, ended.signal, () => tell(at));
      const onProgress = (atMs: number) => {
        at = String(atMs);
      };
      try {
        const text = answerText({ kind: "done", result: await here(job, { id, market: found.market, signal, onProgress }) });
        // More than an outcome may hold is worked out again where it is wanted.
        return text.length > RESULT_CHARS_MAX ? answerText({ kind: "unfit" }) : text;
      } catch (failure) {
        const refusal = refusalOf(failure);
        // A fault is the queue's to tell.
        if (signal.aborted || refusal.by === "fault") throw failure;
        return answerText(refusal);
      } finally {
        ended.abort();
      }
    },
  });
}

/** No engine does it, or not any more. */
class NotDone extends Error {}

interface Wanted {
  readonly job: BacktestJob;
  readonly version: string;
}

async function atAnEngine({ job, version }: Wanted, run: BacktestRun, queue: OrdinaryJobs, silence: Silence): Promise<BacktestResult> {
  const { id, signal, onProgress } = run;
  const outcome = await queue.submit({
    kind: KIND,
    id,
    body: jobText(job, version),
    timeoutMs: 2 * OVERDUE_MS,
    signal: AbortSignal.any([signal, silence.signal]),
    onTold(told) {
      silence.heard();
      const atMs = Number(told);
      // Words are signed by nobody: a time that is none would be made one for people.
      if (told !== "" && job.fromMs <= atMs && atMs <= job.toMs) onProgress(atMs);
    },
  });
  if (outcome.kind === "failed") throw new UserError(`The backtest could not be finished: ${outcome.reason}.`);
  const answer = answerIn(outcome.result);
  if (answer.kind === "refused") throw failureOf(answer);
  if (answer.kind === "unfit") throw new NotDone("the engine that was given it cannot do it");
  return answer.result;
}

/** Aborts its signal when nothing is heard for too long. */
class Silence {
  readonly #clock: Clock;
  readonly #tooLong = new AbortController();
  readonly #over = new AbortController();
  #untilMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#untilMs = clock.monotonicMs() + OFFERED_MAX_MS;
    void this.#watch();
  }

  get signal(): AbortSignal {
    return this.#tooLong.signal;
  }

  heard(): void {
    this.#untilMs = this.#clock.monotonicMs() + SILENT_MAX_MS;
  }

  end(): void {
    this.#over.abort();
  }

  async #watch(): Promise<void> {
    for (;;) {
      const leftMs = this.#untilMs - this.#clock.monotonicMs();
      if (this.#over.signal.aborted) return;
      if (leftMs <= 0) return this.#tooLong.abort(new NotDone("nothing was heard of an engine that does it"));
      await this.#clock.sleep(leftMs, this.#over.signal);
    }
  }
}

async function repeat(clock: Clock, ended: AbortSignal, work: () => void): Promise<void> {
  while (!ended.aborted) {
    work();
    await clock.sleep(TELL_EVERY_MS, ended);
  }
}
