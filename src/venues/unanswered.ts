import type { Clock } from "../ports/clock.ts";
import type { Wire, WireAnswer, WireCall } from "./wire.ts";

/** What stands in front of a venue may answer for it while it goes on, and the venue itself says with these that it does not know. */
const SERVER_ERRORS_FROM = 500;

/**
 * Passes calls on, and knows whether one that changes something may still be taken by the venue: it has left, no answer to it came or one that tells
 * nothing, and the venue's time for it is not up.
 */
export class Unanswered implements Wire {
  readonly #wire: Wire;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #windowMs: number;
  #open = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  /** `windowMs`: how long the venue takes a request after it was signed. It is counted from the moment in which the answer was given up, which is later. */
  constructor(wire: Wire, clock: Pick<Clock, "monotonicMs">, windowMs: number) {
    this.#wire = wire;
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Whether something may still be taken. */
  get any(): boolean {
    return this.#open > 0 || this.#clock.monotonicMs() < this.#untilMs;
  }

  async send(call: WireCall): Promise<WireAnswer> {
    if (call.method === "GET") return this.#wire.send(call);
    this.#open += 1;
    try {
      const answer = await this.#wire.send(call);
      if (tellsNothing(answer)) this.#untilMs = this.#clock.monotonicMs() + this.#windowMs;
      return answer;
    } finally {
      this.#open -= 1;
    }
  }

  setOffset(offsetMs: number): void {
    this.#wire.setOffset(offsetMs);
  }

  close(): Promise<void> {
    return this.#wire.close();
  }
}

function tellsNothing(answer: WireAnswer): boolean {
  return answer.phase === "lost" || (answer.phase === "answered" && answer.status >= SERVER_ERRORS_FROM);
}
