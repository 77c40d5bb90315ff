import type { Clock } from "../../ports/clock.ts";
import type { Wire } from "../wire.ts";
import { readTime } from "./requests.ts";
import { TIME } from "./shapes.ts";

/** A measurement older than this is taken anew beside the next read. */
const MEASURED_FOR_MS = 600_000;
/** How far two sound oscillators drift apart: a tenth of a second in a thousand. */
const DRIFT_PER_MS = 1e-4;

/** The venue's time, carried on by our monotonic clock: a step of this machine's wall clock does not move it. */
export class VenueClock {
  readonly #wire: Wire;
  readonly #clock: Clock;
  #measured: { readonly venueMs: number; readonly atMs: number; readonly halfTripMs: number } | undefined;
  #stale = false;
  #measuring: Promise<boolean> | undefined;

  constructor(wire: Wire, clock: Clock) {
    this.#wire = wire;
    this.#clock = clock;
  }

  now(): { readonly offsetMs: number; readonly uncertaintyMs: number } | undefined {
    if (!this.#measured) return undefined;
    const { venueMs, atMs, halfTripMs } = this.#measured;
    const elapsedMs = this.#clock.monotonicMs() - atMs;
    return {
      offsetMs: Math.round(venueMs + elapsedMs - this.#clock.wall()),
      uncertaintyMs: Math.ceil(halfTripMs + elapsedMs * DRIFT_PER_MS),
    };
  }

  /** Venue time now, as well as we know it. */
  venueMs(): number {
    return this.#clock.wall() + (this.now()?.offsetMs ?? 0);
  }

  /** Requests are signed with the venue's time as we know it now. */
  aim(): void {
    const now = this.now();
    if (now) this.#wire.setOffset(now.offsetMs);
  }

  /** The venue refused our time: the next read measures first. */
  distrust(): void {
    this.#stale = true;
  }

  /**
   * Measures when there is nothing to trust. A measurement that is merely old is still right to a tenth of a second, and a read must not wait for a lost
   * answer about the time: it is taken anew beside it. A failed measurement leaves the old one.
   */
  async fresh(): Promise<void> {
    if (this.#measured === undefined || this.#stale) await this.measure();
    else if (this.#clock.monotonicMs() - this.#measured.atMs > MEASURED_FOR_MS) void this.measure();
  }

  /** Whether the venue's time could be read. Who asks while it is being read gets the same answer. */
  measure(): Promise<boolean> {
    this.#measuring ??= this.#measure().finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  async #measure(): Promise<boolean> {
    const askedMs = this.#clock.monotonicMs();
    const answer = await this.#wire.send(readTime("/api/v3/time"));
    const answeredMs = this.#clock.monotonicMs();
    if (answer.phase !== "answered" || answer.status !== 200) return false;
    const parsed = TIME.safeParse(answer.body);
    if (!parsed.success) return false;
    const halfTripMs = (answeredMs - askedMs) / 2;
    // The answer's instant lies anywhere between asking and answering; the middle errs by half of the trip at most.
    this.#measured = { venueMs: parsed.data.serverTime + halfTripMs, atMs: answeredMs, halfTripMs };
    this.#stale = false;
    this.aim();
    return true;
  }
}
