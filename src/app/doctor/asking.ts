import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";

/** How long one question over the network may take. */
export const ASK_MS = 4_000;
const BODY_BYTES_MAX = 65_536;
/** The header rounds down to it. */
const DATE_STEP_MS = 1_000;

/** How far another clock is ahead of this machine's, and how wrong that may be. */
export interface Skew {
  readonly from: string;
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly roundTripMs: number;
  /** By the Date of the answer, where it has one. */
  readonly skew: Skew | undefined;
  /** The same by an instant that the body tells. */
  skewBy(theirMs: number): Skew;
}

export interface Question {
  readonly clock: Clock;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks once, for four seconds at most. Resolves with why there is no answer; never rejects. */
export async function ask({ clock, url, headers = {} }: Question): Promise<Answered | { readonly reason: string }> {
  const ending = new AbortController();
  const answered = new AbortController();
  void clock.sleep(ASK_MS, answered.signal).then(() => ending.abort());
  const [askedMs, beganMs] = [clock.wall(), clock.monotonicMs()];
  try {
    const response = await fetch(url, { headers, signal: ending.signal, redirect: "manual" });
    const body = await bounded(response);
    const [answeredMs, roundTripMs] = [clock.wall(), clock.monotonicMs() - beganMs];
    const from = new URL(url).host;
    const skewOf = (lowMs: number, highMs: number): Skew => ({
      ...{ from, offsetMs: (lowMs - answeredMs + highMs - askedMs) / 2, uncertaintyMs: (highMs - askedMs - lowMs + answeredMs) / 2 },
    });
    const dateMs = Date.parse(response.headers.get("date") ?? "");
    const skew = Number.isNaN(dateMs) ? undefined : skewOf(dateMs, dateMs + DATE_STEP_MS);
    return { status: response.status, body, roundTripMs, skew, skewBy: (theirMs) => skewOf(theirMs, theirMs) };
  } catch (thrown) {
    return { reason: ending.signal.aborted ? `no answer within ${ASK_MS / 1_000} s` : reasonOf(thrown) };
  } finally {
    answered.abort();
  }
}

async function bounded({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) break;
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The cause of a failed fetch says what happened, the failure itself only that it failed. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof Error) return "code" in cause && typeof cause.code === "string" ? cause.code : messageOf(cause);
  return messageOf(thrown);
}
