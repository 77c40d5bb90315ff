/** Makes a median absolute deviation the standard deviation of a normal distribution (Rousseeuw and Croux 1993, 1/Φ⁻¹(3/4)). */
const MAD_TO_DEVIATION = 1.4826;

/** The newest values of a series with their median and spread: what a few wild values cannot move. Bounded; a value costs a search and a shift in a sorted array. */
export class RobustWindow {
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  #count = 0;
  #next = 0;

  constructor(capacity: number) {
    this.#ring = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    if (!Number.isFinite(value)) return;
    if (this.#count === this.#ring.length) {
      const at = this.#place(this.#ring[this.#next]!);
      this.#sorted.copyWithin(at, at + 1, this.#count);
      this.#count -= 1;
    }
    const at = this.#place(value);
    this.#sorted.copyWithin(at + 1, at, this.#count);
    this.#sorted[at] = value;
    this.#count += 1;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.#ring.length;
  }

  /** NaN while there is no value. */
  median(): number {
    const middle = this.#count >> 1;
    return this.#count % 2 === 1 ? this.#sorted[middle]! : (this.#at(middle - 1) + this.#at(middle)) / 2;
  }

  /** The median distance from the median, scaled to a standard deviation: the nearer half of all values is found by walking outwards from the middle. */
  spread(): number {
    const median = this.median();
    let above = this.#place(median);
    let below = above - 1;
    const half = this.#count >> 1;
    let [distance, before] = [Number.NaN, Number.NaN];
    for (let taken = 0; taken <= half; taken += 1) {
      const down = median - this.#at(below);
      const up = this.#at(above) - median;
      before = distance;
      // Past either end there is NaN, which is nearer than nothing.
      if (down <= up || Number.isNaN(up)) {
        distance = down;
        below -= 1;
      } else {
        distance = up;
        above += 1;
      }
    }
    return (this.#count % 2 === 1 ? distance : (before + distance) / 2) * MAD_TO_DEVIATION;
  }

  #at(index: number): number {
    return index >= 0 && index < this.#count ? this.#sorted[index]! : Number.NaN;
  }

  /** Where a value belongs: before the first one that is not below it. */
  #place(value: number): number {
    let [from, to] = [0, this.#count];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#sorted[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
