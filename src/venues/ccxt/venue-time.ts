import type { VenueTime } from "../../ports/marketData.ts";

/** How far two sound oscillators drift apart: a tenth of a second in a thousand. */
const DRIFT_PER_MS = 1e-4;

/** An instant of the exchange's clock lay between two of its readings while our monotonic clock went from asking to answering. */
export interface TimeReading {
  readonly venueLowMs: number;
  readonly venueHighMs: number;
  readonly askedMs: number;
  readonly answeredMs: number;
}

interface Bounds {
  readonly lowMs: number;
  readonly highMs: number;
  readonly atMs: number;
}

/**
 * The exchange's clock, carried on by our monotonic one: a step of this machine's wall clock does not move it. Each answer that tells the exchange's time
 * bounds the offset; answers together bound it closer, and one that contradicts the ones before is from after a step of the exchange's clock.
 */
export class VenueTimeKeeper {
  readonly #monotonicMs: () => number;
  #bounds: Bounds | undefined;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  learn({ venueLowMs, venueHighMs, askedMs, answeredMs }: TimeReading): void {
    const [lowMs, highMs] = [venueLowMs - answeredMs, venueHighMs - askedMs];
    const known = this.#widened();
    const shared = known && { lowMs: Math.max(lowMs, known.lowMs), highMs: Math.min(highMs, known.highMs) };
    const agreed = shared && shared.lowMs <= shared.highMs ? shared : { lowMs, highMs };
    this.#bounds = { ...agreed, atMs: this.#monotonicMs() };
  }

  now(): VenueTime | undefined {
    const bounds = this.#widened();
    if (!bounds) return undefined;
    return { offsetMs: (bounds.lowMs + bounds.highMs) / 2, uncertaintyMs: (bounds.highMs - bounds.lowMs) / 2 };
  }

  #widened(): { readonly lowMs: number; readonly highMs: number } | undefined {
    if (!this.#bounds) return undefined;
    const { lowMs, highMs, atMs } = this.#bounds;
    const driftMs = (this.#monotonicMs() - atMs) * DRIFT_PER_MS;
    return { lowMs: lowMs - driftMs, highMs: highMs + driftMs };
  }
}
