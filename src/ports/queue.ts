import { TransientError } from "../domain/errors.ts";

/**
 * What the processes of one desk give to each other: accounts to run, ordinary work, and words that wake. It spreads work and promises nothing about it:
 * the store is the truth and its leases decide. Contract (test/contracts/queue.contract.ts runs on every queue):
 *
 * 1. All of it may vanish at any moment; `ensure`, called again and again from the store, builds it anew.
 * 2. Everything comes at least once, and may come to two processes at once.
 * 3. While nothing answers, what runs goes on running and nothing moves. No run is ever aborted because of it.
 * 4. Within one process a stream never runs twice at once.
 */
export interface Queue extends AccountJobs, OrdinaryJobs, WakeUps {
  /** Ends all workers as their own `end` does, and then the connections. */
  close(): Promise<void>;
}

/** Each account's stream has one job that lasts as long as the account; whoever has it taken runs the account. */
export interface AccountJobs {
  /** Makes the jobs that are missing; those that are there stay as they are. Rejects with QueueUnavailable; whoever calls asks again. */
  ensure(streams: readonly string[]): Promise<void>;
  /** Takes jobs from now on. One worker for each process. */
  work(work: AccountWork): AccountWorker;
}

/**
 * How a run ended. `released`: its account was given back, and somebody else may have it at once if the signal asked for it, otherwise after a pause.
 * `held-elsewhere`: another process has the account's lease; the job is offered again after a pause. `retired`: there is no such account any more; the job
 * is gone until `ensure` names it again.
 */
export type RunEnd = "released" | "held-elsewhere" | "retired";

export interface AccountWork {
  /** The most accounts that are run here at once; a whole number from 0 on. */
  readonly capacity: number;
  /**
   * Runs an account until the signal is aborted or it loses it, and resolves when the account was given back. The signal is aborted when there is too
   * little capacity or the worker ends. A rejection is logged and counts as `released`.
   */
  run(stream: string, signal: AbortSignal): Promise<RunEnd>;
}

export interface AccountWorker {
  /** Streams whose runs have not ended, oldest first. */
  readonly running: readonly string[];
  /** Sets how many accounts may run here. Below what runs, the newest are given back, and others may take them. */
  setCapacity(capacity: number): void;
  /** Takes nothing more, aborts all runs and resolves when they have ended and their jobs were offered to others. */
  end(): Promise<void>;
}

/** Work with an answer, done by any process that handles its kind: backtests. */
export interface OrdinaryJobs {
  /**
   * Has a job done and resolves with its outcome. The same kind and id again, while the outcome is kept, is answered by the same job. Rejects with
   * QueueUnavailable when nothing answers, with JobTooLate when nobody has done it in time, and with the reason of its signal when that gave it up; then
   * it may still be done.
   */
  submit(wish: JobWish): Promise<JobOutcome>;
  /** Does jobs of a kind from now on. */
  handle(kind: string, handling: JobHandling): JobWorker;
}

export interface JobWish {
  readonly kind: string;
  readonly id: string;
  /** At most BODY_CHARS_MAX long. */
  readonly body: string;
  /** How long to wait for the outcome. */
  readonly timeoutMs: number;
  /** Gives the job up: nobody begins it any more, and whoever does it is told to end. */
  readonly signal?: AbortSignal;
  /** Hears what whoever does it tells meanwhile. Any of it may be lost. */
  readonly onTold?: (told: string) => void;
}

export type JobOutcome = { readonly kind: "done"; readonly result: string } | { readonly kind: "failed"; readonly reason: string };

export interface JobHandling {
  /** Jobs of this kind that are done here at once. */
  readonly concurrency: number;
  /** How long one may take; then its signal is aborted and it has failed. A job that goes on nevertheless holds its place until it ends. */
  readonly timeoutMs: number;
  /**
   * The result, at most RESULT_CHARS_MAX long. What it throws is the reason of the failure; it is not tried again. May run again for the same id when a
   * process died. The signal is aborted when its time is over, it was given up or the worker ends; `tell` lets whoever waits hear of it.
   */
  run(job: Pick<JobWish, "id" | "body">, signal: AbortSignal, tell: (told: string) => void): Promise<string>;
}

export interface JobWorker {
  /** Begins nothing more, aborts what was begun and resolves when it has ended. What did not come to its end is offered to others. */
  end(): Promise<void>;
}

/** Words that wake whoever waits. Any of them may be lost, so everybody looks now and then, too. */
export interface WakeUps {
  /** Tells all processes, this one included, that there is something new. Several tells of a topic within a few milliseconds arrive as one or two. Nobody waits for it. */
  tell(topic: string): void;
  /** Calls back with the topic of each; returns the way to stop. */
  onTell(listener: (topic: string) => void): () => void;
}

export const BODY_CHARS_MAX = 262_144;
export const RESULT_CHARS_MAX = 4_194_304;
/** How long the outcome of an ordinary job is kept for whoever submits it again. */
export const OUTCOME_KEPT_MS = 600_000;
/** A job that was offered and could not be run is offered again after so long. */
export const OFFER_AGAIN_MS = 3_000;

/** The queue does not answer; nothing is known of what was asked of it. */
export class QueueUnavailable extends TransientError {}

/** Nobody has done a job in time. */
export class JobTooLate extends TransientError {}
