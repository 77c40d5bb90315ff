/** One request to the service, complete and signed. */
export interface WireRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

export interface WireAnswer {
  readonly status: number;
  /** Seconds or a date, as the service wrote it. */
  readonly retryAfter: string | undefined;
  /** Whole, and at most the contract's maximum. */
  readonly body: string;
}

/**
 * The way to the service. Rejects with a short sentence when there is no whole answer in time: nobody knows then whether the request arrived. Follows no
 * redirect, repeats nothing, and ends when the signal is aborted.
 */
export type Wire = (request: WireRequest, signal: AbortSignal) => Promise<WireAnswer>;
