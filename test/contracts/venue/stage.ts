import { wallMs } from "../../../src/domain/time.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { LiveVenue, OrderRequest, RejectCause } from "../../../src/ports/live-venue.ts";
import { systemClock } from "../../../src/system/clock.ts";
import type { Governor } from "../../../src/venues/governor.ts";
import type { Wire } from "../../../src/venues/wire.ts";
import type { Fault } from "../../kit/exchange/faults.ts";
import type { ScriptedFaults } from "../../kit/exchange/scripted-faults.ts";
import type { ExchangeServer } from "../../kit/exchange/server.ts";

/** How long a call may take while a fault is to come. Nobody waits for its end, see `impatient`. */
const FAULT_TIMEOUT_MS = 15_001;
/** How long a call goes on after its answer was held back: what was sent of it arrives meanwhile. */
const HELD_MS = 50;

/** One account at a simulated exchange behind a real socket, with the venue under test in front of it. */
export interface VenueStage {
  readonly venue: LiveVenue;
  readonly governor: Governor;
  readonly server: ExchangeServer;
  readonly faults: ScriptedFaults;
  readonly time: StageTime;
  readonly symbol: string;
  /** Where the market stands. */
  readonly price: number;
  /** A sound entry at market; a test changes what it is about. */
  readonly entry: OrderRequest;
  /** Texts that may stand in no answer and no error. */
  readonly canaries: readonly string[];
  setPrice(price: number): void;
  /** Orders that the exchange's own books hold under one of our ids: of a stop with a target the pair counts once. */
  booked(clientOrderId: string): number;
  /** What was sent to a route, as names and values. */
  sent(route: string): readonly Readonly<Record<string, unknown>>[];
  revokeKey(): void;
  closeForMaintenance(): void;
  close(): Promise<void>;
}

/** A read of the venue with the first route that it asks. */
export interface StageRead {
  readonly name: string;
  readonly route: string;
  readonly ask: (stage: VenueStage) => Promise<unknown>;
}

/** What the suite has to know of a venue to test it. */
export interface VenueSubject {
  readonly exchangeId: string;
  open(): Promise<VenueStage>;
  readonly routes: { readonly place: string; readonly protect: string; readonly cancel: string };
  readonly reads: readonly StageRead[];
  /** Refusals that prove that there is no order: how to bring one about, and what it asks for. */
  readonly rejections: readonly {
    readonly name: string;
    readonly cause: RejectCause;
    readonly request: (stage: VenueStage) => OrderRequest;
  }[];
  /** Faults of this venue's own kind that prove nothing, beyond those of the transport. */
  readonly ambiguous: readonly { readonly name: string; readonly fault: Omit<Fault, "id">; readonly accepted: boolean }[];
  /** Refusals of the request limit, with what they ask to wait. */
  readonly limits: readonly { readonly name: string; readonly fault: Omit<Fault, "id">; readonly retryAfterMs: number }[];
  /** Parameters of a market order that may be sent; any other is a fault. */
  readonly marketParameters: readonly string[];
}

/** Real time that can be moved forward, for us and the exchange together, or for the exchange alone. */
export class StageTime {
  readonly #real = systemClock();
  readonly #deadlines = new Set<AbortController>();
  #aheadMs = 0;
  #venueAheadMs = 0;
  readonly clock: Clock;

  constructor() {
    const real = this.#real;
    this.clock = {
      ...real,
      sleep: (delayMs, signal) => (delayMs === FAULT_TIMEOUT_MS ? this.#deadline(signal) : real.sleep(delayMs, signal)),
      wall: () => wallMs(real.wall() + this.#aheadMs),
      monotonicMs: () => real.monotonicMs() + this.#aheadMs,
    };
  }

  venueNow(): number {
    return this.clock.wall() + this.#venueAheadMs;
  }

  skip(spanMs: number): void {
    this.#aheadMs += spanMs;
  }

  /** Ends the deadlines of the calls that are on their way, a moment later. */
  async endDeadlines(): Promise<void> {
    const running = [...this.#deadlines];
    await this.#real.sleep(HELD_MS);
    for (const deadline of running) deadline.abort();
  }

  /** The exchange's clock and ours come apart. */
  skew(spanMs: number): void {
    this.#venueAheadMs = spanMs;
  }

  async #deadline(signal?: AbortSignal): Promise<void> {
    const early = new AbortController();
    this.#deadlines.add(early);
    await this.#real.sleep(FAULT_TIMEOUT_MS, signal === undefined ? early.signal : AbortSignal.any([signal, early.signal]));
    this.#deadlines.delete(early);
  }
}

/**
 * The same wire, whose time is up as soon as the exchange holds back an answer. A fixed short time would be up on a busy machine before the
 * connection stands: then nothing was sent indeed, and the test would ask about something else.
 */
export function impatient(wire: Wire, faults: ScriptedFaults, time: StageTime): Wire {
  faults.onStrike = (fault) => {
    const holdsBack = fault.lost === "on-the-way" || fault.delayMs !== undefined || fault.answer === "lost" || fault.answer === "stall";
    if (holdsBack) void time.endDeadlines();
  };
  return {
    send: (call) => wire.send(faults.left > 0 ? { ...call, timeoutMs: FAULT_TIMEOUT_MS } : call),
    setOffset: (offsetMs) => wire.setOffset(offsetMs),
    close: () => wire.close(),
  };
}
