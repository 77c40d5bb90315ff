/** The newest numbers of a series, as far back as some rule looks. */
export class Ring {
  readonly #values: Float64Array;
  #newest = 0;
  #seen = 0;

  constructor(depth: number) {
    this.#values = new Float64Array(depth).fill(Number.NaN);
  }

  /** How many numbers were pushed. */
  get seen(): number {
    return this.#seen;
  }

  push(value: number): void {
    this.#seen += 1;
    this.#newest = (this.#newest + 1) % this.#values.length;
    this.#values[this.#newest] = value;
  }

  /** The numbers of now, newest first. */
  shot(): readonly number[] {
    return Array.from(this.#values, (_, back) => this.at(back));
  }

  /** The number `back` candles ago; NaN where there is none. */
  at(back: number): number {
    const { length } = this.#values;
    return back < length ? this.#values[(this.#newest - back + length) % length]! : Number.NaN;
  }
}
