import type { AppendBatch } from "../../../src/ports/store.ts";
import { type Exact, exact } from "./exact.ts";

/** One durable row of the store, read from its bytes without the product's own decoder. */
export interface LogRow {
  readonly stream: string;
  readonly sequence: number;
  readonly epoch: number;
  /** Rows of one batch share it. */
  readonly batch: number;
  readonly trueMs: number;
  readonly marketMs: number;
  readonly requestId: string | undefined;
  readonly event: Fact;
}

/** An event as it lies in the store: `type` and whatever else the build wrote. */
export class Fact {
  readonly type: string;
  readonly #raw: Readonly<Record<string, unknown>>;

  constructor(raw: unknown) {
    this.#raw = objectOf(raw);
    this.type = this.text("type");
  }

  has(name: string): boolean {
    return this.#raw[name] !== undefined && this.#raw[name] !== null;
  }

  text(name: string): string {
    const value = this.#raw[name];
    if (typeof value !== "string") throw new TypeError(`expected the text ${name} in ${JSON.stringify(this.#raw)}`);
    return value;
  }

  /** A text, where it is one. */
  textIf(name: string): string | undefined {
    const value = this.#raw[name];
    return typeof value === "string" ? value : undefined;
  }

  textOr(name: string, otherwise: string): string {
    return this.has(name) ? this.text(name) : otherwise;
  }

  number(name: string): number {
    const value = this.#raw[name];
    if (typeof value !== "number") throw new TypeError(`expected the number ${name} in ${JSON.stringify(this.#raw)}`);
    return value;
  }

  flag(name: string): boolean {
    return this.#raw[name] === true;
  }

  money(name: string): Exact {
    return moneyOf(this.#raw[name]);
  }

  /** A nested object as a fact of no type. */
  part(name: string): Fact {
    return new Fact({ type: name, ...objectOf(this.#raw[name]) });
  }

  /** A list of texts. */
  texts(name: string): string[] {
    const value = this.#raw[name];
    if (!Array.isArray(value) || !value.every((each) => typeof each === "string"))
      throw new TypeError(`expected the texts ${name} in ${JSON.stringify(this.#raw)}`);
    return value;
  }

  /** A nested list of objects, as facts of no type. */
  list(name: string): Fact[] {
    const value = this.#raw[name];
    if (!Array.isArray(value)) throw new TypeError(`expected the list ${name} in ${JSON.stringify(this.#raw)}`);
    return value.map((each: unknown) => new Fact({ type: name, ...objectOf(each) }));
  }

  /** A nested map, as `toJson` writes it, of money. */
  moneyMap(name: string): Map<string, Exact> {
    const { $m: entries } = objectOf(this.#raw[name]);
    if (!Array.isArray(entries)) throw new TypeError(`expected the map ${name} in ${JSON.stringify(this.#raw)}`);
    return new Map(entries.map(([key, value]: [string, unknown]) => [key, moneyOf(value)]));
  }
}

/** The rows of a batch that has become durable. */
export function rowsOf(batch: AppendBatch, firstSequence: number, number: number, trueMs: number): LogRow[] {
  return batch.bodies.map((body, index) => {
    const raw = objectOf(JSON.parse(body));
    const { requestId, marketMs } = raw;
    return {
      stream: batch.stream,
      sequence: firstSequence + index,
      epoch: batch.epoch,
      batch: number,
      trueMs,
      marketMs: typeof marketMs === "number" ? marketMs : 0,
      requestId: typeof requestId === "string" ? requestId : undefined,
      event: new Fact(raw.event),
    };
  });
}

function moneyOf(value: unknown): Exact {
  const { $d: digits } = objectOf(value);
  if (typeof digits !== "string") throw new TypeError(`expected money, found ${JSON.stringify(value)}`);
  return exact(digits);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new TypeError(`expected an object, found ${JSON.stringify(value)}`);
  return value as Readonly<Record<string, unknown>>;
}
