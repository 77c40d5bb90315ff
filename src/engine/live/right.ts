import type { LiveVenue } from "../../ports/live-venue.ts";
import type { AccountWriter } from "../account.ts";
import { isOff } from "./upkeep.ts";

/**
 * Whether this process may send for an account now. The lease on its stream says so, and after a takeover the exchange's receive window: a request that the
 * former holder signed in its last moment may be taken until then, and two holders must not meet in one window. The exchange itself knows of no leases.
 */
export class SendingRight {
  readonly #writer: Pick<AccountWriter, "unheld" | "isTakeover">;
  readonly #monotonicMs: () => number;
  readonly #sinceMs: number;

  constructor(writer: Pick<AccountWriter, "unheld" | "isTakeover">, monotonicMs: () => number) {
    this.#writer = writer;
    this.#monotonicMs = monotonicMs;
    this.#sinceMs = monotonicMs();
  }

  /** Why nothing may be sent, not even an exit; undefined when it may. */
  missing({ traits }: LiveVenue): string | undefined {
    const unheld = this.#writer.unheld();
    if (unheld !== undefined) return `the account is not this process's now: ${unheld}`;
    const windowMs = this.#writer.isTakeover ? traits.fenceMs - traits.readLagMs : 0;
    if (this.#monotonicMs() - this.#sinceMs >= windowMs) return undefined;
    return `the account was taken over from another process, whose last request the exchange may still take within ${Math.ceil(windowMs / 1000)} s`;
  }

  /** Why no entry may be made. */
  closed(venue: LiveVenue, isReconciled: boolean): string | undefined {
    const missing = this.missing(venue);
    if (missing !== undefined) return missing;
    if (!isReconciled) return "the account is being reconciled with the exchange";
    return isOff(venue) ? "this machine's clock is not the exchange's" : undefined;
  }
}
