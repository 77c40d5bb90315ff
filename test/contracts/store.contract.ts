import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store, StoreContents } from "../../src/ports/store.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { chatContract } from "./store/chat.ts";
import { modelContract } from "./store/model.ts";
import { newsContract, ownNewsContract } from "./store/news.ts";
import { streamContract } from "./store/streams.ts";
import type { Subject } from "./store/subject.ts";
import { WHOLE } from "./store/subject.ts";

/** One store under test. `reopen` closes it and opens the same data anew; it is absent where nothing outlives the process. */
export interface OpenedStore<Kind extends Store = Store> {
  readonly store: Kind;
  readonly reopen?: () => Promise<Kind>;
  destroy(): Promise<void>;
}

/** The contract of src/ports/store.ts. Every store passes it, the numbers are those of the port. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the store contract`, () => {
    let opened: OpenedStore;
    let store: Store;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.destroy());

    const subject: Subject = () => ({ store, restarted: async () => (opened.reopen ? opened.reopen() : store) });

    streamContract(subject);
    describe("what is new in many streams", () => {
      newsContract(async () => ({ writer: store, reader: store }));
      ownNewsContract(subject);
    });
    describe("snapshots", () => snapshotContract(subject));
    describe("inbox, deliveries and pruning", () => chatContract(subject));
    describe("close", () => closeContract(subject));
    describe("against a plain model", () => modelContract(subject));
  });
}

function snapshotContract(subject: Subject): void {
  it("knows no snapshot of a stream that never had one", async () => {
    expect(await subject().store.loadSnapshot("desk")).toBeUndefined();
  });

  it("keeps the newest snapshot of each stream, across restarts", async () => {
    const { store, restarted } = subject();
    await store.saveSnapshot({ stream: "desk", sequence: 1, body: "first" });
    await store.saveSnapshot({ stream: "account:1", sequence: 9, body: "other" });
    await store.saveSnapshot({ stream: "desk", sequence: 4, body: "second" });
    const later = await restarted();
    expect(await later.loadSnapshot("desk")).toEqual({ stream: "desk", sequence: 4, body: "second" });
    expect(await later.loadSnapshot("account:1")).toEqual({ stream: "account:1", sequence: 9, body: "other" });
  });
}

/** The contract of `StoreContents`, which every store keeps that can be copied whole. */
export function contentsContract(name: string, open: () => Promise<OpenedStore<Store & StoreContents>>): void {
  const row = { wallMs: 1, attempts: 0, messageId: undefined, body: "text" };

  it(`${name} names what a copy of the whole store must take along, across restarts`, async () => {
    const { store, reopen, destroy } = await open();
    expect([await store.snapshots(), await store.requests(), await store.channels()]).toEqual([[], [], []]);
    for (const stream of ["desk", "alive", "account:\uff5e", "account:😀"]) await store.saveSnapshot({ stream, sequence: 0, body: "s" });
    const requests = ["late", "z", "a"].map((requestId) => ({ requestId, wallMs: requestId === "late" ? 2 : 1, body: "b" }));
    for (const request of requests) await store.accept(request);
    await store.settle("z");
    await store.recordDelivery({ channel: "cursor only", cursors: new Map([["desk", 1]]), rows: [] });
    await store.recordDelivery({ channel: "a.row $only", cursors: new Map(), rows: [{ ...row, key: "desk:1", status: "waiting" }] });
    const delivered = { channel: "all delivered", cursors: new Map(), rows: [{ ...row, key: "desk:1", status: "delivered" as const }] };
    await store.recordDelivery(delivered);
    const later = reopen ? await reopen() : store;
    expect(await later.snapshots()).toEqual(["account:😀", "account:\uff5e", "alive", "desk"]);
    expect((await later.requests()).map(({ row: { requestId }, settled }) => [requestId, settled])).toEqual([
      ["z", true],
      ["a", false],
      ["late", false],
    ]);
    expect(await later.channels()).toEqual(["a.row $only", "cursor only"]);
    await destroy();
  });
}

function closeContract(subject: Subject): void {
  it("finishes what was asked before it", async () => {
    const { store, restarted } = subject();
    await store.acquire("desk");
    const appended = store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    const read = store.read("desk", 0, WHOLE);
    await store.close();
    await appended;
    expect(await read).toEqual([{ sequence: 1, body: "a" }]);
    const later = await restarted();
    if (later !== store) expect(await later.read("desk", 0, WHOLE)).toEqual([{ sequence: 1, body: "a" }]);
  });

  it("refuses everything after it as unavailable, and may be called twice", async () => {
    const { store } = subject();
    await store.acquire("desk");
    await store.close();
    await store.close();
    await expect(store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] })).rejects.toThrow(StoreUnavailable);
    await expect(store.read("desk", 0, WHOLE)).rejects.toThrow(StoreUnavailable);
    await expect(store.news(new Map([["desk", 0]]), WHOLE)).rejects.toThrow(StoreUnavailable);
    await expect(store.settle("r1")).rejects.toThrow(StoreUnavailable);
  });
}
