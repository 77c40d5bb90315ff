import { z } from "zod";
import type { JobOutcome } from "../../ports/queue.ts";

/** An ordinary job while it waits. Nobody does it when whoever wanted it has gone. */
const waitingJob = z.object({ body: z.string(), untilWallMs: z.number() });
const jobOutcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), result: z.string() }),
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);

export type WaitingJob = z.infer<typeof waitingJob>;

/** undefined for what no process of this build has written. */
export function parseWaiting(text: string): WaitingJob | undefined {
  try {
    return waitingJob.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function parseOutcome(text: string): JobOutcome {
  return jobOutcome.parse(JSON.parse(text));
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
