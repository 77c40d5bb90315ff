import type { z } from "zod";
import { messageOf, TransientError } from "../domain/errors.ts";
import type { Secret } from "../domain/secret.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import { refusal } from "./contract.ts";
import { ENDPOINTS, type EndpointName } from "./endpoints.ts";
import { KEY_HEADER, SIGNATURE_HEADER, signatureOf, TIMESTAMP_HEADER } from "./signature.ts";
import type { Wire, WireAnswer } from "./wire.ts";

/** A service may silence us for so long and no longer. */
const RETRY_AFTER_MAX_MS = 3_600 * SECOND_MS;

type Body<N extends EndpointName> = (typeof ENDPOINTS)[N]["body"] extends z.ZodType ? z.input<(typeof ENDPOINTS)[N]["body"]> : undefined;
type AnswerOf<N extends EndpointName> = z.output<(typeof ENDPOINTS)[N]["answer"]>;

/** The service did not do what was asked, said in one sentence that holds nothing of its own text. */
export class ShenronTrouble extends TransientError {
  readonly retryAfterMs: number | undefined;
  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Signs requests by the contract and believes no answer that is not of its shape. Repeats nothing by itself. */
export class ShenronClient {
  readonly #wire: Wire;
  readonly #key: Secret;
  readonly #clock: Clock;

  constructor(parts: { readonly wire: Wire; readonly key: Secret; readonly clock: Clock }) {
    this.#wire = parts.wire;
    this.#key = parts.key;
    this.#clock = parts.clock;
  }

  /** Asks once. Rejects with ShenronTrouble. `body` is the text of what the endpoint takes; equal keys mean equal requests. */
  async ask<N extends EndpointName>(name: N, body: Body<N>, idempotencyKey: string, signal: AbortSignal): Promise<AnswerOf<N>> {
    const { method, path, timeoutMs, answer } = ENDPOINTS[name];
    const text = body === undefined ? "" : JSON.stringify(body);
    const timestampMs = this.#clock.wall();
    const headers = {
      accept: "application/json",
      "content-type": "application/json",
      [TIMESTAMP_HEADER]: String(timestampMs),
      [KEY_HEADER]: idempotencyKey,
      [SIGNATURE_HEADER]: signatureOf({ method, path, timestampMs, idempotencyKey, body: text }, this.#key),
    };
    let answered: WireAnswer;
    try {
      answered = await this.#wire({ method, path, headers, body: text, timeoutMs }, signal);
    } catch (thrown) {
      throw new ShenronTrouble(`SHENRON gave no answer: ${messageOf(thrown)}`);
    }
    if (answered.status < 200 || answered.status > 299) throw this.#refused(answered);
    const read = answer.safeParse(json(answered.body));
    if (!read.success) throw new ShenronTrouble("SHENRON answered something else than the contract says");
    return read.data as AnswerOf<N>;
  }

  #refused({ status, retryAfter, body }: WireAnswer): ShenronTrouble {
    const said = refusal.safeParse(json(body));
    const code = said.success ? ` (${said.data.code})` : "";
    const waitMs = this.#waitMs(retryAfter);
    if (status >= 300 && status < 400) return new ShenronTrouble(`SHENRON points to another address (${status}), which is not followed`);
    if (status === 401) return new ShenronTrouble(`SHENRON does not take our signature${code}: compare SHENRON_KEY and both clocks`);
    if (status === 429) return new ShenronTrouble("SHENRON asks for a pause", waitMs);
    if (status >= 500) return new ShenronTrouble(`SHENRON failed (${status})`, waitMs);
    return new ShenronTrouble(`SHENRON refused the request: ${status}${code}`);
  }

  #waitMs(retryAfter: string | undefined): number | undefined {
    if (retryAfter === undefined) return undefined;
    const waitMs = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * SECOND_MS : Date.parse(retryAfter) - this.#clock.wall();
    return Number.isFinite(waitMs) ? Math.min(RETRY_AFTER_MAX_MS, Math.max(0, waitMs)) : undefined;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
