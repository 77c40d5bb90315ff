import type { EquityPoint } from "../domain/backtest.ts";
import { type Decimal, ZERO } from "../domain/money.ts";

/** Points that are kept for a picture. */
const POINTS_MAX = 120;

/** The marked equity of a run: its deepest fall is measured on every reading, and a picture's worth of points is kept. */
export class EquityCurve {
  readonly #strideReadings: number;
  readonly #points: EquityPoint[] = [];
  #last: EquityPoint;
  #readings = 0;
  #peak: EquityPoint;
  #drawdown = ZERO;
  #longestMs = 0;
  #isBelow = false;

  constructor(begun: EquityPoint, readings: number) {
    this.#strideReadings = Math.max(1, Math.ceil(readings / POINTS_MAX));
    this.#last = begun;
    this.#peak = begun;
    this.#points.push(begun);
  }

  see(point: EquityPoint): void {
    this.#readings += 1;
    this.#last = point;
    const isBelow = point.equity.isLessThan(this.#peak.equity);
    if (isBelow || this.#isBelow) this.#longestMs = Math.max(this.#longestMs, point.atMs - this.#peak.atMs);
    this.#isBelow = isBelow;
    if (!isBelow) {
      this.#peak = point;
    } else {
      const fall = this.#peak.equity.minus(point.equity).dividedBy(this.#peak.equity);
      if (fall.isGreaterThan(this.#drawdown)) this.#drawdown = fall;
    }
    if (this.#readings % this.#strideReadings === 0) this.#points.push(point);
  }

  get points(): readonly EquityPoint[] {
    return this.#points.at(-1) === this.#last ? this.#points : [...this.#points, this.#last];
  }

  get drawdown(): Decimal {
    return this.#drawdown;
  }

  /** The longest time from a peak until it was reached again, or until the end. */
  get belowPeakMs(): number {
    return this.#longestMs;
  }
}
