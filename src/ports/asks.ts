/**
 * What processes that share a store ask of one another: whoever holds a stream looks here for what others want of it. Bodies are opaque text.
 * Contract (test/contracts/cluster.contract.ts runs on every store that can be shared):
 *
 * 1. What resolved is durable, like an append.
 * 2. An id is one ask for ever: asked again, also after an answer or a withdrawal, it changes nothing.
 * 3. Only the holder of its stream begins an ask, and at one time one process has begun it. Who holds a stream may begin what an earlier holder began
 *    and did not answer: that one can write nothing of it any more.
 * 4. An ask is answered once, by the process that has begun it last.
 * 5. An ask is either begun or withdrawn, never both.
 *
 * A call that rejects as unavailable may have happened; asked again it says what is so.
 */
export interface AskBook {
  ask(ask: Ask): Promise<void>;
  /** Asks of those of these streams that this process holds, neither answered nor withdrawn nor begun by this process, oldest first. */
  open(streams: readonly string[]): Promise<Ask[]>;
  /**
   * Begins an ask; true when this process has begun it, now or before. False when it is answered, withdrawn or unknown, or when this process does not hold
   * its stream.
   */
  begin(id: string): Promise<boolean>;
  /** True when the ask has an answer of this process: this one, or an earlier one, which stays. False when this process is not the one that has begun it. */
  answer(id: string, body: string): Promise<boolean>;
  /** Answers by id, of those that have one. */
  answers(ids: readonly string[]): Promise<Map<string, string>>;
  /** True when nobody has begun it and nobody ever will, also when it was never asked or is still on its way here; otherwise false. */
  withdraw(id: string): Promise<boolean>;
}

export interface Ask {
  readonly id: string;
  /** Whose holder is asked. */
  readonly stream: string;
  readonly body: string;
  /** When it was asked. */
  readonly wallMs: number;
}
