import type { Clock } from "../../../src/ports/clock.ts";
import type { AccountWorker, Queue, RunEnd } from "../../../src/ports/queue.ts";
import type { Broker } from "../../../src/system/queue/broker.ts";

/** One process of a desk, as the queue knows it. */
export interface StagedProcess {
  readonly queue: Queue;
  /** Warnings of its log. */
  readonly warnings: readonly string[];
  /** Neither asks nor hears any more. */
  cut(): void;
  mend(): void;
}

/** Processes, and what is between them. */
export interface QueueStage {
  readonly clock: Clock;
  process(): Promise<StagedProcess>;
  /** What is between them, as somebody sees it who is no process of the desk and has not its key. */
  intruder(): Promise<Broker>;
  /** What is between them forgets everything. */
  flush(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again, with nothing of what it had. */
  start(): Promise<void>;
  /** Lets time go by until something holds. */
  until(what: string, holds: () => boolean): Promise<void>;
  end(): Promise<void>;
}

/** An engine without anything to trade: it takes leases, as the store gives them, and runs accounts until they are taken from it. */
export class Engine {
  readonly process: StagedProcess;
  /** Streams in the order in which they were begun here. */
  readonly begun: string[] = [];
  readonly aborted: string[] = [];
  /** Streams that were begun here while they ran here. */
  readonly begunTwice: string[] = [];
  /** When a stream was offered here that another engine has. */
  readonly refusedAtMs: number[] = [];
  readonly worker: AccountWorker;
  readonly #leases: Map<string, Engine>;
  #isDead = false;
  readonly #running = new Set<string>();

  constructor(process: StagedProcess, leases: Map<string, Engine>, clock: Clock, capacity: number) {
    this.process = process;
    this.#leases = leases;
    this.worker = process.queue.work({
      capacity,
      run: async (stream, signal): Promise<RunEnd> => {
        if (this.#running.has(stream)) this.begunTwice.push(stream);
        if (leases.has(stream)) {
          this.refusedAtMs.push(clock.monotonicMs());
          return "held-elsewhere";
        }
        leases.set(stream, this);
        this.begun.push(stream);
        this.#running.add(stream);
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        this.aborted.push(stream);
        this.#running.delete(stream);
        if (!this.#isDead) leases.delete(stream);
        return "released";
      },
    });
  }

  get holds(): string[] {
    return [...this.#leases].flatMap(([stream, holder]) => (holder === this ? [stream] : [])).sort();
  }

  /** As with kill -9: nothing is given back. Its leases run out a while later. */
  die(): void {
    this.#isDead = true;
    this.process.cut();
    for (const stream of this.holds) this.#leases.delete(stream);
  }
}

/** Resolves as the promise does, while time goes by. */
export async function settledOn<T>(stage: QueueStage, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const end = () => {
    isSettled = true;
  };
  promise.then(end, end);
  await stage.until("it is settled", () => isSettled);
  return promise;
}
