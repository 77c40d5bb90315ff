import type { Report, ReportItem } from "../src/shenron/contract.ts";

/** Ids of items that are remembered, so that one that comes again is known. */
const IDS_MAX = 100_000;
const INCIDENTS_MAX = 200;

export interface Tally {
  readonly accepted: number;
  readonly duplicates: number;
}

/** What desks have reported, as far as the analyst reads it, in memory: a start begins with nothing. */
export class Journal {
  readonly #known = new Set<string>();
  readonly #incidents: Extract<ReportItem, { kind: "incident" }>[] = [];
  #items = 0;

  get items(): number {
    return this.#items;
  }

  /** Takes each item once, whatever report it came in. */
  take({ items }: Report): Tally {
    let accepted = 0;
    for (const item of items) {
      if (this.#known.has(item.id)) continue;
      accepted += 1;
      this.#known.add(item.id);
      if (item.kind === "incident") this.#incidents.push(item);
    }
    this.#items += accepted;
    for (const oldest of this.#known) {
      if (this.#known.size <= IDS_MAX) break;
      this.#known.delete(oldest);
    }
    this.#incidents.splice(0, Math.max(0, this.#incidents.length - INCIDENTS_MAX));
    return { accepted, duplicates: items.length - accepted };
  }

  /** What went wrong since an instant of wall time and says that a desk should rather not enter. */
  troubles(sinceMs: number): readonly string[] {
    const recent = this.#incidents.filter(({ wallMs }) => wallMs >= sinceMs);
    return WORRYING.filter((what) => recent.some((each) => each.what === what));
  }
}

const WORRYING: readonly string[] = ["breaker-tripped", "position-naked", "watch-blind", "panic-started", "order-unknown"];
