import type { Store, StoreContents } from "../../src/ports/store.ts";

const EVENTS = 1_200;

/** A store with something of everything that a store can hold. */
export async function filledStore(store: Store & StoreContents): Promise<Store & StoreContents> {
  await store.acquire("desk");
  await store.append({ stream: "desk", epoch: 1, expectedSequence: 0, bodies: ["a", "", "zero\0🐢"] });
  await store.acquire("account:1");
  const { epoch } = await store.acquire("account:1");
  const bodies = Array.from({ length: EVENTS }, (_, n) => `event ${n}`);
  await store.append({ stream: "account:1", epoch, expectedSequence: 0, bodies });
  for (const stream of ["desk", "alive"]) await store.saveSnapshot({ stream, sequence: 2, body: `state of ${stream}` });
  await store.accept({ requestId: "r1", wallMs: 1, body: "bot list" });
  await store.accept({ requestId: "r2", wallMs: 1, body: "bot start" });
  await store.settle("r1");
  const row = { key: "desk:2", wallMs: 5, status: "attempting", attempts: 1, messageId: "m1", body: "text" } as const;
  const done = { ...row, key: "desk:1", status: "delivered" } as const;
  await store.recordDelivery({ channel: "telegram:1", cursors: new Map([["desk", 2]]), rows: [row, done] });
  return store;
}
