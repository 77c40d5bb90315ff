import type { OpenedEngine } from "../../../src/engine/open.ts";
import type { Queue } from "../../../src/ports/queue.ts";
import type { MemoryProcess } from "../../kit/memory-cluster/process.ts";
import type { MemoryBroker } from "../../kit/queue/memory-server.ts";
import type { ProcessClock } from "../world/clock.ts";
import type { Generation } from "../world/generation.ts";

export type Role = "gateway" | "engine";

/** One of the processes of a desk, from its start to its death. */
export class ClusterMember {
  readonly role: Role;
  readonly name: string;
  readonly generation: Generation;
  readonly clock: ProcessClock;
  readonly broker: MemoryBroker;
  process: MemoryProcess | undefined;
  queue: Queue | undefined;
  opened: OpenedEngine | undefined;
  isBeating = false;
  /** It gives everything back and ends. */
  isEnding = false;
  /** Its calls do not reach the store. */
  isCut = false;
  /** Its last disturbance, in time of the world: whatever it was, it needs a moment after it. */
  disturbedMs = 0;

  constructor(role: Role, generation: Generation, clock: ProcessClock, broker: MemoryBroker) {
    this.role = role;
    this.name = `${role}-${generation.number}`;
    this.generation = generation;
    this.clock = clock;
    this.broker = broker;
  }

  get number(): number {
    return this.generation.number;
  }

  /** Whether it runs and nothing is in its way. */
  get works(): boolean {
    return this.opened !== undefined && this.generation.alive && !this.generation.frozen && !this.isCut && !this.isEnding;
  }
}
