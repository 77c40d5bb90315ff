import { messageOf } from "../domain/errors.ts";
import { DAY_MS, HOUR_MS } from "../domain/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";

/** Answered requests and delivered messages are kept so long. Platforms repeat a request for a day at most; the rest is for whoever looks into a store. */
export const KEPT_MS = 90 * DAY_MS;

/** Deletes what a desk needs no more, once an hour and beside everything else. Records of streams are kept for ever: they are the books. */
export class Retention {
  readonly #store: Pick<Store, "prune">;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #doneMs: number;
  #isBusy = false;

  constructor(store: Pick<Store, "prune">, { clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#doneMs = clock.monotonicMs();
  }

  /** Called with every beat. Resolves when there is nothing to do or it is done; a store that cannot write is asked again an hour later. */
  async tend(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#isBusy || nowMs - this.#doneMs < HOUR_MS) return;
    this.#doneMs = nowMs;
    this.#isBusy = true;
    try {
      await this.#store.prune(this.#clock.wall() - KEPT_MS);
    } catch (failure) {
      this.#logger.warn({ problem: messageOf(failure) }, "what is old could not be deleted; it is tried again in an hour");
    } finally {
      this.#isBusy = false;
    }
  }
}
