import { ClusterWorld } from "./cluster/world.ts";
import type { Violation } from "./referee/referee.ts";
import type { CrashPoint } from "./world/generation.ts";
import { World, type WorldOptions } from "./world/world.ts";

/** What one seed led to. */
export interface SeedResult {
  readonly seed: number;
  readonly hash: string;
  readonly violations: readonly Violation[];
  readonly counts: readonly (readonly [string, number])[];
  readonly faults: readonly string[];
  readonly happened: number;
  /** Port calls of the first process, and where it was told to die. */
  readonly portCalls: number;
  readonly crash: CrashPoint | undefined;
  readonly virtualMs: number;
  /** Time of the processor that it took. */
  readonly workMs: number;
}

/** Plays one seed from its beginning to its end, or to its first broken invariant. */
export async function runSeed(options: WorldOptions): Promise<SeedResult> {
  const startedUs = cpuUs();
  const world = options.instances ? new ClusterWorld(options, options.instances) : new World(options);
  await world.run();
  return {
    seed: options.seed,
    hash: world.machine.trace.digest(),
    violations: world.referee.violations,
    counts: [...world.machine.coverage.counts],
    faults: [...world.draw.climates.keys()],
    portCalls: world.portCalls,
    crash: options.scenario?.crash,
    happened: world.machine.timeline.happened,
    virtualMs: world.machine.timeline.nowMs,
    workMs: (cpuUs() - startedUs) / 1_000,
  };
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
