import type { AskBook } from "../../ports/asks.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Cluster, SharedStore } from "../../ports/cluster.ts";
import { StoreUnavailable } from "../../ports/store.ts";
import { Holdings } from "../holdings.ts";
import { Renewal } from "../renewal.ts";
import type { MemoryServer } from "./server.ts";
import { MemoryStore, type Seat } from "./store.ts";

export interface JoinOptions {
  /** Of the machine on which the process runs. */
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Another process has declared this one gone: it must end. */
  readonly onTaken?: (() => void) | undefined;
}

/** What becomes of a call: it never arrives, or its answer does not. */
export type Loss = "request" | "answer";

/** One process on a server in memory, which a test or the simulation may stop, wake or kill, and whose calls it may lose. */
export class MemoryProcess implements Seat {
  readonly name: string;
  readonly store: SharedStore;
  readonly #server: MemoryServer;
  readonly #renewal: Renewal;
  readonly #holdings = new Holdings();
  readonly #owed = new Set<string>();
  readonly #losses: Loss[] = [];
  #pause: PromiseWithResolvers<void> | undefined;
  #isDead = false;

  constructor(server: MemoryServer, name: string, { clock, leaseMs, onTaken = () => undefined }: JoinOptions) {
    this.name = name;
    this.#server = server;
    this.#renewal = new Renewal(clock, leaseMs, () => this.#renew(), onTaken);
    this.store = Object.assign(new MemoryStore(server.data, this, this.#holdings), { cluster: this.#cluster(), asks: this.#asks() });
  }

  /** From now on it is renewed. */
  async begin(): Promise<void> {
    await this.#renewal.claim();
    this.#renewal.keep();
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

  async call<T>(kind: "read" | "write", work: () => T): Promise<T> {
    if (this.#pause) await this.#pause.promise;
    if (kind === "read") return work();
    const problem = this.problem();
    if (problem !== undefined) throw new StoreUnavailable(`the store takes nothing: ${problem}`);
    const loss = this.#losses.shift();
    if (loss === "request") throw new StoreUnavailable("the store was not reached");
    const answer = work();
    if (loss === "answer") throw new StoreUnavailable("the store did not answer");
    return answer;
  }

  take(stream: string): boolean {
    const isTakeover = this.#server.take(this.name, stream);
    this.#owed.delete(stream);
    return isTakeover;
  }

  give(stream: string): void {
    this.#server.give(this.name, stream);
    this.#owed.delete(stream);
  }

  owe(stream: string): void {
    this.#owed.add(stream);
  }

  problem(): string | undefined {
    return this.#renewal.problem();
  }

  prune(beforeWallMs: number): void {
    this.#server.prune(beforeWallMs);
  }

  leave(): Promise<void> {
    return this.#renewal.end(() => this.call("read", () => this.#server.leave(this.name)));
  }

  async #renew(): Promise<boolean> {
    if (this.#pause) await this.#pause.promise;
    if (!this.#server.renew(this.name)) return false;
    for (const stream of this.#owed) this.give(stream);
    return true;
  }

  #cluster(): Cluster {
    return { members: () => this.call("read", () => this.#server.members()) };
  }

  #asks(): AskBook {
    const { asks } = this.#server;
    const isHeld = (stream: string) => this.store.unheld(stream) === undefined;
    return {
      ask: (ask) => this.call("write", () => asks.ask(ask)),
      open: (streams) => this.call("read", () => asks.open(this.name, streams.filter(isHeld))),
      begin: (id) => this.call("write", () => asks.begin(this.name, id, isHeld)),
      answer: (id, body) => this.call("write", () => asks.answer(this.name, id, body)),
      answers: (ids) => this.call("read", () => asks.answers(ids)),
      withdraw: (id) => this.call("write", () => asks.withdraw(id, this.#server.wallMs())),
    };
  }
}
