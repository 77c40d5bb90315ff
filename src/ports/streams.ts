import type { AccountEvent, DeskEvent, Recorded } from "../domain/events.ts";
import type { MarketMs } from "../domain/time.ts";

/** Read access to all streams, for delivery: what is durable, in order, and word of what comes. */
export interface Streams {
  names(): readonly string[];
  /** Durable events of a stream after a sequence, at most `limit`. */
  since(stream: string, afterSequence: number, limit: number): Promise<readonly Recorded<AccountEvent | DeskEvent>[]>;
  lastSequence(stream: string): number;
  /** Calls back after each durable append with the stream's name; returns the way to stop. */
  onAppend(listener: (stream: string) => void): () => void;
}

/** Work that falls due at instants of market time, such as digests. The engine calls it when the market has reached `dueMs`, with every account at that instant. */
export interface Scheduled {
  /** The next due instant; Infinity when nothing is. Asked after every step, so it must be cheap. */
  dueMs(): number;
  run(at: MarketMs): Promise<void>;
}
