import type { AskBook } from "./asks.ts";
import type { Store, StoreContents } from "./store.ts";

/** What a process is there for: everything; the desk and its people; or accounts. */
export type ProcessRole = "all" | "gateway" | "engine";

/** What a process says of itself when it joins those that share a store. */
export interface ProcessFacts {
  /** No other process has this name, nor ever had it: a process that comes back takes a new one. */
  readonly name: string;
  readonly role: ProcessRole;
  readonly pid: number;
  readonly host: string;
  readonly version: string;
  /** Wall time at which it started. */
  readonly startedMs: number;
}

/** A process that shares the store. */
export interface Member extends ProcessFacts {
  /** Milliseconds since its last renewal, by the store's clock. */
  readonly renewedAgoMs: number;
  /** Its time is over, and it gave nothing back: whoever wants its streams may take them. */
  readonly isGone: boolean;
  /** Names of the streams that it holds, ascending. */
  readonly streams: readonly string[];
}

/** Who shares a store. A process that has ended, or that is gone and of whose streams others have all, is not among them. */
export interface Cluster {
  /** By start, then by name. */
  members(): Promise<Member[]>;
}

/** A store that several processes share, each under a name of its own. */
export interface SharedStore extends Store, StoreContents {
  readonly cluster: Cluster;
  readonly asks: AskBook;
}
