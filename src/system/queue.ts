import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { AccountWork, AccountWorker, JobHandling, JobWish, JobWorker, Queue } from "../ports/queue.ts";
import { AccountCrew } from "./queue/account-crew.ts";
import type { Broker } from "./queue/broker.ts";
import { CoalescedWakeUps } from "./queue/coalesced-wake-ups.ts";
import { JobShift } from "./queue/job-shift.ts";
import type { JobSignatures } from "./queue/job-signatures.ts";
import { checkKind, submitJob } from "./queue/submitted-jobs.ts";

const ACCOUNTS = "accounts";

export interface QueueParts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the desk: ordinary jobs and their outcomes count with it alone. */
  readonly signatures: JobSignatures;
}

/** A process's place in the queue of its desk, over any broker. It owns the broker. */
export function openQueue({ broker, clock, logger, signatures }: QueueParts): Queue {
  return new BrokerQueue({ broker, clock, logger, signatures });
}

class BrokerQueue implements Queue {
  readonly #parts: QueueParts;
  readonly #wakeUps: CoalescedWakeUps;
  readonly #workers = new Set<{ end(): Promise<void> }>();
  #crew: AccountCrew | undefined;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#wakeUps = new CoalescedWakeUps(parts.broker, parts.clock);
  }

  ensure(streams: readonly string[]): Promise<void> {
    return this.#parts.broker.list(ACCOUNTS).restore(streams.map((stream) => ({ id: stream, body: stream })));
  }

  work(work: AccountWork): AccountWorker {
    if (this.#crew && !this.#crew.hasEnded)
      throw new Error("this process has its account worker already: change its capacity, or end it first");
    const { broker, clock, logger } = this.#parts;
    const crew = new AccountCrew({ list: broker.list(ACCOUNTS), clock, logger }, work);
    this.#crew = crew;
    this.#workers.add(crew);
    return crew;
  }

  submit(wish: JobWish) {
    return submitJob(wish, this.#parts);
  }

  handle(kind: string, handling: JobHandling): JobWorker {
    checkKind(kind);
    const shift = new JobShift({ ...this.#parts, kind, handling });
    this.#workers.add(shift);
    return shift;
  }

  tell(topic: string): void {
    this.#wakeUps.tell(topic);
  }

  onTell(listener: (topic: string) => void): () => void {
    return this.#wakeUps.onTell(listener);
  }

  async close(): Promise<void> {
    this.#wakeUps.close();
    await Promise.all([...this.#workers].map((worker) => worker.end()));
    await this.#parts.broker.close();
  }
}
