/** One HTTP request as it reached the exchange. */
export interface DoorRequest {
  readonly method: string;
  /** Path without the query, as `/api/v3/order`; without the `/demo` that stands before it in the demo world. */
  readonly path: string;
  /** The raw query, without its question mark, as it was signed. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** When a request is handled, and how old the replica is that answers its reads: reads show what was true at `seenMs`. */
export interface DoorTime {
  readonly nowMs: number;
  readonly seenMs: number;
}

/** An exchange's HTTP API over its matching core. Pure but for the core's books: no socket, no clock, no chance of its own. */
export interface Door {
  handle(request: DoorRequest, time: DoorTime): DoorAnswer;
}
