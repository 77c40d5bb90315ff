import { expect, it } from "vitest";
import { encodeEvent } from "../../src/domain/event-codec.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";
import { type Store, StoreUnavailable } from "../../src/ports/store.ts";
import { fillOf, Rig, read, sold } from "./delivery.rig.ts";

const PLACE = "discord:1";

it("begins anew when the process ended right after it was subscribed again, and its ledger could not be deleted before", async () => {
  const rig = new Rig();
  const first = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 1, 1);
  await rig.settle(first);
  const store = Object.create(rig.store) as Store;
  store.cursors = (channel) => rig.store.cursors(channel);
  store.undelivered = (channel) => rig.store.undelivered(channel);
  store.recordDelivery = (update) => rig.store.recordDelivery(update);
  store.forgetChannel = () => Promise.reject(new StoreUnavailable("disk full"));
  await first.stop(1_000);
  const second = rig.start({ store });
  await rig.settle(second);
  rig.tell({ type: "channel-unsubscribed", place: PLACE, by: "discord:1" });
  await rig.settle(second);
  rig.fills("dip", 2, 1);
  await rig.clock.advance(1);
  await second.stop(1_000);
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 3, 1);
  const third = rig.start();
  await rig.settle(third);
  expect(read(rig.discord, PLACE)).toEqual([sold("dip", 1), sold("dip", 3)]);
});

it("gets nothing from before its subscription of an account whose books are read only later", async () => {
  const rig = new Rig();
  rig.tell({ type: "account-registered", account: "far", owner: "discord:1" });
  const { epoch } = await rig.store.acquire("account:far");
  const far = async (n: number) => {
    const event = fillOf("far", n);
    const body = encodeEvent({ wallMs: wallMs(rig.clock.wall()), marketMs: marketMs(0), requestId: undefined, event });
    await rig.store.append({ stream: "account:far", epoch, expectedSequence: n - 1, bodies: [body] });
    return event;
  };
  const past = [await far(1), await far(2)];
  await rig.clock.advance(1);
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  const news = await far(3);
  await rig.settle(delivery);
  rig.streams.append("account:far", ...past, news);
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE)).toEqual([sold("far", 3)]);
});
