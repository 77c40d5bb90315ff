import type { DoorRequest } from "./door.ts";
import type { Fault, FaultPlan } from "./faults.ts";

interface Line {
  readonly route: string;
  readonly fault: Fault;
  left: number;
}

/** Faults written down by a test: each spoils the next requests of its route, and nothing else is spoilt. */
export class ScriptedFaults implements FaultPlan {
  #lines: Line[] = [];
  /** Hears of each fault when its request has arrived. */
  onStrike: (fault: Fault) => void = () => {};

  /** Spoils the next `times` requests of a route, as `POST /api/v3/order`. Several lines of one route are used up in turn. */
  next(route: string, fault: Omit<Fault, "id"> & { readonly id?: string }, times?: number): void;
  next(request: DoorRequest, nowMs: number): Fault | undefined;
  next(what: string | DoorRequest, detail: number | (Omit<Fault, "id"> & { readonly id?: string }), times = 1): Fault | undefined {
    if (typeof what !== "string") return this.#draw(what);
    if (typeof detail !== "number") this.#lines.push({ route: what, fault: { id: "script", ...detail }, left: times });
    return undefined;
  }

  /** Faults that have not happened yet: a test that ends with some has not tested them. */
  get left(): number {
    return this.#lines.reduce((sum, { left }) => sum + left, 0);
  }

  clear(): void {
    this.#lines = [];
  }

  #draw(request: DoorRequest): Fault | undefined {
    const line = this.#lines.find(({ route, left }) => left > 0 && route === `${request.method} ${request.path}`);
    if (!line) return undefined;
    line.left -= 1;
    this.onStrike(line.fault);
    return line.fault;
  }
}
