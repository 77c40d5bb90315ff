import type { Clock } from "../../../src/ports/clock.ts";
import type { Member, ProcessFacts } from "../../../src/ports/cluster.ts";
import { type Store, StreamHeld } from "../../../src/ports/store.ts";
import { openMemoryStore } from "../../../src/stores/memory.ts";
import { TAKEOVER_MS } from "../../../src/stores/mongodb/limits.ts";
import { MemoryAsks } from "./asks.ts";

interface Present {
  readonly facts: ProcessFacts;
  readonly leaseMs: number;
  renewedMs: number;
  isGone: boolean;
}

interface Hold {
  holder: string | undefined;
  /** When it was last taken from a process that was gone. */
  leftMs?: number;
}

/** A store in memory that several processes share, as they share a database: each joins it and has a way of its own to it. Its clock is its own. */
export class MemoryServer {
  /** What all of them share; it knows nothing of processes. */
  readonly disk: Store;
  readonly asks = new MemoryAsks();
  readonly #clock: Clock;
  readonly #present = new Map<string, Present>();
  readonly #holds = new Map<string, Hold>();

  constructor(clock: Clock, disk: Store = openMemoryStore()) {
    this.#clock = clock;
    this.disk = disk;
  }

  /** Lets a process in under its name, which no other one may ever have had. */
  admit(facts: ProcessFacts, leaseMs: number): void {
    if (this.#present.has(facts.name)) throw new Error(`the name "${facts.name}" was another process's: a process joins under a new one`);
    this.#present.set(facts.name, { facts, leaseMs, renewedMs: this.#clock.monotonicMs(), isGone: false });
  }

  wallMs(): number {
    return this.#clock.wall();
  }

  /** False when the process was declared gone: nothing brings it back. */
  renew(name: string): boolean {
    const present = this.#present.get(name);
    if (!present || present.isGone) return false;
    present.renewedMs = this.#clock.monotonicMs();
    return true;
  }

  /** Gives a stream to a process; true when what was sent for it before may still be on its way. Throws `StreamHeld`. */
  take(name: string, stream: string, isUnanswered: boolean): boolean {
    const nowMs = this.#clock.monotonicMs();
    const hold: Hold = this.#holds.get(stream) ?? { holder: undefined };
    if (hold.holder !== undefined && hold.holder !== name) {
      const other = this.#present.get(hold.holder);
      if (other && !this.#declareGone(other)) throw new StreamHeld(stream, other.facts);
      hold.leftMs = nowMs;
    }
    if (isUnanswered) hold.leftMs = nowMs;
    hold.holder = name;
    this.#holds.set(stream, hold);
    return hold.leftMs !== undefined && nowMs - hold.leftMs < TAKEOVER_MS;
  }

  give(name: string, stream: string, isUnanswered: boolean): void {
    const hold = this.#holds.get(stream);
    if (hold?.holder !== name) return;
    hold.holder = undefined;
    if (isUnanswered) hold.leftMs = this.#clock.monotonicMs();
  }

  leave(name: string, unanswered: ReadonlySet<string>): void {
    for (const stream of this.#streamsOf(name)) this.give(name, stream, unanswered.has(stream));
    this.#present.delete(name);
  }

  prune(beforeWallMs: number): void {
    void this.disk.prune(beforeWallMs);
    this.asks.prune(beforeWallMs);
    for (const [name, { isGone }] of this.#present) if (isGone && this.#streamsOf(name).length === 0) this.#present.delete(name);
  }

  members(): Member[] {
    const all = [...this.#present.values()].map((present) => {
      const isGone = present.isGone || this.#isOver(present);
      const renewedAgoMs = this.#clock.monotonicMs() - present.renewedMs;
      return { ...present.facts, renewedAgoMs, isGone, streams: this.#streamsOf(present.facts.name) };
    });
    const there = all.filter(({ isGone, streams }) => !isGone || streams.length > 0);
    return there.sort((a, b) => a.startedMs - b.startedMs || (a.name < b.name ? -1 : 1));
  }

  #declareGone(present: Present): boolean {
    present.isGone ||= this.#isOver(present);
    return present.isGone;
  }

  #isOver({ renewedMs, leaseMs }: Present): boolean {
    return this.#clock.monotonicMs() - renewedMs > leaseMs;
  }

  #streamsOf(name: string): string[] {
    const held: string[] = [];
    for (const [stream, { holder }] of this.#holds) if (holder === name) held.push(stream);
    return held.sort();
  }
}
