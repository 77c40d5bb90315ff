import { type AppendBatch, type Store, StoreUnavailable } from "../../src/ports/store.ts";

export type CrashPoint = { readonly write: number; readonly when: "before" | "after" };

/** A process's view of a store until it dies: no call that was not answered by then is ever answered. */
export interface MortalStore {
  readonly store: Store;
  /** Resolves when the process is dead. */
  readonly died: Promise<void>;
  /** Writes so far. */
  readonly writes: () => number;
}

const WRITES: ReadonlySet<string> = new Set([
  "acquire",
  "release",
  "append",
  "saveSnapshot",
  "accept",
  "settle",
  "recordDelivery",
  "forgetChannel",
  "prune",
]);

/** Dies at the n-th write (counted from 1), before it takes effect or after it took effect unanswered. Without a point it lives on. */
export function mortalStore(inner: Store, point?: CrashPoint): MortalStore {
  let writes = 0;
  let dead = false;
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const never = () => new Promise<never>(() => undefined);
  const kill = () => {
    dead = true;
    die();
    return never();
  };
  const store = wrapped(inner, async (name, call) => {
    if (dead) return never();
    if (WRITES.has(name)) {
      writes += 1;
      if (point && writes === point.write) {
        if (point.when === "after") await call();
        return kill();
      }
    }
    const answer = await call();
    return dead ? never() : answer;
  });
  return { store, died, writes: () => writes };
}

/** A write as it was made, to be made again on another store. */
export type Write = (store: Store) => Promise<unknown>;

/** Keeps every write, so that a test can make the store that a crash after any one of them leaves. */
export function recordingStore(inner: Store, onWrite: (write: Write) => void): Store {
  return wrapped(inner, (name, call, args) => {
    if (WRITES.has(name)) onWrite((store) => Reflect.apply(Reflect.get(store, name) as () => Promise<unknown>, store, args));
    return call();
  });
}

/** A store whose appends can be held back or refused, by stream. */
export interface MoodyStore {
  readonly store: Store;
  /** Appends of these streams wait until they are let go. */
  readonly held: Set<string>;
  /** Appends of these streams throw StoreUnavailable. */
  readonly broken: Set<string>;
  /** The next append of these streams is kept, and its answer is lost: it throws StoreUnavailable. */
  readonly lost: Set<string>;
  /** Called with each batch before it is kept. */
  onAppend: (batch: AppendBatch) => void;
  release(stream: string): void;
}

export function moodyStore(inner: Store): MoodyStore {
  const waiting = new Map<string, (() => void)[]>();
  const moody: MoodyStore = {
    held: new Set(),
    broken: new Set(),
    lost: new Set(),
    onAppend: () => undefined,
    release(stream) {
      moody.held.delete(stream);
      for (const go of waiting.get(stream)?.splice(0) ?? []) go();
    },
    store: wrapped(inner, async (name, call, args) => {
      if (name !== "append") return call();
      const batch = args[0] as AppendBatch;
      if (moody.broken.has(batch.stream)) throw new StoreUnavailable("disk full");
      if (moody.held.has(batch.stream)) {
        await new Promise<void>((resolve) => waiting.set(batch.stream, [...(waiting.get(batch.stream) ?? []), resolve]));
      }
      moody.onAppend(batch);
      const answer = await call();
      if (moody.lost.delete(batch.stream)) throw new StoreUnavailable("no answer");
      return answer;
    }),
  };
  return moody;
}

/** Every method of a store through one gate. */
function wrapped(inner: Store, gate: (name: string, call: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>): Store {
  return new Proxy(inner, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || typeof name !== "string") return method;
      // It is asked and answered in one go, and never goes to the store.
      if (name === "unheld") return method.bind(target);
      return (...args: unknown[]) => gate(name, () => Reflect.apply(method, target, args) as Promise<unknown>, args);
    },
  });
}
