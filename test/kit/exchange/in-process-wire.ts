import type { Clock } from "../../../src/ports/clock.ts";
import type { Wire, WireAnswer, WireCall } from "../../../src/venues/wire.ts";
import type { Door, DoorAnswer, DoorRequest } from "./door.ts";
import { type Fault, type FaultPlan, NO_FAULTS } from "./faults.ts";

export interface InProcessWireOptions {
  readonly door: Door;
  /** The caller's clock: it signs with it, and waits and times out on it. */
  readonly clock: Clock;
  /** Makes the request of a call, signed with the given time: `spotSigner(key)` for Binance. */
  readonly sign: (call: WireCall, signingMs: number) => DoorRequest;
  readonly faults?: FaultPlan;
  /** What time it is at the exchange; the caller's wall time unless said. */
  readonly venueNow?: () => number;
  /** Time on the way to the exchange and back. Without any, an answer takes no time at all. */
  readonly latencyMs?: (call: WireCall) => { readonly there: number; readonly back: number };
  /** Runs something later in the exchange's world, which lives on when the caller dies; the caller's own clock unless said. */
  readonly later?: (delayMs: number, run: () => void) => void;
  /** Where a process that sends may be stopped, as between any two of its instructions. */
  readonly stops?: WireStops;
  /** Hears of every request that reached the exchange or something in front of it, with its answer, and of those that were lost. */
  readonly onExchange?: (exchange: WireExchange) => void;
}

/** What happens on the way from a call to its first byte. */
export interface WireStops {
  unsigned(call: WireCall): Promise<void>;
  /** Why the signed request does not leave after all; undefined when it does. */
  signed(call: WireCall, request: DoorRequest): Promise<string | undefined>;
}

/** One request as the wire saw it. */
export interface WireExchange {
  readonly atMs: number;
  readonly request: DoorRequest;
  readonly fault: Fault | undefined;
  readonly answer: DoorAnswer | undefined;
}

/** A wire that ends in an exchange in the same process: no sockets, no timers but the clock's, equal for equal inputs. */
export class InProcessWire implements Wire {
  readonly #options: InProcessWireOptions;
  readonly #venueNow: () => number;
  #offsetMs = 0;
  #closed = false;

  constructor(options: InProcessWireOptions) {
    this.#options = options;
    this.#venueNow = options.venueNow ?? (() => options.clock.wall());
  }

  setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async send(call: WireCall): Promise<WireAnswer> {
    if (this.#closed) return { phase: "not-sent", reason: "the connection to the exchange was closed" };
    const { clock, faults = NO_FAULTS, stops } = this.#options;
    if (stops) await stops.unsigned(call);
    const request = this.#options.sign(call, clock.wall() + this.#offsetMs);
    const kept = (stops && (await stops.signed(call, request))) ?? call.barred?.();
    if (kept !== undefined) return { phase: "not-sent", reason: kept };
    const fault = faults.next(request, this.#venueNow());
    if (fault?.lost === "before-bytes") return this.#unsent(request, fault);
    const latency = this.#options.latencyMs?.(call) ?? { there: 0, back: 0 };
    const thereMs = latency.there + (fault?.delayMs ?? 0);
    if (fault?.lost === "on-the-way") return this.#lost(request, fault, call.timeoutMs);
    if (thereMs >= call.timeoutMs) {
      this.#later(thereMs, () => this.#reach(request, fault));
      return this.#timedOut(call.timeoutMs);
    }
    await this.#wait(thereMs);
    const answer = this.#reach(request, fault);
    const spoilt = spoil(answer, fault?.answer);
    if (spoilt === "silence" || thereMs + latency.back >= call.timeoutMs) return this.#timedOut(call.timeoutMs - thereMs);
    await this.#wait(latency.back);
    return spoilt;
  }

  #reach(request: DoorRequest, fault: Fault | undefined): DoorAnswer {
    const nowMs = this.#venueNow();
    const answer = fault?.instead ?? this.#options.door.handle(request, { nowMs, seenMs: nowMs - (fault?.lagMs ?? 0) });
    this.#options.onExchange?.({ atMs: nowMs, request, fault, answer });
    return answer;
  }

  #unsent(request: DoorRequest, fault: Fault): WireAnswer {
    this.#options.onExchange?.({ atMs: this.#venueNow(), request, fault, answer: undefined });
    return { phase: "not-sent", reason: "no connection to the exchange could be opened" };
  }

  #lost(request: DoorRequest, fault: Fault, timeoutMs: number): Promise<WireAnswer> {
    this.#options.onExchange?.({ atMs: this.#venueNow(), request, fault, answer: undefined });
    return this.#timedOut(timeoutMs);
  }

  async #timedOut(waitMs: number): Promise<WireAnswer> {
    await this.#wait(waitMs);
    return { phase: "lost", reason: "the exchange did not answer in time" };
  }

  async #wait(waitMs: number): Promise<void> {
    if (waitMs > 0) await this.#options.clock.sleep(waitMs);
  }

  #later(delayMs: number, run: () => void): void {
    if (this.#options.later) this.#options.later(delayMs, run);
    else void this.#options.clock.sleep(delayMs).then(run);
  }
}

/** What the caller makes of a spoilt answer. */
function spoil(answer: DoorAnswer, kind: Fault["answer"]): WireAnswer | "silence" {
  if (typeof kind === "object") return whole(kind);
  switch (kind) {
    case undefined:
      return whole(answer);
    case "lost":
    case "stall":
      return "silence";
    case "reset":
      return { phase: "lost", reason: "the connection was reset" };
    case "wrong-shape":
      return whole({ ...answer, status: 200, body: "{}" });
    case "empty":
    case "torn":
    case "html":
      return whole({ ...answer, status: kind === "html" ? 200 : answer.status, body: "" });
  }
}

function whole({ status, headers, body }: DoorAnswer): WireAnswer {
  return { phase: "answered", status, headers: new Map(Object.entries(headers)), body: parsed(body) };
}

function parsed(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
