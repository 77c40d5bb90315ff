import type { AskBook } from "../../../src/ports/asks.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Cluster, ProcessFacts, SharedStore } from "../../../src/ports/cluster.ts";
import { type Acquired, type AppendBatch, AppendRefused, StoreUnavailable, StreamHeld } from "../../../src/ports/store.ts";
import { Holdings } from "../../../src/stores/holdings.ts";
import { LEASE_MS, Renewal } from "../../../src/stores/mongodb/renewal.ts";
import type { MemoryServer } from "./server.ts";

export interface JoinOptions {
  /** Of the machine on which the process runs. */
  readonly clock: Clock;
  readonly leaseMs?: number;
  /** Another process has declared this one gone: it must end. */
  readonly onTaken?: (() => void) | undefined;
  /** What the way to the server takes, and the way back. Without it there is none, and a call takes effect at once. */
  readonly travel?: ((to: "server" | "process") => Promise<void>) | undefined;
}

/** What becomes of a call: it never arrives, or its answer does not. */
export type Loss = "request" | "answer";

/** Whatever else a store is asked for only reads. */
const WRITES: ReadonlySet<string> = new Set(["saveSnapshot", "accept", "settle", "recordDelivery", "forgetChannel"]);

/** One process on a server in memory, which a test or the simulation may stop, wake or kill, and whose calls it may lose. */
export class MemoryProcess {
  readonly name: string;
  readonly store: SharedStore;
  readonly #server: MemoryServer;
  readonly #renewal: Renewal;
  readonly #travel: JoinOptions["travel"];
  readonly #holdings = new Holdings();
  /** Streams of which this process does not know whether it has them, and which it must not keep. */
  readonly #owed = new Map<string, boolean>();
  readonly #losses: Loss[] = [];
  #pause: PromiseWithResolvers<void> | undefined;
  #isDead = false;
  #isClosed = false;

  private constructor(server: MemoryServer, name: string, { clock, leaseMs = LEASE_MS, onTaken = () => undefined, travel }: JoinOptions) {
    this.name = name;
    this.#server = server;
    this.#travel = travel;
    this.#renewal = new Renewal(clock, leaseMs, () => this.#renew(), onTaken);
    this.store = this.#open();
  }

  /** Lets a process in under its name, and renews it from now on. */
  static async join(server: MemoryServer, facts: ProcessFacts, options: JoinOptions): Promise<MemoryProcess> {
    server.admit(facts, options.leaseMs ?? LEASE_MS);
    const process = new MemoryProcess(server, facts.name, options);
    await process.#renewal.claim();
    process.#renewal.keep();
    return process;
  }

  /** Stops the process as it stands: its calls wait, its renewals too, time goes on. */
  stall(): void {
    this.#pause ??= Promise.withResolvers<void>();
  }

  /** Lets a stopped process go on. */
  wake(): void {
    if (this.#isDead) return;
    this.#pause?.resolve();
    this.#pause = undefined;
  }

  /** No call takes effect or is answered any more. */
  kill(): void {
    this.#isDead = true;
    this.stall();
  }

  /** Loses the next writing call. */
  lose(loss: Loss): void {
    this.#losses.push(loss);
  }

  /** Loses no call that was not made yet. */
  loseNothing(): void {
    this.#losses.length = 0;
  }

  /** Does one thing at the server, at once when nothing is in the way, so that calls take effect in their order. */
  async #call<T>(kind: "read" | "write" | "append", work: () => T | Promise<T>): Promise<T> {
    if (this.#isClosed) throw new StoreUnavailable("the store is closed");
    if (this.#pause) await this.#pause.promise;
    if (kind === "read") return this.#there(work);
    const problem = this.#renewal.problem();
    if (problem !== undefined) throw new StoreUnavailable(`the store takes nothing: ${problem}`);
    const loss = this.#losses.shift();
    // An append whose answer was lost is emptied before the next one: to whoever reads later, it never was.
    if (loss === "request" || (loss === "answer" && kind === "append")) throw new StoreUnavailable("the store was not reached");
    const answer = await this.#there(work);
    if (loss === "answer") throw new StoreUnavailable("the store did not answer");
    return answer;
  }

  /** What has left reaches the server, also when its process dies meanwhile. */
  async #there<T>(work: () => T | Promise<T>): Promise<T> {
    if (!this.#travel) return work();
    await this.#travel("server");
    try {
      return await work();
    } finally {
      await this.#travel("process");
    }
  }

  /** The store of this process: the disk of all of them, behind its right to each stream and its way to the server. */
  #open(): SharedStore {
    const own = new Map<string | symbol, unknown>(
      Object.entries({
        cluster: this.#cluster(),
        asks: this.#asks(),
        acquire: (stream: string) => this.#acquire(stream),
        release: (stream: string, isUnanswered = false) => this.#release(stream, isUnanswered),
        unheld: (stream: string) => this.#unheld(stream),
        append: (batch: AppendBatch) => this.#append(batch),
        prune: (beforeWallMs: number) => this.#call("write", () => this.#server.prune(beforeWallMs)),
        close: () => this.#close(),
      }),
    );
    const { disk } = this.#server;
    return new Proxy(disk, {
      get: (target, name) => {
        if (own.has(name)) return own.get(name);
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function" || typeof name !== "string") return method;
        const kind = WRITES.has(name) ? "write" : "read";
        return (...args: unknown[]) => this.#call(kind, () => Reflect.apply(method, target, args));
      },
    }) as SharedStore;
  }

  #acquire(stream: string): Promise<Acquired> {
    const { disk } = this.#server;
    const isUnanswered = this.#owed.get(stream) === true;
    return this.#holdings.acquire(stream, () =>
      this.#owing(
        stream,
        async () => {
          this.#owed.delete(stream);
          const isTakeover = this.#server.take(this.name, stream, isUnanswered);
          const acquired = disk.acquire(stream);
          return isTakeover ? { ...(await acquired), isTakeover } : acquired;
        },
        isUnanswered,
      ),
    );
  }

  #release(stream: string, isUnanswered: boolean): Promise<void> {
    this.#holdings.give(stream);
    return this.#owing(stream, () => this.#give(stream, isUnanswered), isUnanswered);
  }

  #unheld(stream: string): string | undefined {
    return this.#isClosed ? "the store is closed" : (this.#renewal.problem() ?? this.#holdings.unheld(stream));
  }

  #append(batch: AppendBatch): Promise<void> {
    const missing = this.#holdings.missing(batch.stream);
    return this.#call("append", () => {
      if (missing !== undefined) throw new AppendRefused(missing);
      return this.#server.disk.append(batch);
    });
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#renewal.end(async () => {
      if (this.#pause) await this.#pause.promise;
      this.#server.leave(this.name, new Set([...this.#owed].flatMap(([stream, isUnanswered]) => (isUnanswered ? [stream] : []))));
    });
  }

  async #owing<T>(stream: string, work: () => T | Promise<T>, isUnanswered = false): Promise<T> {
    try {
      return await this.#call("write", work);
    } catch (thrown) {
      if (!(thrown instanceof StreamHeld)) this.#owed.set(stream, isUnanswered);
      throw thrown;
    }
  }

  #give(stream: string, isUnanswered: boolean): void {
    this.#server.give(this.name, stream, isUnanswered);
    this.#owed.delete(stream);
  }

  async #renew(): Promise<boolean> {
    if (this.#pause) await this.#pause.promise;
    return this.#there(() => {
      if (!this.#server.renew(this.name)) return false;
      for (const [stream, isUnanswered] of this.#owed) this.#give(stream, isUnanswered);
      return true;
    });
  }

  #cluster(): Cluster {
    return { members: () => this.#call("read", () => this.#server.members()) };
  }

  #asks(): AskBook {
    const { asks } = this.#server;
    const isHeld = (stream: string) => this.#unheld(stream) === undefined;
    return {
      ask: (ask) => this.#call("write", () => asks.ask(ask)),
      open: (streams) => this.#call("read", () => asks.open(this.name, streams.filter(isHeld))),
      begin: (id) => this.#call("write", () => asks.begin(this.name, id, isHeld)),
      answer: (id, body) => this.#call("write", () => asks.answer(this.name, id, body)),
      answers: (ids) => this.#call("read", () => asks.answers(ids)),
      withdraw: (id) => this.#call("write", () => asks.withdraw(id, this.#server.wallMs())),
    };
  }
}
