import { hostname } from "node:os";
import type { Clock } from "../../ports/clock.ts";
import type { Fault } from "./faults.ts";
import type { Collections, MetaDocument } from "./schemas.ts";

/** How long a process that is gone keeps others out. */
export const LEASE_MS = 15_000;
/** It is renewed so often in that time, */
const RENEWALS = 6;
/** and trusted for this part of it, counted from the last renewal: clocks of two machines need not agree for it. */
const TRUSTED_PART = 0.8;
/** How long giving it back may take. */
const RELEASE_MS = 1_000;
const LEASE_ID = "lease" as const;
const LONG_AGO = new Date(0);

export interface LeaseOptions {
  readonly meta: Collections["meta"];
  readonly clock: Clock;
  /** A name that no other process has. */
  readonly holder: string;
  readonly leaseMs?: number | undefined;
}

/**
 * The right of one process to write this database, by the server's own clock. It keeps a second desk from starting; what keeps two writers of
 * one stream apart is the chain of its links, whoever believes to have the lease.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #leaseMs: number;
  readonly #over = new AbortController();
  #trustedUntilMs = 0;
  #taken = false;
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
  }

  /** Takes the lease and keeps it, or says who has it. One whose holder is gone is waited for. */
  async take(): Promise<Fault | undefined> {
    const { clock } = this.#options;
    // What a compare-and-set can find: an upsert may not ask for the server's time.
    const nobody = { epoch: 0, expiresAt: LONG_AGO };
    await this.#options.meta.updateOne({ _id: LEASE_ID }, { $setOnInsert: nobody }, { upsert: true });
    if (await this.#claim()) return this.#keep();
    const held = await this.#held();
    const until = clock.monotonicMs() + this.#leaseMs + this.#leaseMs / RENEWALS;
    while (clock.monotonicMs() < until) {
      await clock.sleep(this.#leaseMs / RENEWALS);
      if (await this.#claim()) return this.#keep();
      const now = await this.#held();
      if (now?.holder !== held?.holder || now?.expiresAt?.getTime() !== held?.expiresAt?.getTime()) return inUse(now);
    }
    return inUse(held);
  }

  /** Why nothing may be written just now; undefined while the lease is trusted. */
  problem(): string | undefined {
    if (this.#options.clock.monotonicMs() < this.#trustedUntilMs) return undefined;
    return this.#taken ? "another process has taken it" : "it could not be asked for so long that another process may take it";
  }

  /** Gives the lease back, so that the next process need not wait. */
  async release(): Promise<void> {
    this.#over.abort();
    this.#trustedUntilMs = 0;
    const mine = { _id: LEASE_ID, holder: this.#options.holder };
    // A renewal that is under way would take it again.
    const given = this.#renewing.then(() => this.#options.meta.updateOne(mine, { $set: { expiresAt: LONG_AGO } }));
    // A lease that cannot be given back ends by itself, and an end must not wait for a database that is gone.
    await Promise.race([given.catch(() => undefined), this.#options.clock.sleep(RELEASE_MS)]);
  }

  #keep(): undefined {
    this.#renewing = this.#renew();
    return undefined;
  }

  async #renew(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#over;
    for (;;) {
      await clock.sleep(this.#leaseMs / RENEWALS, signal);
      if (signal.aborted) return;
      try {
        if (await this.#claim()) continue;
        this.#taken = true;
        this.#trustedUntilMs = 0;
        return;
      } catch {
        // Not answered: it is asked again, and trusted no longer than it may be.
      }
    }
  }

  /** One compare-and-set by the server's clock: ours, or nobody's any more. */
  async #claim(): Promise<boolean> {
    const { meta, clock, holder } = this.#options;
    const askedMs = clock.monotonicMs();
    const ours = { $eq: ["$holder", holder] };
    const expiresAt = { $add: ["$$NOW", this.#leaseMs] };
    const epoch = { $add: [{ $ifNull: ["$epoch", 0] }, { $cond: [ours, 0, 1] }] };
    const free = { $or: [ours, { $lt: ["$expiresAt", "$$NOW"] }] };
    const mine = [{ $set: { holder, host: hostname(), pid: process.pid, expiresAt, epoch } }];
    if ((await meta.updateOne({ _id: LEASE_ID, $expr: free }, mine)).matchedCount === 0) return false;
    this.#trustedUntilMs = askedMs + this.#leaseMs * TRUSTED_PART;
    return true;
  }

  async #held(): Promise<MetaDocument | undefined> {
    return (await this.#options.meta.findOne({ _id: LEASE_ID })) ?? undefined;
  }
}

function inUse(held: MetaDocument | undefined): Fault {
  const who = held ? `process ${held.pid} on host "${held.host}"` : "another process";
  return { problem: `is in use by ${who}`, remedy: "Stop that process first, or name another database: one store has one process." };
}
