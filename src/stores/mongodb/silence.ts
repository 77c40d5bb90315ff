import type { Clock } from "../../ports/clock.ts";
import type { Fault } from "./faults.ts";
import { RENEWALS } from "./renewal.ts";

/** Somebody who is in the way, and a sign that changes with each of his renewals. */
export interface Blocker {
  readonly pid: number;
  readonly host: string;
  readonly sign: string;
}

export interface Patience {
  readonly clock: Clock;
  readonly leaseMs: number;
}

/**
 * Waits for one in the way who may be gone: as long as his time lasts. `attempt` says who is in the way, or nothing when the way is free. Returns the one who
 * has shown that he lives, or has not gone.
 */
export async function untilGone({ clock, leaseMs }: Patience, attempt: () => Promise<Blocker | undefined>): Promise<Fault | undefined> {
  const first = await attempt();
  if (first === undefined) return undefined;
  const stepMs = leaseMs / RENEWALS;
  const until = clock.monotonicMs() + leaseMs + stepMs;
  while (clock.monotonicMs() < until) {
    await clock.sleep(stepMs);
    const now = await attempt();
    if (now === undefined) return undefined;
    if (now.sign !== first.sign) return inUse(now);
  }
  return inUse(first);
}

/** The process that has a store, for people. */
export function whoOf({ pid, host }: Pick<Blocker, "pid" | "host">): string {
  return `process ${pid} on host "${host}"`;
}

function inUse(blocker: Blocker): Fault {
  const remedy = "Stop that process first, or name another database: one store has one process.";
  return { problem: `is in use by ${whoOf(blocker)}`, remedy, isInUse: true };
}
