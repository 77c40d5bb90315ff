import { beforeEach, expect, test } from "vitest";
import { ChatDesk } from "./door.ts";

const STRANGER = "telegram:666";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
});

/** Asks like a platform: stored first, then handled. */
async function asks(times: number, user = STRANGER): Promise<void> {
  for (let count = 0; count < times; count++) {
    const request = desk.request("system halt", user);
    await desk.door.accept(request);
    await desk.door.handle(request);
  }
}

const counts = () => desk.ledger.ofType("access-denied").map(({ count }) => count);

test("whoever may not do a thing fills neither the inbox nor the audit, however often they try", async () => {
  await asks(1_234);
  expect(counts()).toEqual([undefined, undefined, undefined, undefined, undefined, 10, 100, 1_000]);
  expect([desk.inbox.rows.size, desk.inbox.settled, desk.ledger.state.halt]).toEqual([0, [], undefined]);
});

test("denials are counted anew after ten minutes, and for each user", async () => {
  await asks(7);
  await asks(1, "telegram:667");
  await desk.clock.advance(10 * 60_000);
  await asks(1);
  expect(counts()).toEqual(Array(7).fill(undefined));
});

test("what is allowed is stored before it runs, and settled after it", async () => {
  const request = desk.request("system halt");
  expect(await desk.door.accept(request)).toBe("new");
  expect([...desk.inbox.rows.keys()]).toEqual([request.id]);
  await desk.door.handle(request);
  expect(desk.inbox.settled).toEqual([request.id]);
});
