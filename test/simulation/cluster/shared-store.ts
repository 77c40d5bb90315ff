import type { AskBook } from "../../../src/ports/asks.ts";
import type { Cluster, SharedStore } from "../../../src/ports/cluster.ts";
import type { Store } from "../../../src/ports/store.ts";
import { type Generation, gated } from "../world/generation.ts";
import type { HoldersLaw } from "./holders.ts";

const NONE: ReadonlySet<string> = new Set();
const LOOKS: ReadonlySet<string> = new Set(["members", "open", "answers"]);

/** The store of one process as its ports see it, before the gate; who has which stream is told. */
export function watchedStore(store: SharedStore, process: number, holders: HoldersLaw): Store {
  return {
    acquire: async (stream) => {
      const acquired = await store.acquire(stream);
      holders.took(stream, process, acquired.epoch, acquired.isTakeover === true);
      return acquired;
    },
    release: (stream, isUnanswered) => {
      holders.gave(stream, process);
      return store.release(stream, isUnanswered);
    },
    unheld: (stream) => store.unheld(stream),
    append: (batch) => store.append(batch),
    read: (stream, after, limit) => store.read(stream, after, limit),
    news: (after, limit) => store.news(after, limit),
    streams: () => store.streams(),
    saveSnapshot: (snapshot) => store.saveSnapshot(snapshot),
    loadSnapshot: (stream) => store.loadSnapshot(stream),
    accept: (request) => store.accept(request),
    settle: (requestId) => store.settle(requestId),
    unsettled: () => store.unsettled(),
    cursors: (channel) => store.cursors(channel),
    recordDelivery: (update) => store.recordDelivery(update),
    undelivered: (channel) => store.undelivered(channel),
    forgetChannel: (channel) => store.forgetChannel(channel),
    prune: (beforeMs) => store.prune(beforeMs),
    close: () => store.close(),
  };
}

/** What processes ask of one another, and who there is, behind the gate of one of them. */
export function gatedSharing(generation: Generation, { asks, cluster }: SharedStore): { asks: AskBook; cluster: Cluster } {
  return { asks: gated(generation, "asks", asks, NONE, LOOKS), cluster: gated(generation, "cluster", cluster, NONE, LOOKS) };
}
