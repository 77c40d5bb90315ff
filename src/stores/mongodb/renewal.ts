import type { Clock } from "../../ports/clock.ts";

/** How long a process that is gone keeps others out. */
export const LEASE_MS = 15_000;
/** It is renewed so often in that time, */
export const RENEWALS = 6;
/** and trusted for this part of it, counted from the last renewal: clocks of two machines need not agree for it. */
const TRUSTED_PART = 0.8;
/** How long giving it back may take. */
const RELEASE_MS = 1_000;

/** Keeps a right that must be renewed, and knows how long it may be trusted: by this machine's monotonic clock, which goes on while the process is stopped. */
export class Renewal {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #claim: () => Promise<boolean>;
  readonly #onTaken: () => void;
  readonly #over = new AbortController();
  #trustedUntilMs = 0;
  #taken = false;
  #renewing: Promise<void> = Promise.resolve();

  /** `claim` is one compare-and-set: false when the right is another one's now, of which `onTaken` is told when it is found out while it was kept. */
  constructor(clock: Clock, leaseMs: number, claim: () => Promise<boolean>, onTaken: () => void) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#claim = claim;
    this.#onTaken = onTaken;
  }

  /** Claims the right once. */
  async claim(): Promise<boolean> {
    const askedMs = this.#clock.monotonicMs();
    if (!(await this.#claim())) return false;
    this.#trustedUntilMs = askedMs + this.#leaseMs * TRUSTED_PART;
    return true;
  }

  /** From now on the right is renewed. */
  keep(): void {
    this.#renewing = this.#renew();
  }

  /** Why nothing may be done under this right just now; undefined while it is trusted. */
  problem(): string | undefined {
    if (this.#clock.monotonicMs() < this.#trustedUntilMs) return undefined;
    return this.#taken ? "another process has taken it" : "it could not be asked for so long that another process may take it";
  }

  /** Gives the right back by `give`, so that the next process need not wait. */
  async end(give: () => Promise<unknown>): Promise<void> {
    this.#over.abort();
    this.#trustedUntilMs = 0;
    // A renewal that is under way would take it again.
    const given = this.#renewing.then(give);
    const patience = new AbortController();
    // A right that cannot be given back ends by itself, and an end must not wait for a database that is gone.
    await Promise.race([given.catch(() => undefined), this.#clock.sleep(RELEASE_MS, patience.signal)]);
    patience.abort();
  }

  async #renew(): Promise<void> {
    const { signal } = this.#over;
    for (;;) {
      await this.#clock.sleep(this.#leaseMs / RENEWALS, signal);
      if (signal.aborted) return;
      try {
        if (await this.claim()) continue;
        this.#taken = true;
        this.#trustedUntilMs = 0;
        return this.#onTaken();
      } catch {
        // Not answered: it is asked again, and trusted no longer than it may be.
      }
    }
  }
}
