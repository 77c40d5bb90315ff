import type { Store } from "../../../src/ports/store.ts";

/** The store of the running test, asked for when the test runs. `restarted` is the same data after a restart, or the store as it is where restarts keep nothing. */
export type Subject = () => { store: Store; restarted: () => Promise<Store> };

/** More rows than any stream of these tests has. */
export const WHOLE = 10_000;
