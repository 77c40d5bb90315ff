import type { Chance, Clock } from "../../../src/ports/clock.ts";
import { QueueUnavailable } from "../../../src/ports/queue.ts";
import { type Broker, type JobList, LOCK_MS, type OfferedJob, type TakenJob } from "../../../src/system/queue/broker.ts";

export interface MemoryServerOptions {
  readonly clock: Clock;
  readonly chance?: Chance;
  /** The share of takes that bring a job which somebody else is doing, of words that are lost, and of words that come twice; 0 to 1. */
  readonly redelivered?: number;
  readonly lostWords?: number;
  readonly doubledWords?: number;
  /** What each question takes; a turn of the event loop unless something else is said. */
  readonly latency?: () => Promise<void>;
}

interface Entry {
  readonly body: string;
  takes: number;
  /** Whose it is and until when. */
  lock: { readonly token: string; untilMs: number } | undefined;
  /** When it may be taken; undefined while it is taken. */
  freeMs: number | undefined;
}

/** What Redis is for the queue, in memory: it may be stopped, emptied and cut off from single processes, and what it delivers may come again while it is being done. */
export class MemoryQueueServer {
  readonly #options: MemoryServerOptions;
  readonly #lists = new Map<string, Map<string, Entry>>();
  readonly #kept = new Map<string, { readonly text: string; readonly untilMs: number }>();
  readonly #brokers = new Set<MemoryBroker>();
  #isUp = true;
  #takings = 0;

  constructor(options: MemoryServerOptions) {
    this.#options = options;
  }

  /** The server as one process sees it. */
  connect(): MemoryBroker {
    const broker = new MemoryBroker(this);
    this.#brokers.add(broker);
    return broker;
  }

  /** Forgets everything. */
  flush(): void {
    this.#lists.clear();
    this.#kept.clear();
  }

  stop(): void {
    this.#isUp = false;
  }

  /** Again, with nothing of what it had. */
  start(): void {
    this.flush();
    this.#isUp = true;
  }

  /** Answers a question, as far as it can be reached. */
  async answer<T>(isCut: () => boolean, question: () => T): Promise<T> {
    await (this.#options.latency?.() ?? this.#options.clock.breathe());
    if (!this.#isUp || isCut()) throw new QueueUnavailable("the queue does not answer");
    return question();
  }

  say(word: string): void {
    const times = this.#happens(this.#options.lostWords) ? 0 : this.#happens(this.#options.doubledWords) ? 2 : 1;
    for (let time = 0; time < times; time += 1) for (const broker of this.#brokers) broker.hear(word);
  }

  add(name: string, jobs: readonly OfferedJob[]): void {
    const list = this.#listOf(name);
    for (const { id, body } of jobs) {
      if (!list.has(id)) list.set(id, { body, takes: 0, lock: undefined, freeMs: this.#nowMs });
    }
  }

  take(name: string): TakenJob | undefined {
    const list = [...this.#listOf(name)];
    const taken = list.filter(([, { lock }]) => lock !== undefined);
    const again = this.#happens(this.#options.redelivered) ? taken[this.#takings % Math.max(1, taken.length)] : undefined;
    const free = list.filter(([, { freeMs }]) => freeMs !== undefined && freeMs <= this.#nowMs);
    const [id, entry] = again ?? free.sort(([, a], [, b]) => (a.freeMs ?? 0) - (b.freeMs ?? 0))[0] ?? [];
    if (id === undefined || entry === undefined) return undefined;
    this.#takings += 1;
    entry.takes += 1;
    entry.freeMs = undefined;
    entry.lock = { token: `taking ${this.#takings}`, untilMs: this.#nowMs + LOCK_MS };
    return { id, body: entry.body, token: entry.lock.token, takes: entry.takes };
  }

  renew(name: string, jobs: readonly TakenJob[]): readonly TakenJob[] {
    return jobs.filter((job) => {
      const lock = this.#held(name, job)?.lock;
      if (lock) lock.untilMs = this.#nowMs + LOCK_MS;
      return lock === undefined;
    });
  }

  offer(name: string, job: TakenJob, afterMs: number): void {
    const entry = this.#held(name, job);
    if (!entry) return;
    entry.lock = undefined;
    entry.freeMs = this.#nowMs + afterMs;
  }

  finish(name: string, job: TakenJob): void {
    if (this.#held(name, job)) this.#listOf(name).delete(job.id);
  }

  withdraw(name: string, id: string): void {
    if (this.#listOf(name).get(id)?.lock === undefined) this.#listOf(name).delete(id);
  }

  rescue(name: string): void {
    for (const entry of this.#listOf(name).values()) {
      if (entry.lock === undefined || entry.lock.untilMs > this.#nowMs) continue;
      entry.lock = undefined;
      entry.freeMs = this.#nowMs;
    }
  }

  keep(key: string, text: string, forMs: number): void {
    this.#kept.set(key, { text, untilMs: this.#nowMs + forMs });
  }

  kept(key: string): string | undefined {
    const found = this.#kept.get(key);
    return found !== undefined && found.untilMs > this.#nowMs ? found.text : undefined;
  }

  leave(broker: MemoryBroker): void {
    this.#brokers.delete(broker);
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #listOf(name: string): Map<string, Entry> {
    const known = this.#lists.get(name) ?? new Map<string, Entry>();
    this.#lists.set(name, known);
    return known;
  }

  /** What a taking still has: another may have taken it since, and a lock that has run out is nobody's. */
  #held(name: string, { id, token }: TakenJob): Entry | undefined {
    const entry = this.#listOf(name).get(id);
    const lock = entry?.lock;
    return lock !== undefined && lock.token === token && lock.untilMs > this.#nowMs ? entry : undefined;
  }

  #happens(share = 0): boolean {
    const [byte = 255] = share > 0 ? (this.#options.chance?.bytes(1) ?? []) : [];
    return share > 0 && byte < share * 256;
  }
}

/** One process's connection: it may be cut off by itself. */
export class MemoryBroker implements Broker {
  readonly #server: MemoryQueueServer;
  readonly #listeners = new Set<(word: string) => void>();
  #isCut = false;

  constructor(server: MemoryQueueServer) {
    this.#server = server;
  }

  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
  }

  list(name: string): JobList {
    const server = this.#server;
    const ask = <T>(question: () => T) => this.#ask(question);
    return {
      add: (jobs) => ask(() => server.add(name, jobs)),
      restore: (jobs) => ask(() => server.add(name, jobs)),
      take: () => ask(() => server.take(name)),
      renew: (jobs) => ask(() => server.renew(name, jobs)),
      offer: (job, afterMs) => ask(() => server.offer(name, job, afterMs)),
      finish: (job) => ask(() => server.finish(name, job)),
      withdraw: (id) => ask(() => server.withdraw(name, id)),
      rescue: () => ask(() => server.rescue(name)),
    };
  }

  keep(key: string, text: string, forMs: number): Promise<void> {
    return this.#ask(() => this.#server.keep(key, text, forMs));
  }

  kept(key: string): Promise<string | undefined> {
    return this.#ask(() => this.#server.kept(key));
  }

  say(word: string): void {
    this.#ask(() => this.#server.say(word)).catch(() => undefined);
  }

  onWord(listener: (word: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hear(word: string): void {
    if (this.#isCut) return;
    for (const listener of this.#listeners) listener(word);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#server.leave(this);
  }

  #ask<T>(question: () => T): Promise<T> {
    return this.#server.answer(() => this.#isCut, question);
  }
}
