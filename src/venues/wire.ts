/** What a call is for, when requests are scarce: an entry goes without first, what reduces or cancels has a reserve. */
export type WirePriority = "entry" | "read" | "exit";

/** One call of an exchange's documented HTTP API. Parameters are the documented ones; whoever sends it adds key, time and signature. */
export interface WireCall {
  readonly method: "GET" | "POST" | "DELETE";
  /** As the documentation writes it: `/api/v3/order`. */
  readonly path: string;
  /** Query or form parameters; for exchanges with JSON bodies, the body of a POST. */
  readonly params: Readonly<Record<string, unknown>> | readonly unknown[];
  readonly signed: boolean;
  /** From the moment of signing to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Without one it is a read. */
  readonly priority?: WirePriority;
  /** Asked after the signing, before the first byte: why it does not leave after all, which makes it `not-sent`. */
  readonly barred?: (() => string | undefined) | undefined;
}

/**
 * How far a call came. `not-sent`: no byte left this machine. `lost`: bytes may have left, and no whole answer came. `answered`: a whole HTTP answer;
 * `body` is undefined when it is empty or no JSON.
 */
export type WireAnswer =
  | { readonly phase: "not-sent"; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly phase: "lost"; readonly reason: string }
  | { readonly phase: "answered"; readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly body: unknown };

/** Sends calls of one exchange, each at most once, for one key or for none. Never throws, never retries, never follows a redirect, never asks another host. */
export interface Wire {
  send(call: WireCall): Promise<WireAnswer>;
  /** Venue time less ours: requests are signed with it from now on. */
  setOffset(offsetMs: number): void;
  close(): Promise<void>;
}
