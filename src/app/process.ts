import type { Config } from "../../config/schema.ts";
import type { Beat, Chance, Clock, LoopDelay } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Market } from "../ports/market.ts";
import type { Vault } from "../ports/vault.ts";

/** What the process edge hands to whatever runs in it: everything that is not pure, and what was configured. */
export interface ProcessOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly beat: Beat;
  readonly chance: Chance;
  readonly vault: Vault;
  readonly logger: Logger;
  readonly version: string;
  readonly crashCause: string | undefined;
  readonly residentBytes: () => number;
  /** How late timers were since the last call; absent where nothing measures it. */
  readonly loopDelay?: () => LoopDelay;
  /** True while the panic file exists. */
  readonly panicRequested: () => boolean;
  /** The market may be handed in open, by tests that watch it. */
  readonly market?: Market;
  readonly onFatal: (failure: unknown) => void;
}

/** A process at work. */
export interface RunningProcess {
  /** The code that claims an unowned desk, while there is one. */
  readonly claimCode: string | undefined;
  panic(reason: string): Promise<void>;
  stop(reason: string): Promise<void>;
}

/** What a process ends with whose right to the store another one has taken: a chat platform or a poll that went on would stand beside the new process's. */
export function takenFrom({ onFatal }: Pick<ProcessOptions, "onFatal">): () => void {
  return () => onFatal(new Error("another process has taken the store, for this one could not renew its right to it in time"));
}
