import type { ProcessFacts, ProcessRole, SharedStore } from "../../../src/ports/cluster.ts";

/** One process under test. */
export interface Joined {
  readonly facts: ProcessFacts;
  readonly store: SharedStore;
  /** Resolves when it hears that it was declared gone. */
  readonly taken: Promise<void>;
  /** It stands still from now on, and its time is over by the store's clock. */
  lapse(): Promise<void>;
  /** It goes on after it stood still; its machine's clock has gone on all the time. */
  wake(): Promise<void>;
  /** Lets its next renewal happen. */
  renew(): Promise<void>;
  /** Its next writing call about holds or asks never arrives, or is never answered. */
  lose(what: "holds" | "asks", loss: "request" | "answer"): Promise<void>;
}

/** The place of the running test, asked for when the test runs: a store that processes join under names of their own. */
export type ClusterSubject = () => { join(role?: ProcessRole): Promise<Joined> };

export const LOSSES = ["request", "answer"] as const;

const ROUNDS_MAX = 2_000;

/** Asks again and again until the answer is true. */
export async function eventually(question: () => Promise<boolean> | boolean): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (await question()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`it did not happen in ${ROUNDS_MAX} looks`);
}

/** Acquires a stream as soon as nobody else has it. */
export async function acquireSoon({ store }: Joined, stream: string) {
  let acquired: Awaited<ReturnType<SharedStore["acquire"]>> | undefined;
  await eventually(async () => {
    acquired = await store.acquire(stream).catch(() => undefined);
    return acquired !== undefined;
  });
  return acquired;
}
