/**
 * An exponential average as TA-Lib's `TA_EMA` in its default mode: it begins as the simple average of the first `period` numbers and then moves
 * towards each by k = 2 / (period + 1). Equal numbers give exactly that number.
 */
export class Exponential {
  readonly #period: number;
  readonly #k: number;
  #seen = 0;
  #seed = 0;
  #value = Number.NaN;

  constructor(period: number) {
    this.#period = period;
    this.#k = 2 / (period + 1);
  }

  /** NaN until `period` numbers were pushed. */
  get value(): number {
    return this.#value;
  }

  push(value: number): void {
    if (this.#seen >= this.#period) {
      this.#value += (value - this.#value) * this.#k;
      return;
    }
    this.#seen += 1;
    this.#seed += (value - this.#seed) / this.#seen;
    if (this.#seen === this.#period) this.#value = this.#seed;
  }
}
