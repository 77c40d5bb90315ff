/**
 * Mean and population standard deviation of the newest `period` numbers, in amortized O(1) and without subtracting what leaves.
 *
 * A running sum that adds the newest and subtracts the oldest number drifts, and a spike of 1e12 stays in it for ever. Here the
 * input is cut into blocks of `period` numbers. The window is always the tail of the finished block plus the head of the current one:
 * tails are summed once when a block ends, the head grows by one number at a time (Welford 1962), and both are merged (Chan, Golub and
 * LeVeque 1979). So an output depends on nothing but the numbers in its window, its error is a few units in the last place,
 * the variance is a sum of terms that are never negative, and equal numbers give exactly that number and a deviation of exactly 0.
 */
export class Moments {
  readonly #period: number;
  readonly #block: Float64Array;
  /** Mean and sum of squared deviations of the finished block from an index to its end. */
  readonly #tailMean: Float64Array;
  readonly #tailSquares: Float64Array;
  #filled = 0;
  #full = false;
  #headMean = 0;
  #headSquares = 0;
  #mean = Number.NaN;
  #squares = Number.NaN;

  constructor(period: number) {
    this.#period = period;
    this.#block = new Float64Array(period);
    this.#tailMean = new Float64Array(period);
    this.#tailSquares = new Float64Array(period);
  }

  /** NaN until `period` numbers were pushed. */
  get mean(): number {
    return this.#mean;
  }

  /** Population standard deviation (divides by `period`), never negative; NaN until `period` numbers were pushed. */
  get deviation(): number {
    return Math.sqrt(this.#squares / this.#period);
  }

  push(value: number): void {
    this.#block[this.#filled] = value;
    this.#filled += 1;
    const delta = value - this.#headMean;
    this.#headMean += delta / this.#filled;
    this.#headSquares += delta * (value - this.#headMean);
    if (this.#filled === this.#period) this.#endBlock();
    else if (this.#full) this.#merge();
  }

  #merge(): void {
    const head = this.#filled;
    const tail = this.#period - head;
    const tailMean = this.#tailMean[head]!;
    const delta = this.#headMean - tailMean;
    this.#mean = tailMean + delta * (head / this.#period);
    this.#squares = this.#tailSquares[head]! + this.#headSquares + delta * delta * ((tail * head) / this.#period);
  }

  #endBlock(): void {
    this.#mean = this.#headMean;
    this.#squares = this.#headSquares;
    let mean = 0;
    let squares = 0;
    for (let index = this.#period - 1; index >= 0; index -= 1) {
      const value = this.#block[index]!;
      const delta = value - mean;
      mean += delta / (this.#period - index);
      squares += delta * (value - mean);
      this.#tailMean[index] = mean;
      this.#tailSquares[index] = squares;
    }
    this.#filled = 0;
    this.#headMean = 0;
    this.#headSquares = 0;
    this.#full = true;
  }
}
