import { expect, it } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { Rig, read, sold } from "./delivery.rig.ts";

const PLACE = "discord:1";

it("delivers what happens after a channel was subscribed, in order, and nothing from before", async () => {
  const rig = new Rig();
  rig.fills("old", 1, 3);
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 1, 3);
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE)).toEqual([1, 2, 3].map((n) => sold("dip", n)));
});

it("begins at the subscription when the process ended before the cursors were written", async () => {
  const rig = new Rig();
  rig.fills("old", 1, 3);
  await rig.clock.advance(1);
  rig.subscribe(PLACE, "fills", "system");
  rig.fills("dip", 1, 2);
  rig.tell({ type: "desk-stopped", reason: "asked to", unwatched: [] });
  const delivery = rig.start();
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE)).toEqual([sold("dip", 1), sold("dip", 2), "The desk was stopped"].toSorted());
});

it("sends only the kinds that a channel has, critical ones to whoever has critical, and a digest only to its own place", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "bots");
  rig.subscribe("telegram:2", "critical");
  rig.fills("dip", 1, 1);
  rig.fills("dip", 2, 1, "stop");
  rig.streams.append("account:a", { type: "bot-faulted", botId: "dip", reason: "a broken strategy" });
  const digest = { day: "2021-05-19", currency: "USDT", market: "m", fills: 0, bots: [], ...zeros() };
  rig.tell({ type: "digest-due", place: "telegram:2", day: "2021-05-19", digest });
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE)).toEqual(["dip has faulted"]);
  expect(read(rig.telegram, "telegram:2")).toEqual(["Stop loss: dip sold 2 BTC", "dip has faulted", "Daily digest 2021-05-19"]);
});

it("gives an unsubscribed channel nothing more, and begins anew when it is subscribed again", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 1, 1);
  await rig.settle(delivery);
  rig.tell({ type: "channel-unsubscribed", place: PLACE, by: "discord:1" });
  rig.fills("dip", 2, 1);
  await rig.settle(delivery);
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 3, 1);
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE)).toEqual([sold("dip", 1), sold("dip", 3)]);
});

it("lets a critical alert overtake a backlog of other bots, but never its own bot's", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.discord.reachable = false;
  for (let n = 1; n <= 1_000; n++) rig.fills(`bot${n}`, 1, 1);
  rig.fills("dip", 1, 1);
  rig.fills("dip", 2, 1, "stop");
  rig.fills("sure", 3, 1, "stop");
  rig.fills("sure", 4, 1);
  await rig.settle(delivery, 3_000);
  rig.discord.reachable = true;
  await rig.settle(delivery);
  const seen = read(rig.discord, PLACE);
  expect(seen).toHaveLength(1_004);
  expect(seen[0]).toBe("Stop loss: sure sold 3 BTC");
  expect(seen.filter((title) => title.includes("dip"))).toEqual([sold("dip", 1), "Stop loss: dip sold 2 BTC"]);
  expect(rig.streams.pageMax).toBeLessThanOrEqual(200);
});

it("folds more than five alike a minute into one edited message that counts and sums them", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  for (let n = 1; n <= 17; n++) {
    rig.fills("dip", n, 1);
    await rig.settle(delivery);
  }
  const seen = read(rig.discord, PLACE);
  expect(seen).toEqual([...[1, 2, 3, 4, 5].map((n) => sold("dip", n)), "12 more fills of dip: +138.00 USDT in all"]);
  expect(await rig.store.undelivered(PLACE)).toEqual([]);
  await rig.clock.advance(60_000);
  rig.fills("dip", 18, 1);
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE).at(-1)).toBe(sold("dip", 18));
});

it("tells every alert by itself where messages cannot be edited", async () => {
  const rig = new Rig();
  rig.discord.edits = false;
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 1, 30);
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE)).toEqual(Array.from({ length: 30 }, (_, index) => sold("dip", index + 1)));
});

it("posts a new shared message when the one to edit was deleted", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 1, 7);
  await rig.settle(delivery);
  rig.discord.messages.pop();
  rig.fills("dip", 8, 2);
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE).at(-1)).toBe("2 more fills of dip: +17.00 USDT in all");
});

it("never folds critical alerts, and shows what follows one below it", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 1, 8);
  rig.fills("dip", 9, 7, "stop");
  rig.fills("dip", 16, 2);
  await rig.settle(delivery);
  const seen = read(rig.discord, PLACE);
  expect(seen.slice(5, 6)).toEqual(["3 more fills of dip: +21.00 USDT in all"]);
  expect(seen.slice(6, 13).every((title) => title.startsWith("Stop loss"))).toBe(true);
  expect(seen.slice(13)).toEqual(["2 more fills of dip: +33.00 USDT in all"]);
});

it("delivers 10,000 alerts through a platform that refuses every third call", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.discord.weather = (_, call) => (call % 3 === 0 ? "busy" : "good");
  for (let n = 1; n <= 10_000; n++) rig.fills(`bot${n % 100}`, n, 1);
  expect(await rig.settle(delivery, 10_800_000, 1_000)).toBeDefined();
  const shown = read(rig.discord, PLACE);
  const folded = shown.map((title) => Number(/^(\d+) more/.exec(title)?.[1] ?? 1));
  expect(folded.reduce((sum, count) => sum + count, 0)).toBe(10_000);
  expect(await rig.store.undelivered(PLACE)).toEqual([]);
});

it("delivers a critical alert within a minute of its channel being reachable, whatever the back-off was", async () => {
  const rig = new Rig();
  const delivery = rig.start({ platforms: [rig.discord] });
  rig.subscribe(PLACE, "fills");
  rig.discord.weather = () => "busy";
  rig.fills("other", 1, 1);
  await rig.settle(delivery, 300_000);
  rig.fills("dip", 1, 1, "stop");
  await rig.settle(delivery, 20_000);
  rig.discord.weather = () => "good";
  expect(await rig.settle(delivery, 60_000)).toBeLessThanOrEqual(60_000);
  rig.discord.reachable = false;
  rig.fills("dip", 2, 1, "stop");
  await rig.settle(delivery, 900_000, 5_000);
  rig.discord.reachable = true;
  expect(await rig.settle(delivery, 60_000)).toBeLessThanOrEqual(2_000);
});

it("hands critical alerts to another platform after 10 s and still delivers them where they belong", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "critical");
  rig.subscribe("telegram:2", "bots");
  rig.discord.reachable = false;
  rig.fills("dip", 1, 1, "stop");
  await rig.settle(delivery, 9_000);
  expect(read(rig.telegram, "telegram:2")).toEqual([]);
  await rig.settle(delivery, 3_000);
  expect(read(rig.telegram, "telegram:2")).toEqual(["Stop loss: dip sold 1 BTC (for discord:1)"]);
  rig.discord.reachable = true;
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE)).toEqual(["Stop loss: dip sold 1 BTC"]);
  expect(rig.telegram.messages).toHaveLength(1);
});

it("hands over what waits behind a send that never ends, and repeats that one with a mark", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "critical", "fills");
  rig.subscribe("telegram:2", "bots");
  rig.discord.weather = (_, call) => (call === 1 ? "hangs" : "good");
  rig.fills("slow", 1, 1);
  await rig.settle(delivery, 1_000);
  rig.fills("dip", 1, 1, "stop");
  await rig.settle(delivery, 12_000);
  expect(rig.telegram.messages).toHaveLength(1);
  await rig.settle(delivery);
  expect(read(rig.discord, PLACE).toSorted()).toEqual([`(repeat) ${sold("slow", 1)}`, "Stop loss: dip sold 1 BTC"]);
});

it("gives up what a channel that is gone cannot get, and hands its critical alerts over at once", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "critical", "fills");
  rig.subscribe("telegram:2", "bots");
  rig.discord.weather = () => "gone";
  rig.fills("dip", 1, 1);
  rig.fills("dip", 2, 1, "stop");
  expect(await rig.settle(delivery, 1_000)).toBeDefined();
  expect(read(rig.telegram, "telegram:2")).toEqual(["Stop loss: dip sold 2 BTC (for discord:1)"]);
  expect(await rig.store.undelivered(PLACE)).toEqual([]);
});

it("keeps one platform's trouble away from another", async () => {
  const rig = new Rig();
  rig.discord.weather = () => "hangs";
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.subscribe("telegram:2", "fills");
  rig.fills("dip", 1, 3);
  await rig.settle(delivery, 250);
  expect(read(rig.telegram, "telegram:2")).toHaveLength(3);
});

it("stops within its time when a platform does not answer, and the next process marks what may have arrived", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.fills("dip", 1, 2);
  rig.discord.weather = () => "hangs";
  await rig.clock.advance(10);
  let isStopped = false;
  void delivery.stop(3_000).then(() => {
    isStopped = true;
  });
  await rig.clock.advance(4_500);
  expect(isStopped).toBe(true);
  rig.discord.weather = () => "good";
  await rig.settle(rig.start());
  expect(read(rig.discord, PLACE)).toEqual([`(repeat) ${sold("dip", 1)}`, sold("dip", 2)]);
});

it("does what it can when it is stopped, without waiting for platforms that cannot be reached", async () => {
  const rig = new Rig();
  const delivery = rig.start();
  rig.subscribe(PLACE, "fills");
  rig.subscribe("telegram:2", "fills");
  rig.telegram.reachable = false;
  rig.fills("dip", 1, 3);
  const stopped = delivery.stop(3_000);
  await rig.clock.advance(1_000);
  await stopped;
  expect(read(rig.discord, PLACE)).toHaveLength(3);
  expect((await rig.store.cursors(PLACE)).get("account:a")).toBe(3);
  expect(rig.clock.sleeping).toBe(0);
});

function zeros() {
  const zero = decimal(0);
  return { equity: zero, realized: zero, unrealized: zero, fees: zero };
}
