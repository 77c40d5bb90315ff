/** How far back a reader may look: no replica is further behind. */
const KEPT_MS = 180_000;

/** A value and what it was before, for readers that are served by a replica that is behind. */
export class Timeline<T> {
  #times: number[] = [];
  #values: T[] = [];

  set(atMs: number, value: T): void {
    if (this.#times.at(-1) === atMs) this.#values[this.#values.length - 1] = value;
    else {
      this.#times.push(atMs);
      this.#values.push(value);
    }
    while (this.#times.length > 2 && this.#times[1]! < atMs - KEPT_MS) {
      this.#times.shift();
      this.#values.shift();
    }
  }

  get latest(): T | undefined {
    return this.#values.at(-1);
  }

  /** The value at an instant; undefined before the first one. */
  at(seenMs: number): T | undefined {
    for (let index = this.#times.length - 1; index >= 0; index -= 1) if (this.#times[index]! <= seenMs) return this.#values[index];
    return undefined;
  }
}

interface Shelved {
  readonly id: string;
  readonly clientOrderId: string;
  readonly state: string;
}

function isLive(state: string): boolean {
  return state === "live" || state === "partially_filled";
}

/** All orders of one id space of one account, with what they were before. */
export class Shelf<T extends Shelved> {
  readonly #lines = new Map<string, Timeline<T>>();
  readonly #ids: string[] = [];
  readonly #clients = new Map<string, string[]>();
  readonly #live = new Set<string>();
  #lately: { readonly id: string; readonly atMs: number }[] = [];

  put(record: T, atMs: number): void {
    let line = this.#lines.get(record.id);
    if (!line) {
      line = new Timeline();
      this.#lines.set(record.id, line);
      this.#ids.push(record.id);
      if (record.clientOrderId !== "")
        this.#clients.set(record.clientOrderId, [...(this.#clients.get(record.clientOrderId) ?? []), record.id]);
    }
    line.set(atMs, record);
    if (isLive(record.state)) this.#live.add(record.id);
    else if (this.#live.delete(record.id))
      this.#lately = [...this.#lately.filter((each) => each.atMs > atMs - KEPT_MS), { id: record.id, atMs }];
  }

  latest(id: string): T | undefined {
    return this.#lines.get(id)?.latest;
  }

  /** Newest last. */
  withClientId(clientOrderId: string): T[] {
    return (this.#clients.get(clientOrderId) ?? []).map((id) => this.latest(id)!);
  }

  /** What rests now. */
  live(): T[] {
    return [...this.#live].map((id) => this.latest(id)!);
  }

  get liveCount(): number {
    return this.#live.size;
  }

  all(): T[] {
    return this.#ids.map((id) => this.latest(id)!);
  }

  seenOne(id: string, seenMs: number): T | undefined {
    return this.#lines.get(id)?.at(seenMs);
  }

  /** What rested at an instant, newest first. */
  seenLive(seenMs: number): T[] {
    const ids = new Set([...this.#live, ...this.#lately.map(({ id }) => id)]);
    return [...ids]
      .map((id) => this.seenOne(id, seenMs))
      .filter((record) => record !== undefined && isLive(record.state))
      .sort((a, b) => Number(b!.id) - Number(a!.id)) as T[];
  }

  /** Everything that existed at an instant, newest first. */
  *seen(seenMs: number): Generator<T> {
    for (let index = this.#ids.length - 1; index >= 0; index -= 1) {
      const record = this.seenOne(this.#ids[index]!, seenMs);
      if (record) yield record;
    }
  }
}
