import { POLL_WORKING_MS } from "./limits.ts";
import type { LiveTimes } from "./times.ts";

/** When the orders of one bot were asked for and read, and what has made a reading old since. Times are monotonic milliseconds of this process. */
export class Readings {
  readonly #times: LiveTimes;
  /** When each order was last read whole, and when that reading was asked for. */
  readonly #read = new Map<string, { readonly atMs: number; readonly begunMs: number }>();
  /** When a reading was last asked for. */
  readonly #asked = new Map<string, number>();
  /** When the price was last at a level of a protective order, or may have been, and how often that is looked into. */
  readonly #touched = new Map<string, { readonly atMs: number; readonly everyMs: number }>();

  constructor(times: LiveTimes) {
    this.#times = times;
  }

  /** For how many orders something is remembered, at least. */
  get size(): number {
    return Math.max(this.#read.size, this.#asked.size, this.#touched.size);
  }

  /** When an order was last read whole; undefined while nothing is known of it, or what was read may not be so any more. */
  atMs(clientOrderId: string): number | undefined {
    return this.#read.get(clientOrderId)?.atMs;
  }

  /** Whether a reading of this order may be asked for: an attempt that failed is not repeated at once. */
  mayAsk(clientOrderId: string): boolean {
    const askedMs = this.#asked.get(clientOrderId);
    return askedMs === undefined || this.#times.monotonicMs() - askedMs >= POLL_WORKING_MS;
  }

  /** A reading of this order is asked for now. */
  asking(clientOrderId: string): void {
    this.#asked.set(clientOrderId, this.#times.monotonicMs());
  }

  /** An order was read whole. */
  read(clientOrderId: string): void {
    const atMs = this.#times.monotonicMs();
    this.#read.set(clientOrderId, { atMs, begunMs: this.#asked.get(clientOrderId) ?? atMs });
  }

  /** What was read of an order is no longer so: it is to be read again. */
  stale(clientOrderId: string): void {
    this.#read.delete(clientOrderId);
    this.#asked.delete(clientOrderId);
  }

  /** The venue does not know the order's symbol: what was read of it before may not be so any more. */
  unlisted(clientOrderId: string): void {
    this.#read.delete(clientOrderId);
  }

  /** The price stands at a level of this protective order, or may do so: it is looked into every so often. */
  touched(clientOrderId: string, everyMs: number): void {
    this.#touched.set(clientOrderId, { atMs: this.#times.monotonicMs(), everyMs });
  }

  /**
   * How often this order is to be read because the price was at a level of it so lately that no reading need have shown what that led to: a touch of a
   * moment may have filled a part, and the price may be away again when the next reading is due. Undefined when that is over. `readLagMs` is the longest
   * time for which a reading may be behind.
   */
  touchedEveryMs(clientOrderId: string, readLagMs: number): number | undefined {
    const touched = this.#touched.get(clientOrderId);
    const read = this.#read.get(clientOrderId);
    return touched && (read === undefined || read.begunMs - touched.atMs < readLagMs) ? touched.everyMs : undefined;
  }

  /** An order has ended: nothing of it is remembered. */
  forget(clientOrderId: string): void {
    for (const map of this.#maps()) map.delete(clientOrderId);
  }

  /** Keeps what belongs to these orders only. */
  keep(working: ReadonlySet<string>): void {
    for (const map of this.#maps()) for (const clientOrderId of map.keys()) if (!working.has(clientOrderId)) map.delete(clientOrderId);
  }

  #maps(): readonly Map<string, unknown>[] {
    return [this.#read, this.#asked, this.#touched];
  }
}
