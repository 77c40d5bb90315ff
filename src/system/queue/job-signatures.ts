import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../domain/secret.ts";
import type { JobOutcome, JobWish } from "../../ports/queue.ts";

/** A job as whoever wants it and whoever does it both know it. */
export type JobFacts = Pick<JobWish, "kind" | "id" | "body">;

export interface JobSignaturesOptions {
  /** What all processes of the desk know, and nobody who only reads and writes what is between them. */
  readonly key: Secret;
  /** Which desk: several may share a broker. */
  readonly desk: string;
}

/**
 * Signs the jobs of a desk and their outcomes. The signature of an outcome is that of its own job: it counts neither under another id nor for another body
 * under the same id.
 */
export class JobSignatures {
  readonly #key: Secret;
  readonly #desk: string;

  constructor({ key, desk }: JobSignaturesOptions) {
    this.#key = key;
    this.#desk = desk;
  }

  /** Of a job that is wanted until then, in wall time; in hex. */
  ofJob({ kind, id, body }: JobFacts, untilWallMs: number): string {
    return this.#sign(["job", this.#desk, kind, id, untilWallMs], body);
  }

  /** Of what came of a job; in hex. */
  ofOutcome({ kind, id, body }: JobFacts, outcome: JobOutcome): string {
    const text = outcome.kind === "done" ? outcome.result : outcome.reason;
    return this.#sign(["outcome", this.#desk, kind, id, createHash("sha256").update(body).digest("hex"), outcome.kind], text);
  }

  /** The list as JSON holds no line break, so that no two have one text, whatever stands in the parts and in the text behind them. */
  #sign(parts: readonly (string | number)[], text: string): string {
    return createHmac("sha256", this.#key.reveal()).update(JSON.stringify(parts)).update("\n").update(text).digest("hex");
  }
}

/** Whether a signature is the right one, in a time that tells nothing about it. */
export function isSigned(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
