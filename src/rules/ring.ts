/** The newest numbers of a series, as far back as some rule looks. */
export class Ring {
  readonly #values: Float64Array;
  #newest = 0;

  constructor(depth: number) {
    this.#values = new Float64Array(depth).fill(Number.NaN);
  }

  push(value: number): void {
    this.#newest = (this.#newest + 1) % this.#values.length;
    this.#values[this.#newest] = value;
  }

  /** The number `back` candles ago; NaN where there is none. */
  at(back: number): number {
    const { length } = this.#values;
    return back < length ? this.#values[(this.#newest - back + length) % length]! : Number.NaN;
  }
}
