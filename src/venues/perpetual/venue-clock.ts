import type { Clock } from "../../ports/clock.ts";
import type { Wire, WireAnswer } from "../wire.ts";

const SECOND_MS = 1_000;
/** Samples that together narrow the venue's time down to less than the second that the header has. */
const SAMPLES_MAX = 8;
/** How far two sound oscillators drift apart: a tenth of a second in a thousand. */
const DRIFT_PER_MS = 1e-4;
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Bounds of the venue's time less our monotonic time. */
interface Sample {
  readonly lowMs: number;
  readonly highMs: number;
  readonly atMs: number;
}

/**
 * The venue's time from the `Date` header of its answers, for it has no call for it. The header rounds down to the second, and its instant lies between
 * asking and answering: each answer gives bounds, and several together closer ones. A step of this machine's wall clock does not move it.
 */
export class VenueClock {
  readonly #wire: Wire;
  readonly #clock: Clock;
  #samples: Sample[] = [];

  constructor(wire: Wire, clock: Clock) {
    this.#wire = wire;
    this.#clock = clock;
  }

  /** The instant of asking, to be given back with the answer. */
  asking(): number {
    return this.#clock.monotonicMs();
  }

  /** Learns from an answer of the venue itself, if it can; what stands in front of it answers no JSON and has a clock of its own. */
  learn(askedMs: number, answer: WireAnswer): boolean {
    if (answer.phase !== "answered" || answer.body === undefined) return false;
    const text = answer.headers.get("date") ?? "";
    const secondMs = DATE.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isFinite(secondMs)) return false;
    const atMs = this.#clock.monotonicMs();
    const sample = { lowMs: secondMs - atMs, highMs: secondMs + SECOND_MS - askedMs, atMs };
    this.#samples = [sample, ...this.#samples].slice(0, SAMPLES_MAX);
    this.aim();
    return true;
  }

  /** Bounds that the newest samples share. An older one that contradicts them, and all before it, is from before a step of the venue's clock. */
  #bounds(): { readonly lowMs: number; readonly highMs: number } | undefined {
    const nowMs = this.#clock.monotonicMs();
    let bounds: { lowMs: number; highMs: number } | undefined;
    for (const sample of this.#samples) {
      const slackMs = (nowMs - sample.atMs) * DRIFT_PER_MS;
      const lowMs = Math.max(bounds?.lowMs ?? Number.NEGATIVE_INFINITY, sample.lowMs - slackMs);
      const highMs = Math.min(bounds?.highMs ?? Number.POSITIVE_INFINITY, sample.highMs + slackMs);
      if (lowMs > highMs) break;
      bounds = { lowMs, highMs };
    }
    return bounds;
  }

  now(): { readonly offsetMs: number; readonly uncertaintyMs: number } | undefined {
    const bounds = this.#bounds();
    if (!bounds) return undefined;
    const middleMs = (bounds.lowMs + bounds.highMs) / 2;
    return {
      offsetMs: Math.round(middleMs + this.#clock.monotonicMs() - this.#clock.wall()),
      uncertaintyMs: Math.ceil((bounds.highMs - bounds.lowMs) / 2) + 1,
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

  /** Whether there is anything to sign by. What is old is good enough to ask with, and the answer tells the time anew. */
  get isKnown(): boolean {
    return this.#samples.length > 0;
  }

  /** The venue refused our time: what was measured before this answer counts no more. */
  distrust(): void {
    this.#samples = [];
  }
}
