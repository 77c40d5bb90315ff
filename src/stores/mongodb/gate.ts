import type { Logger } from "../../ports/logger.ts";
import { AppendRefused, StoreUnavailable, StreamHeld } from "../../ports/store.ts";
import { faultOf } from "./faults.ts";

/** Operations that may wait at one time. One more is refused at once as unavailable. */
const OPERATIONS_QUEUED_MAX = 10_000;

export interface GateOptions {
  readonly place: string;
  /** Why nothing may be written just now. */
  readonly problem: () => string | undefined;
  readonly logger: Logger | undefined;
}

/** Everything that is asked of the database passes here: it is counted, refused where it must not be, and what fails is said in the words of the port. */
export class Gate {
  readonly #options: GateOptions;
  readonly #pending = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Takes nothing more. Everything that was asked before is answered when it resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#pending);
  }

  async write<T>(work: () => Promise<T>): Promise<T> {
    const { place, problem } = this.#options;
    const why = problem();
    if (why !== undefined && !this.#closed) throw new StoreUnavailable(`the store ${place} takes nothing: ${why}`);
    return this.ask(work);
  }

  async ask<T>(work: () => Promise<T>): Promise<T> {
    const { place } = this.#options;
    if (this.#closed) throw new StoreUnavailable(`the store ${place} takes nothing more: it is closed`);
    if (this.#pending.size >= OPERATIONS_QUEUED_MAX) {
      throw new StoreUnavailable(`the store ${place} is too slow: ${OPERATIONS_QUEUED_MAX} operations wait for it. Try again`);
    }
    const asked = work();
    this.#pending.add(asked);
    try {
      return await asked;
    } catch (thrown) {
      throw this.#named(thrown);
    } finally {
      this.#pending.delete(asked);
    }
  }

  #named(thrown: unknown): unknown {
    if (thrown instanceof AppendRefused || thrown instanceof StreamHeld) return thrown;
    const { place, logger } = this.#options;
    const fault = faultOf(thrown);
    if (fault === undefined) return thrown;
    const message = `the store ${place} ${fault.problem}. ${fault.remedy}`;
    logger?.error({ store: place }, message);
    return new StoreUnavailable(message);
  }
}
