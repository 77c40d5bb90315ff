import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { type AccountWork, type AccountWorker, OFFER_AGAIN_MS, type RunEnd } from "../../ports/queue.ts";
import type { JobList, TakenJob } from "./broker.ts";
import { Taker } from "./taker.ts";

/** A job that came here while its own process must find it again, too, is offered on soon. */
const PASS_ON_MS = 1_000;

export interface CrewParts {
  readonly list: JobList;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Run {
  readonly stream: string;
  readonly abort: AbortController;
  /** The job that stands for it; none after the queue has lost it, until it comes again. */
  job: TakenJob | undefined;
  ended: Promise<void>;
}

/**
 * Runs the accounts whose jobs come here. A run outlives its job: when the queue has forgotten it, the run goes on and takes its job up when that is
 * offered again. Meanwhile others who get it find the account's lease held.
 */
export class AccountCrew implements AccountWorker {
  readonly #parts: CrewParts;
  readonly #run: AccountWork["run"];
  readonly #runs = new Map<string, Run>();
  readonly #taker: Taker;
  #capacity: number;
  #isEnding = false;
  #hasEnded = false;

  constructor(parts: CrewParts, { capacity, run }: AccountWork) {
    this.#parts = parts;
    this.#run = run;
    this.#capacity = checkedCapacity(capacity);
    this.#taker = new Taker({
      ...parts,
      // A run without a job finds it only among what is offered, though there is no room for another.
      wants: () => !this.#isEnding && (this.#hasRoom() || [...this.#runs.values()].some(({ job }) => job === undefined)),
      receive: (job) => this.#receive(job),
      lost: (job) => this.#lost(job),
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get running(): readonly string[] {
    return [...this.#runs.keys()];
  }

  setCapacity(capacity: number): void {
    this.#capacity = checkedCapacity(capacity);
    const staying = [...this.#runs.values()].filter(({ abort }) => !abort.signal.aborted);
    for (const { abort } of staying.slice(this.#capacity)) abort.abort();
    this.#taker.wake();
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    const runs = [...this.#runs.values()];
    for (const { abort } of runs) abort.abort();
    // Locks are kept until then: an account that is being given back is not offered yet.
    await Promise.all(runs.map(({ ended }) => ended));
    await this.#taker.end();
    this.#hasEnded = true;
  }

  #hasRoom(): boolean {
    return this.#runs.size < this.#capacity;
  }

  #receive(job: TakenJob): void {
    const known = this.#runs.get(job.body);
    if (known) {
      if (known.job) this.#taker.drop(known.job);
      known.job = job;
    } else if (this.#isEnding) void this.#offer(job, 0);
    else if (this.#hasRoom()) this.#start(job);
    else void this.#offer(job, PASS_ON_MS);
  }

  #start(job: TakenJob): void {
    const stream = job.body;
    const run: Run = { stream, abort: new AbortController(), job, ended: Promise.resolve() };
    this.#runs.set(stream, run);
    run.ended = this.#toItsEnd(run);
  }

  async #toItsEnd(run: Run): Promise<void> {
    const end = await this.#endOf(run);
    this.#runs.delete(run.stream);
    const { job } = run;
    if (job) {
      if (end === "retired") await this.#settle(job, this.#parts.list.finish(job));
      else await this.#offer(job, end === "released" && run.abort.signal.aborted ? 0 : OFFER_AGAIN_MS);
    }
    this.#taker.wake();
  }

  async #endOf({ stream, abort }: Run): Promise<RunEnd> {
    try {
      return await this.#run(stream, abort.signal);
    } catch (thrown) {
      this.#parts.logger.error({ stream, reason: messageOf(thrown) }, "the run of an account failed; it is offered again");
      return "released";
    }
  }

  #lost(job: TakenJob): void {
    const run = this.#runs.get(job.body);
    if (run?.job === job) run.job = undefined;
  }

  #offer(job: TakenJob, afterMs: number): Promise<void> {
    return this.#settle(job, this.#parts.list.offer(job, afterMs));
  }

  /** What cannot be told runs out with its lock, and is offered to somebody else then. */
  async #settle(job: TakenJob, told: Promise<void>): Promise<void> {
    this.#taker.drop(job);
    await told.catch(() => undefined);
  }
}

function checkedCapacity(capacity: number): number {
  if (!Number.isSafeInteger(capacity) || capacity < 0)
    throw new RangeError(`a capacity is a whole number of accounts from 0 on, not ${capacity}`);
  return capacity;
}
