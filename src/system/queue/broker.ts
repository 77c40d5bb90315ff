/**
 * Where the processes of a desk meet: lists of jobs with locks, texts that are kept for a while, and words. Redis in production, a place in memory in
 * tests. Every promise settles in bounded time, and rejects with QueueUnavailable when there is no answer.
 */
export interface Broker {
  list(name: string): JobList;
  keep(key: string, text: string, forMs: number): Promise<void>;
  kept(key: string): Promise<string | undefined>;
  /** Tells every process, this one included. May be lost; nobody waits for it. */
  say(word: string): void;
  onWord(listener: (word: string) => void): () => void;
  close(): Promise<void>;
}

export interface OfferedJob {
  readonly id: string;
  readonly body: string;
}

export interface TakenJob extends OfferedJob {
  /** Which taking this is. */
  readonly token: string;
  /** How often it was taken so far, this time included. */
  readonly takes: number;
}

/** Jobs of one name: each waits, rests for a while, or is taken by one process under a lock that it must renew. */
export interface JobList {
  /** Adds those whose id is not there yet, wherever it is. */
  add(jobs: readonly OfferedJob[]): Promise<void>;
  /** Adds what is missing of all the jobs there should be; one that is known and lies nowhere is added anew. */
  restore(jobs: readonly OfferedJob[]): Promise<void>;
  /** The job that waits longest, locked for LOCK_MS, or undefined when none waits. */
  take(): Promise<TakenJob | undefined>;
  /** Locks taken jobs for another LOCK_MS; resolves with those whose lock is no longer ours. */
  renew(jobs: readonly TakenJob[]): Promise<readonly TakenJob[]>;
  /** Gives a taken job back: it may be taken after so long, at once for 0. */
  offer(job: TakenJob, afterMs: number): Promise<void>;
  /** Removes a taken job for good. */
  finish(job: TakenJob): Promise<void>;
  /** Removes a job that nobody has taken. */
  withdraw(id: string): Promise<void>;
  /** Lets taken jobs whose lock has run out wait again. */
  rescue(): Promise<void>;
}

/** How long a taken job is a process's without renewal. */
export const LOCK_MS = 6_000;
/** Locks are renewed, and those of dead processes looked for, this often: a job is taken over nine seconds after a death at the latest, usually after seven. */
export const RENEW_MS = 2_000;
/** How often a process with room looks for jobs when no word wakes it. */
export const LOOK_MS = 1_000;
