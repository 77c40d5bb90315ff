import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { QueueUnavailable } from "../../ports/queue.ts";
import { type JobList, LOOK_MS, RENEW_MS, type TakenJob } from "./broker.ts";

/** Nobody reads why a pause has ended; without a reason, an exception would be made for it each time. */
const WOKEN = "woken";

export interface TakerParts {
  readonly list: JobList;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether there is room for one more job. */
  readonly wants: () => boolean;
  /** A job was taken: it is renewed until it is dropped. */
  readonly receive: (job: TakenJob) => void;
  /** A taken job is no longer ours. */
  readonly lost: (job: TakenJob) => void;
}

/** Takes jobs of one list while there is room, keeps them locked, and rescues those of processes that died. What fails is tried again at the next turn. */
export class Taker {
  readonly #parts: TakerParts;
  readonly #held = new Set<TakenJob>();
  readonly #loop: Promise<void>;
  #nextRenewalMs = 0;
  #pause = new AbortController();
  #ended = false;

  constructor(parts: TakerParts) {
    this.#parts = parts;
    this.#loop = this.#run();
  }

  /** Looks for jobs now. */
  wake(): void {
    this.#pause.abort(WOKEN);
  }

  /** Renews a job no longer. */
  drop(job: TakenJob): void {
    this.#held.delete(job);
  }

  /** Takes and renews nothing more. */
  async end(): Promise<void> {
    this.#ended = true;
    this.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      if (this.#pause.signal.aborted) this.#pause = new AbortController();
      const pause = this.#pause.signal;
      try {
        await this.#turn();
      } catch (thrown) {
        // That the queue is away is told once, by whoever has the connection.
        if (!(thrown instanceof QueueUnavailable)) this.#parts.logger.error({ reason: messageOf(thrown) }, "looking for jobs failed");
      }
      if (!this.#ended) await this.#parts.clock.sleep(LOOK_MS, pause);
    }
  }

  async #turn(): Promise<void> {
    await this.#renewWhenDue();
    while (!this.#ended && this.#parts.wants()) {
      const job = await this.#parts.list.take();
      if (!job) return;
      this.#held.add(job);
      this.#parts.receive(job);
      await this.#renewWhenDue();
    }
  }

  async #renewWhenDue(): Promise<void> {
    const { list, clock, lost } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#nextRenewalMs) return;
    this.#nextRenewalMs = nowMs + RENEW_MS;
    if (this.#held.size > 0) {
      for (const job of await list.renew([...this.#held])) {
        if (this.#held.delete(job)) lost(job);
      }
    }
    await list.rescue();
  }
}
