import type { Mode } from "../../domain/bot.ts";
import type { AccountEvent } from "../../domain/events.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Streams } from "../../ports/streams.ts";

/** What is counted, by the event that says it. */
const EVENTS: ReadonlyMap<string, string> = new Map<string, string>([
  ["wish-denied", "denied"],
  ["intent", "intended"],
  ["order-accepted", "accepted"],
  ["order-rejected", "rejected"],
  ["order-unknown", "unknown"],
  ["order-filled", "filled"],
  ["order-canceled", "canceled"],
  ["order-expired", "expired"],
] satisfies readonly (readonly [AccountEvent["type"], string])[]);

export const MODES: readonly Mode[] = ["paper", "demo", "live"];
const PAGE_EVENTS = 500;
/** What one reading counts at most; the rest is counted by the next. */
const EVENTS_A_READING = 20_000;

export interface TallyParts {
  readonly streams: Streams;
  readonly clock: Pick<Clock, "wall" | "breathe">;
  /** Undefined for streams of no account, and of one that is counted elsewhere. */
  readonly modeOf: (stream: string) => Mode | undefined;
}

export interface OrderCount {
  readonly mode: Mode;
  readonly event: string;
  readonly count: number;
}

/**
 * Counts what happened to orders since this process began. It reads the durable streams on when it is asked, so that trading is not slowed by it, and
 * what is counted has happened. What happens in a stream while it is counted elsewhere is never counted here.
 */
export class OrderTally {
  readonly #parts: TallyParts;
  readonly #sinceMs: number;
  readonly #cursors: Map<string, number>;
  readonly #counts = new Map<Mode, Map<string, number>>(
    MODES.map((mode) => [mode, new Map([...EVENTS.values()].map((event) => [event, 0]))]),
  );
  #reading: Promise<void> = Promise.resolve();

  constructor(parts: TallyParts) {
    this.#parts = parts;
    this.#sinceMs = parts.clock.wall();
    this.#cursors = new Map(parts.streams.names().map((stream) => [stream, parts.streams.lastSequence(stream)]));
  }

  /** Reads on, then tells every count. Rejects when the store does not answer; what was counted stays. */
  async counts(): Promise<readonly OrderCount[]> {
    // One reading at a time, or two of them would count the same events.
    const reading = this.#reading.catch(() => undefined).then(() => this.#readOn());
    this.#reading = reading;
    await reading;
    return [...this.#counts].flatMap(([mode, events]) => [...events].map(([event, count]) => ({ mode, event, count })));
  }

  async #readOn(): Promise<void> {
    const { streams, clock, modeOf } = this.#parts;
    let left = EVENTS_A_READING;
    for (const stream of streams.names()) {
      const mode = modeOf(stream);
      const counts = mode && this.#counts.get(mode);
      if (counts === undefined) {
        this.#cursors.set(stream, streams.lastSequence(stream));
        continue;
      }
      for (let at = this.#cursors.get(stream) ?? 0; left > 0 && at < streams.lastSequence(stream); ) {
        const page = await streams.since(stream, at, Math.min(PAGE_EVENTS, left));
        for (const { event, wallMs, sequence } of page) {
          at = sequence;
          const name = EVENTS.get(event.type);
          // A stream that was opened later holds what happened before.
          if (name !== undefined && wallMs >= this.#sinceMs) counts.set(name, (counts.get(name) ?? 0) + 1);
        }
        this.#cursors.set(stream, at);
        if (page.length === 0) break;
        left -= page.length;
        await clock.breathe();
      }
    }
  }
}
