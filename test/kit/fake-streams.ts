import type { AccountEvent, DeskEvent, Recorded } from "../../src/domain/events.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Streams } from "../../src/ports/streams.ts";

const MARKET_MS = Date.UTC(2021, 4, 19, 12);

/** Streams that a test writes by hand. They outlive whoever reads them, as the real ones do. */
export class FakeStreams implements Streams {
  readonly #events = new Map<string, Recorded<AccountEvent | DeskEvent>[]>();
  readonly #listeners = new Set<(stream: string) => void>();
  readonly #clock: Clock;
  /** Market time of what is written next. */
  marketMs = MARKET_MS;
  /** The largest page that was read. */
  pageMax = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  append(stream: string, ...events: (AccountEvent | DeskEvent)[]): void {
    const rows = this.#events.get(stream) ?? [];
    this.#events.set(stream, rows);
    for (const event of events) {
      rows.push({
        sequence: rows.length + 1,
        wallMs: wallMs(this.#clock.wall()),
        marketMs: marketMs(this.marketMs),
        requestId: undefined,
        event,
      });
    }
    for (const listener of this.#listeners) listener(stream);
  }

  names(): readonly string[] {
    return [...this.#events.keys()].sort();
  }

  async since(stream: string, afterSequence: number, limit: number): Promise<readonly Recorded<AccountEvent | DeskEvent>[]> {
    const page = (this.#events.get(stream) ?? []).slice(afterSequence, afterSequence + limit);
    this.pageMax = Math.max(this.pageMax, page.length);
    return page;
  }

  lastSequence(stream: string): number {
    return this.#events.get(stream)?.length ?? 0;
  }

  onAppend(listener: (stream: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
