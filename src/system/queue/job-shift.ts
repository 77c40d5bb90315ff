import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { type JobHandling, type JobOutcome, type JobWorker, OUTCOME_KEPT_MS, RESULT_CHARS_MAX } from "../../ports/queue.ts";
import type { Broker, JobList, TakenJob } from "./broker.ts";
import type { JobFacts, JobSignatures } from "./job-signatures.ts";
import {
  givenUpWord,
  listOf,
  offeredWord,
  outcomeKey,
  outcomeText,
  parseOutcome,
  parseWaiting,
  settledWord,
  toldWords,
} from "./job-texts.ts";
import { Taker } from "./taker.ts";

/** A job at which so many processes died is not given to another. */
const TAKES_MAX = 3;
const REASON_CHARS_MAX = 2_000;
/** An outcome that cannot be told is told again this often, for so long. */
const TELL_AGAIN_MS = 1_000;
const TELL_FOR_MS = 60_000;

export interface ShiftParts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signatures: JobSignatures;
  readonly kind: string;
  readonly handling: JobHandling;
}

interface Work {
  /** Aborted when nobody waits for it any more. */
  readonly givenUp: AbortController;
  readonly ended: Promise<void>;
}

/** Does the ordinary jobs of one kind, a bounded number at a time. */
export class JobShift implements JobWorker {
  readonly #parts: ShiftParts;
  readonly #list: JobList;
  readonly #working = new Map<TakenJob, Work>();
  readonly #taker: Taker;
  readonly #stopListening: () => void;
  readonly #ending = new AbortController();
  #hasWarned = false;

  constructor(parts: ShiftParts) {
    const { broker, clock, logger, kind, handling } = parts;
    this.#parts = parts;
    this.#list = broker.list(listOf(kind));
    this.#taker = new Taker({
      list: this.#list,
      clock,
      logger,
      wants: () => !this.#ending.signal.aborted && this.#working.size < handling.concurrency,
      receive: (job) => this.#begin(job),
      // It is finished nevertheless: whoever does it a second time finds its outcome, or makes the same.
      lost: () => undefined,
    });
    this.#stopListening = broker.onWord((word) => {
      if (word === offeredWord(kind)) this.#taker.wake();
      for (const [{ id }, { givenUp }] of this.#working) if (word === givenUpWord(kind, id)) givenUp.abort();
    });
  }

  async end(): Promise<void> {
    this.#ending.abort();
    this.#stopListening();
    await Promise.all([...this.#working.values()].map(({ ended }) => ended));
    await this.#taker.end();
  }

  #begin(job: TakenJob): void {
    const givenUp = new AbortController();
    this.#working.set(job, { givenUp, ended: this.#handle(job, givenUp.signal) });
  }

  async #handle(job: TakenJob, givenUp: AbortSignal): Promise<void> {
    const { logger, kind } = this.#parts;
    try {
      await this.#toItsOutcome(job, givenUp);
    } catch (thrown) {
      logger.warn({ kind, id: job.id, reason: messageOf(thrown) }, "the outcome of a job could not be told; it will be done again");
    }
    this.#taker.drop(job);
    this.#working.delete(job);
    this.#taker.wake();
  }

  async #toItsOutcome(job: TakenJob, givenUp: AbortSignal): Promise<void> {
    const { broker, clock, signatures, kind } = this.#parts;
    const waiting = parseWaiting(job.body, { kind, id: job.id }, signatures);
    if (waiting === undefined) {
      this.#warnOnce();
      return this.#list.finish(job);
    }
    const facts: JobFacts = { kind, id: job.id, body: waiting.body };
    const kept = await broker.kept(outcomeKey(kind, job.id));
    const known = kept !== undefined && parseOutcome(kept, facts, signatures) !== undefined;
    if (!known && !givenUp.aborted && clock.wall() < waiting.untilWallMs) {
      const { outcome, ended } = this.#outcomeOf(job, facts, givenUp);
      const found = await outcome;
      // What came of it is nobody's; whoever wishes it again has it done again.
      if (found.kind === "failed" && givenUp.aborted) return this.#list.finish(job);
      // It was ended, and did not end by itself: another process does it.
      if (found.kind === "failed" && this.#ending.signal.aborted) return this.#list.offer(job, 0);
      await this.#keep(facts, found);
      await this.#list.finish(job).catch(() => undefined);
      broker.say(settledWord(kind, job.id));
      // Work that does not hear that its time is over holds its place until it ends.
      return ended;
    }
    await this.#list.finish(job);
    if (known) broker.say(settledWord(kind, job.id));
  }

  #outcomeOf(
    { takes }: TakenJob,
    { kind, id, body }: JobFacts,
    givenUp: AbortSignal,
  ): { readonly outcome: Promise<JobOutcome>; readonly ended: Promise<void> } {
    const { broker, clock, handling } = this.#parts;
    if (takes > TAKES_MAX) {
      const reason = `it was begun ${TAKES_MAX} times, and each time its process ended before it`;
      return { outcome: Promise.resolve({ kind: "failed", reason }), ended: Promise.resolve() };
    }
    const overdue = new AbortController();
    const timer = new AbortController();
    const signal = AbortSignal.any([overdue.signal, givenUp, this.#ending.signal]);
    const tell = (told: string) => broker.say(`${toldWords(kind, id)}${told}`);
    const run = outcomeOf(async () => handling.run({ id, body }, signal, tell));
    const late = clock.sleep(handling.timeoutMs, timer.signal).then((): JobOutcome => {
      overdue.abort();
      return { kind: "failed", reason: `it took longer than ${handling.timeoutMs / 1_000} s` };
    });
    const ended = run.then(() => timer.abort());
    return { outcome: Promise.race([run, late]), ended };
  }

  /** Once, so that whoever puts jobs there fills no log. */
  #warnOnce(): void {
    const { logger, kind } = this.#parts;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    logger.warn({ kind }, "a job that no process of this desk has signed was removed and not done; more of them are not told");
  }

  async #keep(job: JobFacts, outcome: JobOutcome): Promise<void> {
    const { broker, clock, signatures } = this.#parts;
    const text = outcomeText(job, outcome, signatures);
    const untilMs = clock.monotonicMs() + TELL_FOR_MS;
    for (;;) {
      try {
        return await broker.keep(outcomeKey(job.kind, job.id), text, OUTCOME_KEPT_MS);
      } catch (thrown) {
        if (this.#ending.signal.aborted || clock.monotonicMs() > untilMs) throw thrown;
        await clock.sleep(TELL_AGAIN_MS, this.#ending.signal);
      }
    }
  }
}

async function outcomeOf(work: () => Promise<string>): Promise<JobOutcome> {
  try {
    const result = await work();
    if (result.length <= RESULT_CHARS_MAX) return { kind: "done", result };
    return { kind: "failed", reason: `its result has ${result.length} characters, and at most ${RESULT_CHARS_MAX} are kept` };
  } catch (thrown) {
    return { kind: "failed", reason: messageOf(thrown).slice(0, REASON_CHARS_MAX) };
  }
}
