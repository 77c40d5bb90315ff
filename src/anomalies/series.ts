import type { Anomaly } from "../domain/anomaly.ts";
import type { SeriesTerms } from "./defaults.ts";
import { RobustWindow } from "./robust.ts";

/** What is unusual about a value. */
export type Finding = Omit<Anomaly, "series" | "subject">;

/** Values between two reckonings of the usual in a long window: in a day of minutes fifteen more change nothing that matters. */
const RECKON_EVERY = 15;
/** Windows up to this length are reckoned with every value. */
const SHORT_WINDOW = 200;

/** The values of one thing over time, and whether a new one is far from the others. The value itself never counts among those that it is compared with. */
export class WatchedSeries {
  readonly #terms: SeriesTerms;
  readonly #window: RobustWindow;
  #usual = Number.NaN;
  #spread = Number.NaN;
  #untilReckoned = 0;

  constructor(terms: SeriesTerms) {
    this.#terms = terms;
    this.#window = new RobustWindow(terms.window);
  }

  /** Judges a value and takes it among the others. */
  push(value: number): Finding | undefined {
    const finding = this.judge(value);
    this.add(value);
    return finding;
  }

  add(value: number): void {
    this.#window.push(value);
    this.#untilReckoned -= 1;
  }

  /** What is unusual about a value, compared with those taken so far. */
  judge(value: number): Finding | undefined {
    const { samplesMin, spreads, distanceMin, spreadMin, side } = this.#terms;
    const samples = this.#window.count;
    if (samples < samplesMin || !Number.isFinite(value)) return undefined;
    this.#reckon();
    const limit = Math.max(distanceMin, spreads * Math.max(spreadMin, this.#spread));
    const distance = value - this.#usual;
    if ((side === "both" ? Math.abs(distance) : distance) < limit) return undefined;
    return { value, usual: this.#usual, spread: this.#spread, limit, samples };
  }

  #reckon(): void {
    if (this.#untilReckoned > 0) return;
    this.#usual = this.#window.median();
    this.#spread = this.#window.spread();
    this.#untilReckoned = this.#terms.window > SHORT_WINDOW ? RECKON_EVERY : 1;
  }
}

/** How often something happens in an hour of market time; hours without it count as zero. An hour is judged while it runs, so that a storm is told at once. */
export class WatchedCount {
  readonly #terms: SeriesTerms;
  readonly #hours: WatchedSeries;
  #hour: number | undefined;
  #count = 0;

  constructor(terms: SeriesTerms) {
    this.#terms = terms;
    this.#hours = new WatchedSeries(terms);
  }

  push(hour: number): Finding | undefined {
    this.#passTo(hour);
    this.#count += 1;
    return this.#hours.judge(this.#count);
  }

  #passTo(hour: number): void {
    const from = this.#hour ?? hour;
    if (hour <= from) {
      this.#hour ??= hour;
      return;
    }
    this.#hours.add(this.#count);
    const empty = Math.min(hour - from - 1, this.#terms.window);
    for (let index = 0; index < empty; index += 1) this.#hours.add(0);
    this.#hour = hour;
    this.#count = 0;
  }
}
