/** One connection to a program as the live updates see it. */
export interface Wire {
  /** Bytes that were sent and have not left this process. */
  readonly unsentBytes: number;
  send(text: string): void;
  /** Asks whether anybody is still there. */
  ping(): void;
  close(code: number, reason: string): void;
  /** Ends it without a word. */
  cut(): void;
  /** Each of these is called at most by one listener; `closed` once. */
  listen(listener: WireListener): void;
}

export interface WireListener {
  /** Undefined for a message that is no text. */
  message(text: string | undefined): void;
  /** Something came that is no message: the program is there. `isPing` where it asks that itself. */
  sign(isPing: boolean): void;
  closed(): void;
}
