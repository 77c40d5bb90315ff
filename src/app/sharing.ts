import { ConfigError } from "../domain/errors.ts";
import type { SharedOptions } from "../engine/cluster/shared.ts";
import type { SharedStore } from "../ports/cluster.ts";
import type { Queue } from "../ports/queue.ts";
import { openDeskQueue, openSharedStore, processFacts } from "./plugs.ts";
import { type ProcessOptions, takenFrom } from "./process.ts";

/** What a process shares with the others of its desk. */
export interface Sharing {
  readonly store: SharedStore;
  readonly queue: Queue;
  readonly shared: SharedOptions;
}

/** Joins the processes that share the desk. Throws ConfigError where the store or the queue cannot be shared. */
export async function openSharing(options: ProcessOptions, role: SharedOptions["role"]): Promise<Sharing> {
  const facts = processFacts(options, role);
  const store = await openSharedStore({ ...options, onTaken: takenFrom(options) }, facts);
  try {
    const queue = await openDeskQueue(options, deskName(options.config.storeUrl));
    if (!queue)
      throw new ConfigError([
        { setting: "REDIS_URL", problem: `ROLE=${role} needs a Redis`, remedy: "Write redis://, a host and a port." },
      ]);
    const { asks, cluster } = store;
    return { store, queue, shared: { role, processName: facts.name, asks, cluster, queue, vault: options.vault } };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

/** Desks that share a Redis are told apart by their databases. */
function deskName(storeUrl: string): string {
  return /\/([\w-]+)(?:\?|$)/.exec(storeUrl.trim())?.[1] ?? "desk";
}
