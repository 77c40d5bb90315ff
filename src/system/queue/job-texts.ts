import { z } from "zod";
import type { JobOutcome } from "../../ports/queue.ts";
import { isSigned, type JobFacts, type JobSignatures } from "./job-signatures.ts";

/** An ordinary job while it waits. Nobody does it when whoever wanted it has gone. */
const waitingJob = z.object({ body: z.string(), untilWallMs: z.number(), signature: z.string() });
const jobOutcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), result: z.string(), signature: z.string() }),
  z.object({ kind: z.literal("failed"), reason: z.string(), signature: z.string() }),
]);

export type WaitingJob = Omit<z.infer<typeof waitingJob>, "signature">;

/** A job as it waits in Redis, signed. */
export function waitingText(job: JobFacts, untilWallMs: number, signatures: JobSignatures): string {
  return JSON.stringify({ body: job.body, untilWallMs, signature: signatures.ofJob(job, untilWallMs) });
}

/** A job that waits under this id; undefined for what no process of this desk has signed. */
export function parseWaiting(text: string, job: Omit<JobFacts, "body">, signatures: JobSignatures): WaitingJob | undefined {
  const found = parsed(waitingJob, text);
  if (!found) return undefined;
  const { signature, ...waiting } = found;
  return isSigned(signature, signatures.ofJob({ ...job, body: waiting.body }, waiting.untilWallMs)) ? waiting : undefined;
}

/** What came of a job as Redis keeps it, signed. */
export function outcomeText(job: JobFacts, outcome: JobOutcome, signatures: JobSignatures): string {
  return JSON.stringify({ ...outcome, signature: signatures.ofOutcome(job, outcome) });
}

/** What came of this very job; undefined for what no process of this desk has signed for it. */
export function parseOutcome(text: string, job: JobFacts, signatures: JobSignatures): JobOutcome | undefined {
  const found = parsed(jobOutcome, text);
  if (!found) return undefined;
  const { signature, ...outcome } = found;
  return isSigned(signature, signatures.ofOutcome(job, outcome)) ? outcome : undefined;
}

function parsed<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The list in which the jobs of a kind wait. */
export const listOf = (kind: string) => `job-${kind}`;
/** Where the outcome of a job is kept. */
export const outcomeKey = (kind: string, id: string) => `${kind} ${id}`;
/** The word that a job waits, and the one that its outcome is kept. */
export const offeredWord = (kind: string) => `job-offered ${kind}`;
export const settledWord = (kind: string, id: string) => `job-settled ${kind} ${id}`;
/** The word that nobody waits for a job any more, and the beginning of what is told while it is done. */
export const givenUpWord = (kind: string, id: string) => `job-given-up ${kind} ${id}`;
export const toldWords = (kind: string, id: string) => `job-told ${kind} ${id.length} ${id} `;
