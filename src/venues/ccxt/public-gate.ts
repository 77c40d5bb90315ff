import { TransientError } from "../../domain/errors.ts";
import { exchangeName } from "../../domain/exchange-names.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Governor } from "../governor.ts";
import { publicWeight } from "./public-weight.ts";
import type { VenueTimeKeeper } from "./venue-time.ts";

export interface PublicGateOptions {
  readonly exchangeId: string;
  readonly clock: Clock;
  readonly governor: Governor;
  /** Learns from the `Date` of answers, where the exchange has no call for its time. */
  readonly time?: VenueTimeKeeper | undefined;
}

/** Public requests have no account of their own. */
const NOBODY = "public";
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
/** The header rounds down to it. */
const DATE_STEP_MS = 1_000;
const TOO_MANY_REQUESTS = 429;

/** Where each public request waits for its turn in the budget that the whole address shares, and where its answer is learned from. */
export class PublicGate {
  readonly #options: PublicGateOptions;

  constructor(options: PublicGateOptions) {
    this.#options = options;
  }

  /** How much longer the exchange is not to be asked anything. */
  get silenceMs(): number {
    const { governor, clock } = this.#options;
    return Math.max(0, governor.bannedUntilMs - clock.wall());
  }

  /** Waits until a request may be sent; answers the monotonic instant. Throws TransientError when it may not be sent at all. */
  async pass(url: URL): Promise<number> {
    const { exchangeId, governor, clock } = this.#options;
    const refusal = await governor.admit(NOBODY, { weight: publicWeight(exchangeId, url), orders: 0 }, "read");
    if (refusal) throw new TransientError(`${exchangeName(exchangeId)} was not asked: ${refusal.reason}`);
    return clock.monotonicMs();
  }

  /** Learns what a whole answer says about limits and time. */
  seen({ status, headers }: Response, askedMs: number): void {
    const { governor, clock, time } = this.#options;
    governor.observe(NOBODY, { phase: "answered", status, headers: new Map(headers), body: undefined });
    // What stands in front of the exchange has a clock of its own, and answers no JSON.
    const date = headers.get("content-type")?.includes("json") ? (headers.get("date") ?? "") : "";
    if (!time || !DATE.test(date)) return;
    const venueLowMs = Date.parse(date);
    time.learn({ venueLowMs, venueHighMs: venueLowMs + DATE_STEP_MS, askedMs, answeredMs: clock.monotonicMs() });
  }

  /** Some exchanges refuse for too many requests in a body of their own: then there is no status to go by. */
  limited(): void {
    if (this.silenceMs > 0) return;
    const { governor } = this.#options;
    governor.observe(NOBODY, { phase: "answered", status: TOO_MANY_REQUESTS, headers: new Map(), body: undefined });
  }
}
