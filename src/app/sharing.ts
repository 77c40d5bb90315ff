import { ConfigError } from "../domain/errors.ts";
import { Secret } from "../domain/secret.ts";
import type { SharedOptions } from "../engine/cluster/shared.ts";
import type { Member, SharedStore } from "../ports/cluster.ts";
import type { OrdinaryJobs } from "../ports/queue.ts";
import { openDeskQueue, openSharedCounts, openSharedStore, processFacts, type SharedCounts } from "./plugs.ts";
import { type ProcessOptions, takenFrom } from "./process.ts";

/** Bytes of the key that the processes of a desk sign with. */
const KEY_BYTES = 32;

/** What a process shares with the others of its desk. */
export interface Sharing {
  readonly store: SharedStore;
  /** What all processes behind one address, or of one desk, count together. */
  readonly counts: SharedCounts;
  readonly shared: SharedOptions;
  /** Work that any of them does for the others. */
  readonly jobs: OrdinaryJobs;
  /** Leaves the others; the store is closed by itself, last. */
  close(): Promise<void>;
}

/** Joins the processes that share the desk. Throws ConfigError where the store or the queue cannot be shared. */
export async function openSharing(options: ProcessOptions, role: SharedOptions["role"]): Promise<Sharing> {
  const facts = processFacts(options, role);
  const store = await openSharedStore({ ...options, onTaken: takenFrom(options) }, facts);
  const desk = deskName(options.config.storeUrl);
  const offered = new Secret(options.chance.bytes(KEY_BYTES).toString("hex"));
  const key = await store.deskKey(offered).catch(async (thrown: unknown) => {
    await store.close();
    throw thrown;
  });
  let processes = 1;
  const counts = await openSharedCounts({ ...options, desk, egress: options.config.egress, processes: () => processes });
  const queue = await openDeskQueue({ ...options, desk, key });
  const close = async () => {
    counts?.close();
    await queue?.close();
  };
  if (!queue || !counts) {
    await Promise.all([close(), store.close()]);
    throw new ConfigError([{ setting: "REDIS_URL", problem: `ROLE=${role} needs a Redis`, remedy: "Write redis://, a host and a port." }]);
  }
  const { asks, cluster } = store;
  const saw = (members: readonly Member[]) => {
    processes = Math.max(1, members.filter(({ isGone }) => !isGone).length);
  };
  return { store, counts, close, jobs: queue, shared: { role, processName: facts.name, asks, cluster, queue, vault: options.vault, saw } };
}

/** Desks that share a Redis are told apart by their databases. */
function deskName(storeUrl: string): string {
  return /\/([\w-]+)(?:\?|$)/.exec(storeUrl.trim())?.[1] ?? "desk";
}
