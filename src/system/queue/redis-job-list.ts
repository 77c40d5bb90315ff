import { createRedisBackend, ErrorCode, type Job, Queue, type RedisQueueBackend, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { type JobList, LOCK_MS, type OfferedJob, RENEW_MS, type TakenJob } from "./broker.ts";

export interface JobListOptions {
  readonly name: string;
  readonly prefix: string;
  readonly redis: Redis;
  readonly ask: <T>(question: (redis: Redis) => Promise<T>) => Promise<T>;
}

/** So many are added at once. */
const CHUNK = 200;
/** How often a job comes is ours to judge. */
const STALLS_MAX = Number.MAX_SAFE_INTEGER;
const GONE: ReadonlySet<unknown> = new Set([
  ErrorCode.JobNotExist,
  ErrorCode.JobLockNotExist,
  ErrorCode.JobLockMismatch,
  ErrorCode.JobNotInState,
]);

/**
 * Jobs in a queue of BullMQ, taken by hand. BullMQ's own loop is not used: it would count a run whose job Redis has forgotten against its concurrency,
 * could not be told of more room while all of its runs last for days, and would wait for an answer without end.
 */
export class RedisJobList implements JobList {
  readonly #ask: JobListOptions["ask"];
  readonly #queue: Queue<string, string>;
  readonly #worker: Worker<string, string>;
  readonly #taken = new WeakMap<TakenJob, Job<string, string>>();
  #takings = 0;

  constructor({ name, prefix, redis, ask }: JobListOptions) {
    this.#ask = ask;
    const shared = { connection: redis, prefix, skipVersionCheck: true, skipWaitingForReady: true };
    this.#queue = new Queue(name, { ...shared, skipMetasUpdate: true });
    // All processes together rescue once in this time: shorter than our turns, so that none of them finds it a moment too early.
    const stalledInterval = RENEW_MS / 2;
    const own = { autorun: false, lockDuration: LOCK_MS, stalledInterval, maxStalledCount: STALLS_MAX };
    // Its own factory, which makes no second connection for a loop that is not run.
    this.#worker = new Worker(name, undefined, { ...shared, ...own }, (named, options) => createRedisBackend(named, options));
    // Whoever has the connection tells of it.
    this.#queue.on("error", () => undefined);
    this.#worker.on("error", () => undefined);
  }

  async add(jobs: readonly OfferedJob[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += CHUNK) {
      const chunk = jobs.slice(from, from + CHUNK);
      await this.#ask(() =>
        Promise.all(chunk.map(({ id, body }) => this.#queue.add("job", body, { jobId: jobId(id), removeOnComplete: true }))),
      );
    }
  }

  async restore(jobs: readonly OfferedJob[]): Promise<void> {
    await this.add(jobs);
    const { wait = 0, active = 0, delayed = 0 } = await this.#ask(() => this.#queue.getJobCounts("wait", "active", "delayed"));
    if (wait + active + delayed >= jobs.length) return;
    for (const { id, body } of jobs) {
      if ((await this.#ask(() => this.#queue.getJobState(jobId(id)))) !== "unknown") continue;
      await this.#ask(() => this.#queue.remove(jobId(id)));
      await this.add([{ id, body }]);
    }
  }

  async take(): Promise<TakenJob | undefined> {
    this.#takings += 1;
    const token = `${this.#worker.id}:${this.#takings}`;
    const job = await this.#ask(() => this.#worker.getNextJob(token, { block: false }));
    if (!job?.id) return undefined;
    const taken: TakenJob = { id: idOf(job.id), body: job.data, token, takes: job.attemptsStarted };
    this.#taken.set(taken, job);
    if (typeof job.data === "string") return taken;
    // What it was has been evicted; whoever wants it adds it again.
    await this.finish(taken);
    return undefined;
  }

  async renew(jobs: readonly TakenJob[]): Promise<readonly TakenJob[]> {
    const ids = jobs.map(({ id }) => jobId(id));
    const tokens = jobs.map(({ token }) => token);
    const failed = new Set(await this.#ask(() => this.#worker.extendJobLocks(ids, tokens, LOCK_MS)));
    return jobs.filter(({ id }) => failed.has(jobId(id)));
  }

  offer(job: TakenJob, afterMs: number): Promise<void> {
    return this.#unlessGone(job, async (taken) => {
      if (afterMs === 0) await taken.moveToWait(job.token);
      else await taken.moveToDelayed(Date.now() + afterMs, job.token);
    });
  }

  finish(job: TakenJob): Promise<void> {
    return this.#unlessGone(job, async (taken) => {
      await taken.moveToCompleted("", job.token, false);
    });
  }

  async withdraw(id: string): Promise<void> {
    await this.#ask(() => this.#queue.remove(jobId(id)));
  }

  async rescue(): Promise<void> {
    const backend: RedisQueueBackend = this.#worker.getBackend();
    await this.#ask(() => backend.moveStalledJobsToWait());
  }

  async close(): Promise<void> {
    await Promise.all([this.#queue.close(), this.#worker.close(true)]).catch(() => undefined);
  }

  /** A job that is not ours any more needs nothing of us. */
  async #unlessGone(job: TakenJob, work: (taken: Job<string, string>) => Promise<void>): Promise<void> {
    const taken = this.#taken.get(job);
    if (!taken) throw new Error(`the job ${job.id} was not taken here`);
    await this.#ask(async () => {
      try {
        await work(taken);
      } catch (thrown) {
        if (!(thrown instanceof Error && "code" in thrown && GONE.has(thrown.code))) throw thrown;
      }
    });
  }
}

/** BullMQ takes no colons and no bare numbers. */
function jobId(id: string): string {
  return `=${encodeURIComponent(id)}`;
}

function idOf(bullId: string): string {
  return decodeURIComponent(bullId.slice(1));
}
