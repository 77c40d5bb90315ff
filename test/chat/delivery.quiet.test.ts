import { expect, it } from "vitest";
import { decimal, ZERO } from "../../src/domain/money.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/time.ts";
import type { FakePlatform } from "../kit/fake-platform.ts";
import { Rig } from "./delivery.rig.ts";

const PLACE = "discord:1";
const STEP_MS = MINUTE_MS / 2;
const read = (platform: FakePlatform, place = PLACE) => platform.read(place).map((title) => title.replace(/ at 100[.0]* USDT/, ""));

/** A subscribed channel whose quiet hours have just begun (midnight to seven, UTC). */
function quietRig(): Rig {
  const rig = new Rig();
  rig.subscribe(PLACE, "critical", "fills", "system");
  rig.quiet(PLACE, "00:00", "07:00");
  return rig;
}

it("holds ordinary alerts while the hours last, says that nothing is left to do, and tells them, folded, at the end", async () => {
  const rig = quietRig();
  const delivery = rig.start();
  rig.fills("dip", 1, 8);
  expect(await rig.settle(delivery, 5_000)).toBeDefined();
  expect(read(rig.discord)).toEqual([]);
  await rig.clock.advance(7 * HOUR_MS - MINUTE_MS);
  expect(read(rig.discord)).toEqual([]);
  await rig.clock.advance(MINUTE_MS + 2_000);
  await rig.settle(delivery);
  expect(read(rig.discord)).toEqual([...[1, 2, 3, 4, 5].map((n) => `dip sold ${n} BTC`), "3 more fills of dip: +21.00 USDT in all"]);
  expect(await rig.store.undelivered(PLACE)).toEqual([]);
});

it("lets a critical alert through at once, after what its own bot said before it and before what it said later", async () => {
  const rig = quietRig();
  const delivery = rig.start();
  rig.fills("other", 1, 300);
  rig.fills("dip", 1, 2);
  rig.fills("dip", 3, 1, "stop");
  rig.fills("dip", 4, 1);
  expect(await rig.settle(delivery, 5_000)).toBeLessThanOrEqual(1_000);
  const told = ["dip sold 1 BTC", "dip sold 2 BTC", "Stop loss: dip sold 3 BTC"];
  expect(read(rig.discord)).toEqual(told);
  rig.fills("dip", 5, 1, "stop");
  await rig.settle(delivery, 5_000);
  expect(read(rig.discord)).toEqual([...told, "dip sold 4 BTC", "Stop loss: dip sold 5 BTC"]);
  await rig.clock.advance(7 * HOUR_MS);
  await rig.settle(delivery);
  const after = read(rig.discord).slice(5);
  expect(after.slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((n) => `other sold ${n} BTC`));
  expect(after.every((title) => !title.includes("dip"))).toBe(true);
  expect(await rig.store.undelivered(PLACE)).toEqual([]);
});

it("does not hold a digest, for a person chose its time", async () => {
  const rig = quietRig();
  const delivery = rig.start();
  rig.tell({ type: "desk-stopped", reason: "asked to", unwatched: [] });
  const sums = { equity: ZERO, realized: decimal(1), unrealized: ZERO, fees: ZERO };
  rig.tell({
    type: "digest-due",
    place: PLACE,
    day: "2026-01-01",
    digest: { day: "2026-01-01", currency: "USDT", market: "m", fills: 0, bots: [], ...sums },
  });
  rig.tell({ type: "desk-stopped", reason: "again", unwatched: [] });
  expect(await rig.settle(delivery, 5_000)).toBeDefined();
  expect(read(rig.discord)).toEqual(["Daily digest 2026-01-01"]);
  await rig.clock.advance(7 * HOUR_MS);
  await rig.settle(delivery);
  expect(read(rig.discord)).toEqual(["Daily digest 2026-01-01", "The desk was stopped", "The desk was stopped"]);
});

it("holds what waited for the platform when the hours began, and all of it is told once after they end", async () => {
  const rig = new Rig();
  rig.subscribe(PLACE, "fills");
  rig.quiet(PLACE, "01:00", "07:00");
  const delivery = rig.start();
  rig.discord.reachable = false;
  rig.fills("dip", 1, 12);
  await rig.settle(delivery, HOUR_MS, STEP_MS);
  rig.discord.reachable = true;
  expect(await rig.settle(delivery, 5_000)).toBeDefined();
  expect(read(rig.discord)).toEqual([]);
  rig.fills("dip", 13, 1, "stop");
  await rig.settle(delivery, 5_000);
  expect(read(rig.discord).at(-1)).toBe("Stop loss: dip sold 13 BTC");
  expect(read(rig.discord)).toHaveLength(7);
});

it("keeps 10,000 held alerts in the streams, and a critical one still brings all of its bot's before it", async () => {
  const rig = quietRig();
  const delivery = rig.start();
  for (let n = 1; n <= 5_000; n++) {
    rig.fills(`bot${n % 100}`, n, 1);
    rig.fills("dip", n, 1);
  }
  expect(await rig.settle(delivery, 5_000)).toBeDefined();
  expect(read(rig.discord)).toEqual([]);
  expect(await rig.store.undelivered(PLACE)).toEqual([]);
  rig.fills("dip", 7_777, 1, "stop");
  await rig.settle(delivery, 60_000);
  const told = read(rig.discord);
  expect(told.at(-1)).toBe("Stop loss: dip sold 7,777 BTC");
  expect(counted(told)).toBe(5_001);
  expect(told.every((title) => title.includes("dip"))).toBe(true);
  expect(rig.streams.pageMax).toBeLessThanOrEqual(200);
  await rig.clock.advance(7 * HOUR_MS);
  await rig.settle(delivery, HOUR_MS);
  expect(counted(read(rig.discord))).toBe(10_001);
  expect(await rig.store.undelivered(PLACE)).toEqual([]);
});

it("never has more than a bounded number of alerts in memory, whatever waits when the hours begin", async () => {
  const rig = new Rig();
  rig.subscribe(PLACE, "fills");
  rig.quiet(PLACE, "01:00", "07:00");
  const delivery = rig.start();
  rig.discord.reachable = false;
  for (let n = 1; n <= 2_000; n++) rig.fills(`bot${n % 50}`, n, 1);
  await rig.settle(delivery, HOUR_MS, STEP_MS);
  for (let n = 1; n <= 1_000; n++) rig.fills("dip", n, 1);
  rig.fills("dip", 7_777, 1, "stop");
  await rig.settle(delivery, 5_000);
  expect((await rig.store.undelivered(PLACE)).length).toBe(401);
  rig.discord.reachable = true;
  await rig.settle(delivery, 60_000);
  expect(read(rig.discord).at(-1)).toBe("Stop loss: dip sold 7,777 BTC");
  expect(read(rig.discord).every((title) => title.includes("dip"))).toBe(true);
  expect(counted(read(rig.discord))).toBe(1_001);
});

it("lets some of what it holds go rather than have something critical wait, when memory is full of it", async () => {
  const rig = new Rig();
  rig.subscribe(PLACE, "fills");
  rig.subscribe("telegram:2", "critical");
  rig.quiet(PLACE, "01:00", "07:00");
  const delivery = rig.start();
  rig.discord.reachable = false;
  for (let n = 1; n <= 400; n++) rig.fills(`bot${n}`, n, 1);
  await rig.settle(delivery, HOUR_MS, STEP_MS);
  rig.fills("dip", 1, 200);
  rig.fills("dip", 201, 1, "stop");
  rig.fills("sure", 1, 600, "stop");
  await rig.settle(delivery, MINUTE_MS);
  rig.fills("late", 1, 1);
  rig.fills("late", 2, 1, "stop");
  await rig.settle(delivery, 5_000);
  rig.discord.reachable = true;
  await rig.settle(delivery, MINUTE_MS);
  const told = read(rig.discord);
  expect(told.filter((title) => title.includes("late"))).toEqual(["late sold 1 BTC", "Stop loss: late sold 2 BTC"]);
  expect(told.filter((title) => title.startsWith("bot")).length).toBeLessThan(50);
});

it("holds after a restart what it held before, and tells it once, also what was told early", async () => {
  const rig = quietRig();
  const first = rig.start();
  rig.fills("other", 1, 3);
  rig.fills("dip", 1, 1);
  rig.fills("dip", 2, 1, "stop");
  await rig.settle(first, 5_000);
  await Promise.all([first.stop(1_000), rig.clock.advance(2_000)]);
  const told = ["dip sold 1 BTC", "Stop loss: dip sold 2 BTC"];
  const second = rig.start();
  expect(await rig.settle(second, 5_000)).toBeDefined();
  expect(read(rig.discord)).toEqual(told);
  await rig.clock.advance(7 * HOUR_MS);
  await rig.settle(second);
  expect(read(rig.discord)).toEqual([...told, ...[1, 2, 3].map((n) => `other sold ${n} BTC`)]);
});

it("ends when the hours are switched off, and is no matter of other channels", async () => {
  const rig = quietRig();
  rig.subscribe("telegram:2", "fills");
  const delivery = rig.start();
  rig.fills("dip", 1, 1);
  await rig.settle(delivery, 5_000);
  expect([read(rig.discord), read(rig.telegram, "telegram:2")]).toEqual([[], ["dip sold 1 BTC"]]);
  rig.tell({ type: "channel-quiet-set", place: PLACE, hours: undefined, timeZone: "UTC", by: "discord:1" });
  await rig.settle(delivery, 5_000);
  expect(read(rig.discord)).toEqual(["dip sold 1 BTC"]);
});

/** How many alerts these titles tell. */
function counted(titles: readonly string[]): number {
  return titles.reduce((sum, title) => sum + Number(/^([\d,]+) more/.exec(title)?.[1]?.replaceAll(",", "") ?? 1), 0);
}
