import { messageOf } from "../../domain/errors.ts";
import { SECOND_MS } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Api } from "./api.ts";
import type { ApiFault } from "./fault.ts";

const PROBE_FIRST_MS = SECOND_MS;
const PROBE_MAX_MS = 60 * SECOND_MS;

/** Keeps book of whether messages can be delivered: the gateway stands, and the HTTP API answered last time. */
export class Reach {
  gatewayReady = false;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #isApiDown = false;
  #isRefused = false;
  #isProbing = false;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  get reachable(): boolean {
    return this.gatewayReady && !this.#isApiDown && !this.#isRefused && !this.#signal.aborted;
  }

  /** The token is no good: nothing will be delivered any more. */
  refuse(): void {
    this.#isRefused = true;
  }

  /** Notes how a call ended. While nothing is sent because of an outage, a probe finds out when it is over. */
  note(outcome: "ok" | ApiFault, api: Api, log: (error: string) => void): void {
    this.#isApiDown = outcome === "down";
    if (!this.#isApiDown || this.#isProbing || this.#isRefused) return;
    this.#isProbing = true;
    void this.#probe(api, log);
  }

  async #probe(api: Api, log: (error: string) => void): Promise<void> {
    for (let delayMs = PROBE_FIRST_MS; this.#isApiDown && !this.#signal.aborted && !this.#isRefused; ) {
      await this.#clock.sleep(delayMs, this.#signal);
      delayMs = Math.min(delayMs * 2, PROBE_MAX_MS);
      if (this.#isApiDown && !this.#signal.aborted) await api.probe().catch((error: unknown) => log(messageOf(error)));
    }
    this.#isProbing = false;
  }
}
