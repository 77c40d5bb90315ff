import type { Store, StoreContents } from "../ports/store.ts";
import { MemoryData } from "./memory/data.ts";
import { MemoryStore } from "./memory/store.ts";

/** A store that lives and dies with this process: for tests and for trying things out. It keeps the same contract, durability aside. */
export function openMemoryStore(): Store & StoreContents {
  return new MemoryStore(new MemoryData(), {
    call: async (_kind, work) => work(),
    take: () => false,
    give: () => undefined,
    owe: () => undefined,
    problem: () => undefined,
    prune: () => undefined,
    leave: () => Promise.resolve(),
  });
}
