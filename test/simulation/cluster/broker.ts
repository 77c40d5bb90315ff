import type { Broker, JobList, OfferedJob, TakenJob } from "../../../src/system/queue/broker.ts";
import type { MemoryBroker } from "../../kit/queue/memory-server.ts";
import type { Generation } from "../world/generation.ts";

/** A process's connection to the queue, behind its gate: while it stands still, it hears no word, and hears all of them when it goes on. */
export class GatedBroker implements Broker {
  readonly #generation: Generation;
  readonly #broker: MemoryBroker;

  constructor(generation: Generation, broker: MemoryBroker) {
    this.#generation = generation;
    this.#broker = broker;
  }

  list(name: string): JobList {
    const list = this.#broker.list(name);
    return {
      add: (jobs: readonly OfferedJob[]) => this.#pass("add", () => list.add(jobs)),
      restore: (jobs: readonly OfferedJob[]) => this.#pass("restore", () => list.restore(jobs)),
      take: () => this.#pass("take", () => list.take()),
      renew: (jobs: readonly TakenJob[]) => this.#pass("renew", () => list.renew(jobs)),
      offer: (job: TakenJob, afterMs: number) => this.#pass("offer", () => list.offer(job, afterMs)),
      finish: (job: TakenJob) => this.#pass("finish", () => list.finish(job)),
      withdraw: (id: string) => this.#pass("withdraw", () => list.withdraw(id)),
      rescue: () => this.#pass("rescue", () => list.rescue()),
    };
  }

  keep(key: string, text: string, forMs: number): Promise<void> {
    return this.#pass("keep", () => this.#broker.keep(key, text, forMs));
  }

  kept(key: string): Promise<string | undefined> {
    return this.#pass("kept", () => this.#broker.kept(key));
  }

  say(word: string): void {
    if (this.#generation.alive) this.#broker.say(word);
  }

  onWord(listener: (word: string) => void): () => void {
    return this.#broker.onWord((word) => {
      if (!this.#generation.frozen) {
        if (this.#generation.alive) listener(word);
      } else void this.#generation.stand().then(() => listener(word));
    });
  }

  close(): Promise<void> {
    return this.#pass("close", () => this.#broker.close());
  }

  #pass<T>(method: string, effect: () => Promise<T>): Promise<T> {
    return this.#generation.gate("queue", method, effect, true);
  }
}
