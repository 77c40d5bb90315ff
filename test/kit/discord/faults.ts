import { fits } from "./limits.ts";

/** Bad weather for some requests. `when: "after"` lets the request take effect first and loses only its answer. */
export interface Fault {
  readonly method?: string;
  /** A part of the path (after /api/v10), or an expression. */
  readonly pathPattern: string | RegExp;
  readonly status: number | "hang" | "destroy";
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly when?: "before" | "after";
  /** How many requests it hits; 1 unless told. */
  readonly times?: number;
}

export class Faults {
  #pending: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending = [];
  }

  take(method: string, path: string): Fault | undefined {
    const hit = this.#pending.find(({ fault }) => (fault.method ?? method) === method && fits(path, fault.pathPattern));
    if (!hit) return undefined;
    hit.left -= 1;
    if (hit.left === 0) this.#pending = this.#pending.filter((each) => each !== hit);
    return hit.fault;
  }
}
