import { hostname } from "node:os";
import type { Clock } from "../../ports/clock.ts";
import { type Fault, faultOf } from "./faults.ts";
import { LEASE_MS, RENEWALS, Renewal } from "./renewal.ts";
import type { Collections, MetaDocument } from "./schemas.ts";

const LEASE_ID = "lease" as const;
/** How often one who waits for it looks. */
const LOOK_EVERY_MS = 500;
const LONG_AGO = new Date(0);

export interface LeaseOptions {
  readonly collections: Pick<Collections, "meta">;
  readonly clock: Clock;
  /** A name that no other process has. */
  readonly holder: string;
  readonly leaseMs?: number | undefined;
  /** Another process has taken the lease for good: it could not be renewed in time. This one must end. */
  readonly onTaken?: (() => void) | undefined;
}

/**
 * The right of one process to have this database for itself, by the server's own clock. It keeps a second desk from starting; what keeps two writers of
 * one stream apart is the chain of its links, whoever believes to have the lease.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #leaseMs: number;
  readonly #renewal: Renewal;
  /** Whoever had it before did not give it back. */
  #wasLeft = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#renewal = new Renewal(options.clock, this.#leaseMs, () => this.#claim(), options.onTaken ?? (() => undefined));
  }

  /** Takes the lease and keeps it, or says who has it. One whose holder is gone is waited for. */
  async take(): Promise<Fault | undefined> {
    const { clock, collections } = this.#options;
    // What a compare-and-set can find: an upsert may not ask for the server's time.
    const nobody = { epoch: 0, expiresAt: LONG_AGO };
    await collections.meta.updateOne({ _id: LEASE_ID }, { $setOnInsert: nobody }, { upsert: true });
    if (await this.#renewal.claim()) return this.#keep();
    const held = await this.#held();
    const until = clock.monotonicMs() + this.#leaseMs + this.#leaseMs / RENEWALS;
    while (clock.monotonicMs() < until) {
      await clock.sleep(this.#leaseMs / RENEWALS);
      if (await this.#renewal.claim()) return this.#keep();
      const now = await this.#held();
      if (now?.holder !== held?.holder || now?.expiresAt?.getTime() !== held?.expiresAt?.getTime()) return inUse(now);
    }
    return inUse(held);
  }

  /** Why nothing may be written just now; undefined while the lease is trusted. */
  problem(): string | undefined {
    return this.#renewal.problem();
  }

  /** Whether the process that had it before may still be about: it did not give it back. */
  get isTakeover(): boolean {
    return this.#wasLeft;
  }

  /** Gives the lease back, so that the next process need not wait. */
  release(): Promise<void> {
    const mine = { _id: LEASE_ID, holder: this.#options.holder };
    return this.#renewal.end(() => this.#options.collections.meta.updateOne(mine, { $set: { expiresAt: LONG_AGO } }));
  }

  #keep(): undefined {
    this.#renewal.keep();
    return undefined;
  }

  /** One compare-and-set by the server's clock: ours, or nobody's any more. */
  async #claim(): Promise<boolean> {
    const { collections, holder } = this.#options;
    const ours = { $eq: ["$holder", holder] };
    const expiresAt = { $add: ["$$NOW", this.#leaseMs] };
    const epoch = { $add: [{ $ifNull: ["$epoch", 0] }, { $cond: [ours, 0, 1] }] };
    const free = { $or: [ours, { $lt: ["$expiresAt", "$$NOW"] }] };
    const mine = [{ $set: { holder, host: hostname(), pid: process.pid, expiresAt, epoch } }];
    const before = await collections.meta.findOneAndUpdate({ _id: LEASE_ID, $expr: free }, mine, { returnDocument: "before" });
    if (before === null) return false;
    if (before.holder !== holder) this.#wasLeft = (before.expiresAt ?? LONG_AGO) > LONG_AGO;
    return true;
  }

  async #held(): Promise<MetaDocument | undefined> {
    return (await this.#options.collections.meta.findOne({ _id: LEASE_ID })) ?? undefined;
  }
}

/** Waits until nobody has the lease of a database. `told` hears who has it, once; a database that does not answer meanwhile is asked again. */
export async function vacancy(meta: Collections["meta"], clock: Clock, told: (who: string) => void): Promise<void> {
  let isTold = false;
  for (;;) {
    try {
      const held = await meta.findOne({ _id: LEASE_ID, $expr: { $gt: ["$expiresAt", "$$NOW"] } });
      if (!held) return;
      if (!isTold) told(whoOf(held));
      isTold = true;
    } catch (thrown) {
      if (!faultOf(thrown)) throw thrown;
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}

function whoOf({ pid, host }: MetaDocument): string {
  return `process ${pid} on host "${host}"`;
}

function inUse(held: MetaDocument | undefined): Fault {
  const who = held ? whoOf(held) : "another process";
  return { problem: `is in use by ${who}`, remedy: "Stop that process first, or name another database: one store has one process." };
}
