import type { Store } from "../../src/ports/store.ts";

/** Which calls of a store are held back. */
export type Held = (name: string, args: readonly unknown[]) => boolean;

/** A store as a desk sees it: calls can be held back until they are let go, and a desk that was killed gets no answer any more. */
export interface GatedStore {
  readonly store: Store;
  /** Holds back such calls from now on, before they take effect. */
  hold(which: Held): void;
  /** Lets everything go that was held back. */
  release(): void;
  /** Resolves when at least one call is held back. */
  held(): Promise<void>;
  /** From now on no call takes effect or is answered: the process that made it is dead. */
  kill(): void;
}

export function gatedStore(inner: Store): GatedStore {
  let holds: Held = () => false;
  let dead = false;
  let waiting: (() => void)[] = [];
  let onHeld: (() => void)[] = [];
  const never = () => new Promise<never>(() => undefined);
  const gate = async (name: string, args: readonly unknown[], call: () => Promise<unknown>) => {
    if (dead) return never();
    if (holds(name, args)) {
      const released = new Promise<void>((resolve) => waiting.push(resolve));
      for (const tell of onHeld.splice(0)) tell();
      await released;
      if (dead) return never();
    }
    const answer = await call();
    return dead ? never() : answer;
  };
  const store = new Proxy(inner, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || typeof name !== "string") return method;
      if (name === "unheld") return method.bind(target);
      return (...args: unknown[]) => gate(name, args, () => Reflect.apply(method, target, args) as Promise<unknown>);
    },
  });
  return {
    store,
    hold(which) {
      holds = which;
    },
    release() {
      holds = () => false;
      for (const go of waiting) go();
      waiting = [];
    },
    held: () => (waiting.length > 0 ? Promise.resolve() : new Promise((resolve) => onHeld.push(resolve))),
    kill() {
      dead = true;
      waiting = [];
      onHeld = [];
    },
  };
}
