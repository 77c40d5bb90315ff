/** Macrotask turns asked of Node at once: fewer rounds of its loop for the same number of turns. */
const TURNS_AT_ONCE = 256;

/** Something that happens at an instant. */
export interface Happening {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  canceled: boolean;
}

/**
 * Virtual time. Happenings run in the order of their instants and, at one instant, in the order in which they were planned; between two of them
 * everything that promises still have to do is done, because each one has a macrotask turn of its own. Nothing else moves time.
 */
export class Timeline {
  readonly #heap: Happening[] = [];
  #nowMs = 0;
  #planned = 0;
  #happened = 0;
  /** Called when everything that a happening led to is done. */
  settled: () => void = () => undefined;

  /** True time since the beginning of the world. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get happened(): number {
    return this.#happened;
  }

  /** Instants are whole milliseconds, as clocks show them. */
  at(dueMs: number, run: () => void): Happening {
    this.#planned += 1;
    const happening = { dueMs: Math.max(Math.ceil(dueMs), this.#nowMs), order: this.#planned, run, canceled: false };
    this.#push(happening);
    return happening;
  }

  after(delayMs: number, run: () => void): Happening {
    return this.at(this.#nowMs + Math.max(0, delayMs), run);
  }

  /** Resolves after a span of true time. */
  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, resolve));
  }

  /** Lets time pass up to an instant. Rejects with what a happening throws. */
  runUntil(endMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let waiting = 0;
      let over = false;
      const turn = (): void => {
        waiting -= 1;
        if (over) return;
        try {
          this.settled();
          over = !this.#next(endMs);
        } catch (failure) {
          over = true;
          reject(failure);
          return;
        }
        if (over) resolve();
        else if (waiting === 0) ask();
      };
      const ask = (): void => {
        for (waiting = 0; waiting < TURNS_AT_ONCE; waiting += 1) setImmediate(turn);
      };
      ask();
    });
  }

  /** Runs the next happening; false when there is none up to the end, and then it is the end. */
  #next(endMs: number): boolean {
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= endMs; first = this.#heap[0]) {
      this.#pop();
      if (first.canceled) continue;
      this.#nowMs = first.dueMs;
      this.#happened += 1;
      first.run();
      return true;
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
    return false;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(happening);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isEarlier(happening, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = happening;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isEarlier(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isEarlier(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
  }
}

function isEarlier(a: Happening, b: Happening): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
