import type { Clock } from "../../ports/clock.ts";
import { BODY_CHARS_MAX, type JobOutcome, JobTooLate, type JobWish, QueueUnavailable } from "../../ports/queue.ts";
import type { Broker } from "./broker.ts";
import type { JobSignatures } from "./job-signatures.ts";
import { givenUpWord, listOf, offeredWord, outcomeKey, parseOutcome, settledWord, toldWords, waitingText } from "./job-texts.ts";

/** How often whoever waits for an outcome looks for it when no word wakes it. */
const LOOK_MS = 500;
/** For so long nothing may answer until whoever waits is told. */
const PATIENCE_MS = 5_000;
const KIND = /^[a-z][\w-]{0,59}$/;
const ID_CHARS_MAX = 200;

export interface SubmitParts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly signatures: JobSignatures;
}

/**
 * Offers a job and waits for its outcome. It is offered again at each look, so that one that the queue has forgotten is done nevertheless. An outcome that
 * nobody of the desk has signed for this job is as good as no answer.
 */
export async function submitJob(wish: JobWish, { broker, clock, signatures }: SubmitParts): Promise<JobOutcome> {
  checkWish(wish);
  wish.signal?.throwIfAborted();
  const { kind, id, timeoutMs, signal, onTold } = wish;
  const told = toldWords(kind, id);
  const list = broker.list(listOf(kind));
  const untilMs = clock.monotonicMs() + timeoutMs;
  const waiting = waitingText(wish, clock.wall() + timeoutMs, signatures);
  const look = async () => {
    const found = await broker.kept(outcomeKey(kind, id));
    if (found === undefined) await list.add([{ id, body: waiting }]);
    return found;
  };
  let kept: string | undefined;
  let pause = new AbortController();
  const stop = broker.onWord((word) => {
    if (word === settledWord(kind, id)) pause.abort();
    else if (word.startsWith(told)) onTold?.(word.slice(told.length));
  });
  const wake = () => pause.abort();
  signal?.addEventListener("abort", wake);
  try {
    kept = await look();
    let answeredMs = clock.monotonicMs();
    if (kept === undefined) broker.say(offeredWord(kind));
    while (kept === undefined && !signal?.aborted && clock.monotonicMs() < untilMs) {
      await clock.sleep(Math.min(LOOK_MS, untilMs - clock.monotonicMs()), pause.signal);
      // Before the look: a word during it is not lost.
      pause = new AbortController();
      if (signal?.aborted) break;
      try {
        kept = await look();
        answeredMs = clock.monotonicMs();
      } catch (thrown) {
        if (!(thrown instanceof QueueUnavailable) || clock.monotonicMs() - answeredMs > PATIENCE_MS) throw thrown;
      }
    }
    const outcome = kept === undefined ? undefined : parseOutcome(kept, wish, signatures);
    if (outcome) return outcome;
  } finally {
    stop();
    signal?.removeEventListener("abort", wake);
  }
  await list.withdraw(id).catch(() => undefined);
  // After the withdrawal: whoever has taken it before hears this.
  if (signal?.aborted || kept !== undefined) broker.say(givenUpWord(kind, id));
  if (signal?.aborted) throw signal.reason;
  // To wait on for a better one would let whoever puts another one there again and again keep both sides at it.
  if (kept !== undefined) throw new QueueUnavailable(`what is kept as the outcome of this ${kind} was signed by no process of this desk`);
  throw new JobTooLate(`Nobody has done this ${kind} within ${timeoutMs / 1_000} s. Try again, or see whether an engine is running.`);
}

/** Throws RangeError for what no kind of job is called. */
export function checkKind(kind: string): void {
  if (!KIND.test(kind)) throw new RangeError(`a kind of job is a lower-case word of at most 60 letters, digits, - and _, not "${kind}"`);
}

function checkWish({ kind, id, body, timeoutMs }: JobWish): void {
  checkKind(kind);
  if (id.length === 0 || id.length > ID_CHARS_MAX)
    throw new RangeError(`the id of a job has 1 to ${ID_CHARS_MAX} characters, not ${id.length}`);
  if (body.length > BODY_CHARS_MAX) throw new RangeError(`the body of a job has at most ${BODY_CHARS_MAX} characters, not ${body.length}`);
  if (!(timeoutMs > 0)) throw new RangeError(`a job may take more than 0 ms, not ${timeoutMs}`);
}
