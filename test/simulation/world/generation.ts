import type { Trace } from "./trace.ts";

/** Where a process dies: at its n-th port call, before the call has its effect or after it, unanswered. */
export interface CrashPoint {
  readonly call: number;
  readonly when: "before" | "after";
}

/** A call of any port by a process, numbered over all its ports. */
export interface PortCall {
  readonly port: string;
  readonly method: string;
  readonly number: number;
}

const CALLS_AT_ONCE_MAX = 20_000;

/**
 * One life of the process. Every call of every port passes through its gate; when it has died, no call has an effect and no answer ever comes, and
 * while it is frozen, answers wait. Memory dies with it, because nothing else refers to it.
 */
export class Generation {
  readonly number: number;
  readonly #trace: Trace;
  readonly #onDeath: (at: PortCall | undefined, cause: string) => void;
  readonly #onSpin: (what: string) => void;
  #point: CrashPoint | undefined;
  #alive = true;
  #calls = 0;
  /** Port calls within one instant of virtual time. */
  #atOnce = 0;
  #instantMs = -1;
  #waiting = 0;
  #storeWaiting = 0;
  #thawed: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(
    number: number,
    point: CrashPoint | undefined,
    trace: Trace,
    onDeath: (at: PortCall | undefined, cause: string) => void,
    onSpin: (what: string) => void,
  ) {
    this.number = number;
    this.#point = point;
    this.#trace = trace;
    this.#onDeath = onDeath;
    this.#onSpin = onSpin;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get frozen(): boolean {
    return this.#thawed !== undefined;
  }

  /** Port calls so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Port calls that were not answered yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Calls of the store that were not answered yet: what the process knows may be behind the disk. */
  get storeWaiting(): number {
    return this.#storeWaiting;
  }

  /** Forgets its crash point: faults are over. */
  spare(): void {
    this.#point = undefined;
  }

  die(cause: string, at?: PortCall): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#onDeath(at, cause);
  }

  freeze(): void {
    if (this.#thawed) return;
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((thaw) => {
      resolve = thaw;
    });
    this.#thawed = { promise, resolve };
  }

  thaw(): void {
    this.#thawed?.resolve();
    this.#thawed = undefined;
  }

  /** Waits while the process stands still; for ever when it dies of it. */
  async stand(): Promise<void> {
    while (this.#alive && this.#thawed) await this.#thawed.promise;
    if (!this.#alive) await never();
  }

  /** Carries out a port call for this process, unless it dies of it. `noise` keeps everyday calls out of what a person reads. */
  async gate<T>(port: string, method: string, effect: () => Promise<T>, noise = false): Promise<T> {
    if (!this.#alive) return never();
    this.#calls += 1;
    const call = this.#calls;
    this.#trace.tell(`p${this.number} ${call} ${port}.${method}`, noise);
    if (this.#spins()) return this.#struck({ port, method, number: call }, "before");
    const point = this.#point?.call === call ? this.#point.when : undefined;
    if (point === "before") return this.#struck({ port, method, number: call }, "before");
    this.#waiting += 1;
    if (port === "store") this.#storeWaiting += 1;
    try {
      return await effect();
    } finally {
      this.#waiting -= 1;
      if (port === "store") this.#storeWaiting -= 1;
      if (point === "after") await this.#struck({ port, method, number: call }, "after");
      while (this.#alive && this.#thawed) await this.#thawed.promise;
      if (!this.#alive) await never();
    }
  }

  /** Whether so much is asked at one instant that time would never move again. */
  #spins(): boolean {
    const nowMs = this.#trace.nowMs();
    this.#atOnce = nowMs === this.#instantMs ? this.#atOnce + 1 : 0;
    this.#instantMs = nowMs;
    if (this.#atOnce < CALLS_AT_ONCE_MAX) return false;
    this.#onSpin(`process ${this.number} made ${CALLS_AT_ONCE_MAX} port calls at one instant`);
    return true;
  }

  #struck(at: PortCall, when: "before" | "after"): Promise<never> {
    this.die(`killed ${when} ${at.port}.${at.method} took effect`, at);
    return never();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** A port of which every call goes through a process's gate. Methods named as quiet are pure and stay outside; what is no method is read where it is. */
export function gated<T extends object>(
  generation: Generation,
  port: string,
  target: T,
  quiet: ReadonlySet<string>,
  noise: ReadonlySet<string>,
): T {
  const gate: Record<string, unknown> = {};
  for (const name of namesOf(target)) {
    const value: unknown = Reflect.get(target, name);
    if (typeof value !== "function") {
      Object.defineProperty(gate, name, { get: () => Reflect.get(target, name), enumerable: true });
      continue;
    }
    const isNoise = noise.has(name);
    gate[name] = quiet.has(name)
      ? value.bind(target)
      : (...args: unknown[]) => generation.gate(port, name, () => Reflect.apply(value, target, args) as Promise<unknown>, isNoise);
  }
  return gate as T;
}

/** Its own names and those of its classes. */
function namesOf(target: object): Set<string> {
  const names = new Set<string>();
  for (let each = target; each !== Object.prototype && each !== null; each = Object.getPrototypeOf(each))
    for (const name of Object.getOwnPropertyNames(each)) if (name !== "constructor") names.add(name);
  return names;
}
