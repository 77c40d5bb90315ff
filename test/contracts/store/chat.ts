import { expect, it } from "vitest";
import type { DeliveryRow, InboxRow } from "../../../src/ports/store.ts";
import type { Subject } from "./subject.ts";

/** The part of the store contract that serves chat: the inbox of requests and the ledger of deliveries. */
export function chatContract(subject: Subject): void {
  inboxContract(subject);
  deliveryContract(subject);
  pruneContract(subject);
}

const request = (requestId: string, wallMs: number, body = `body of ${requestId}`): InboxRow => ({ requestId, wallMs, body });

const delivery = (key: string, wallMs: number, changed: Partial<DeliveryRow> = {}): DeliveryRow => ({
  key,
  wallMs,
  status: "waiting",
  attempts: 0,
  messageId: undefined,
  body: `text of ${key}`,
  ...changed,
});

function inboxContract(subject: Subject): void {
  it("accepts a request once: its repeat is seen, before and after it is settled and across restarts", async () => {
    const { store, restarted } = subject();
    expect(await store.accept(request("r1", 100))).toBe("new");
    expect(await store.accept(request("r1", 200, "another body"))).toBe("seen");
    expect(await store.unsettled()).toEqual([request("r1", 100)]);
    await store.settle("r1");
    expect(await store.accept(request("r1", 300))).toBe("seen");
    const later = await restarted();
    expect(await later.accept(request("r1", 400))).toBe("seen");
    expect(await later.unsettled()).toEqual([]);
  });

  it("tells exactly one of many simultaneous copies of a request that it is new", async () => {
    const { store } = subject();
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.accept(request("r1", 100))));
    expect(answers.filter((answer) => answer === "new")).toHaveLength(1);
  });

  it("lists unsettled requests oldest first, in the order of arrival within one instant, across restarts", async () => {
    const { store, restarted } = subject();
    for (const row of [request("d", 300), request("z", 100), request("a", 100), request("m", 200)]) await store.accept(row);
    await store.settle("m");
    await store.settle("a request that nobody sent");
    const later = await restarted();
    expect((await later.unsettled()).map((row) => row.requestId)).toEqual(["z", "a", "d"]);
  });
}

function deliveryContract(subject: Subject): void {
  it("knows no cursors and no rows of a channel that nobody used", async () => {
    const { store } = subject();
    expect(await store.cursors("telegram:1")).toEqual(new Map());
    expect(await store.undelivered("telegram:1")).toEqual([]);
  });

  it("moves the named cursors of one channel and leaves all others, across restarts", async () => {
    const { store, restarted } = subject();
    await store.recordDelivery({
      channel: "telegram:1",
      cursors: new Map([
        ["desk", 3],
        ["account:1", 7],
      ]),
      rows: [],
    });
    await store.recordDelivery({ channel: "discord:1", cursors: new Map([["desk", 1]]), rows: [] });
    await store.recordDelivery({ channel: "telegram:1", cursors: new Map([["desk", 5]]), rows: [] });
    const later = await restarted();
    expect(Object.fromEntries(await later.cursors("telegram:1"))).toEqual({ desk: 5, "account:1": 7 });
    expect(Object.fromEntries(await later.cursors("discord:1"))).toEqual({ desk: 1 });
  });

  it("replaces a ledger row that has the same key and keeps every field, across restarts", async () => {
    const { store, restarted } = subject();
    const first = delivery("desk:1", 100);
    const other = delivery("desk:2", 50, { status: "attempting", attempts: 2 });
    const tried = delivery("desk:1", 20, { status: "attempting", attempts: 1, messageId: "m-7", body: "edited" });
    await store.recordDelivery({ channel: "telegram:1", cursors: new Map(), rows: [first, other] });
    expect(await store.undelivered("telegram:1")).toEqual([other, first]);
    await store.recordDelivery({ channel: "telegram:1", cursors: new Map(), rows: [tried] });
    const later = await restarted();
    expect(await later.undelivered("telegram:1")).toEqual([tried, other]);
  });

  it("lists what is not delivered yet, oldest first, of this channel only", async () => {
    const { store } = subject();
    const rows = [delivery("c", 300), delivery("z", 100), delivery("a", 100), delivery("b", 200, { status: "delivered", messageId: "9" })];
    await store.recordDelivery({ channel: "telegram:1", cursors: new Map(), rows });
    await store.recordDelivery({ channel: "discord:1", cursors: new Map(), rows: [delivery("z", 1)] });
    expect((await store.undelivered("telegram:1")).map((row) => row.key)).toEqual(["z", "a", "c"]);
    await store.recordDelivery({ channel: "telegram:1", cursors: new Map(), rows: [delivery("z", 100, { status: "delivered" })] });
    expect((await store.undelivered("telegram:1")).map((row) => row.key)).toEqual(["a", "c"]);
    expect((await store.undelivered("discord:1")).map((row) => row.key)).toEqual(["z"]);
  });

  it("forgets one channel whole and no other", async () => {
    const { store, restarted } = subject();
    for (const channel of ["telegram:1", "telegram:2"]) {
      await store.recordDelivery({ channel, cursors: new Map([["desk", 4]]), rows: [delivery("desk:4", 100)] });
    }
    await store.forgetChannel("telegram:1");
    await store.forgetChannel("a channel that nobody used");
    const later = await restarted();
    expect((await later.cursors("telegram:1")).size).toBe(0);
    expect(await later.undelivered("telegram:1")).toEqual([]);
    expect((await later.cursors("telegram:2")).get("desk")).toBe(4);
    expect(await later.undelivered("telegram:2")).toHaveLength(1);
  });
}

function pruneContract(subject: Subject): void {
  it("prunes settled requests older than the limit: their repeat is new again, all others are kept", async () => {
    const { store } = subject();
    for (const row of [request("old", 99), request("limit", 100), request("open", 1)]) await store.accept(row);
    await store.settle("old");
    await store.settle("limit");
    await store.prune(100);
    expect((await store.unsettled()).map((row) => row.requestId)).toEqual(["open"]);
    expect(await store.accept(request("limit", 500))).toBe("seen");
    expect(await store.accept(request("open", 500))).toBe("seen");
    expect(await store.accept(request("old", 500))).toBe("new");
  });

  it("prunes delivered rows only, and never cursors, streams or snapshots", async () => {
    const { store } = subject();
    await store.acquire("desk");
    await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a"] });
    await store.saveSnapshot({ stream: "desk", sequence: 1, body: "s" });
    const rows = [delivery("done", 1, { status: "delivered" }), delivery("waiting", 1), delivery("sent", 1, { status: "attempting" })];
    await store.recordDelivery({ channel: "telegram:1", cursors: new Map([["desk", 1]]), rows });
    await store.prune(1_000);
    expect((await store.undelivered("telegram:1")).map((row) => row.key)).toEqual(["waiting", "sent"]);
    expect((await store.cursors("telegram:1")).get("desk")).toBe(1);
    expect(await store.read("desk", 0, 10)).toHaveLength(1);
    expect(await store.loadSnapshot("desk")).toBeDefined();
  });
}
