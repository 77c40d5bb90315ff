/**
 * The largest of the newest `period` numbers in amortized O(1) (van Herk 1992, over a stream): the window is the tail of the finished block,
 * whose largest numbers from each index on are known, and the head of the current one. The smallest of numbers is minus the largest of their negatives.
 */
export class Extreme {
  readonly #block: Float64Array;
  readonly #tail: Float64Array;
  #filled = 0;
  #full = false;
  #head = Number.NEGATIVE_INFINITY;
  #value = Number.NaN;

  constructor(period: number) {
    this.#block = new Float64Array(period);
    this.#tail = new Float64Array(period);
  }

  /** NaN until `period` numbers were pushed. */
  get value(): number {
    return this.#value;
  }

  push(value: number): void {
    this.#block[this.#filled] = value;
    this.#filled += 1;
    this.#head = Math.max(this.#head, value);
    if (this.#filled === this.#block.length) this.#endBlock();
    else if (this.#full) this.#value = Math.max(this.#tail[this.#filled]!, this.#head);
  }

  #endBlock(): void {
    this.#value = this.#head;
    let largest = Number.NEGATIVE_INFINITY;
    for (let index = this.#block.length - 1; index >= 0; index -= 1) {
      largest = Math.max(largest, this.#block[index]!);
      this.#tail[index] = largest;
    }
    this.#filled = 0;
    this.#head = Number.NEGATIVE_INFINITY;
    this.#full = true;
  }
}
