import { describe, expect, it } from "vitest";
import { plain } from "../../src/domain/money.ts";
import { marketMs } from "../../src/domain/time.ts";
import { dayBegins, exposureOf } from "../../src/reports/exposure.ts";
import { dayReader } from "../../src/reports/statistics.ts";
import { scripted } from "../kit/engine-market.ts";
import { OWNER, openRig, startBot } from "../kit/engine-rig.ts";

const shareOf = (...args: Parameters<typeof exposureOf>) => {
  const found = exposureOf(...args);
  return found && [found.heldMs, plain(found.share)];
};

describe("the time in the market", () => {
  it("counts from the first fill until now, and what is still held", () => {
    expect(shareOf([{ held: [100, 200] }], 500)).toEqual([100, "0.25"]);
    expect(shareOf([{ held: [100, 200], heldSinceMs: marketMs(400) }], 500)).toEqual([200, "0.5"]);
    expect(shareOf([{ held: [] }], 500)).toBeUndefined();
  });

  it("counts what several bots hold at once only once", () => {
    expect(shareOf([{ held: [0, 100, 300, 400] }, { held: [50, 150] }, { held: [60, 70] }], 400)).toEqual([250, "0.625"]);
  });

  it("begins with the day that is asked for, in the middle of a position", () => {
    expect(shareOf([{ held: [0, 300] }], 400, 200)).toEqual([100, "0.5"]);
    expect(shareOf([{ held: [300, 400] }], 400, 200)).toEqual([100, "1"]);
    expect(shareOf([{ held: [0, 100] }], 400, 400)).toBeUndefined();
  });

  it.each([
    ["UTC", "2021-05-19", "2021-05-19T00:00:00Z"],
    ["Europe/Berlin", "2021-03-28", "2021-03-27T23:00:00Z"],
    ["Europe/Berlin", "2021-03-29", "2021-03-28T22:00:00Z"],
    ["America/New_York", "2021-11-07", "2021-11-07T04:00:00Z"],
    ["Asia/Kathmandu", "2021-04-01", "2021-03-31T18:15:00Z"],
    ["Pacific/Kiritimati", "2021-04-01", "2021-03-31T10:00:00Z"],
    ["Pacific/Pago_Pago", "2021-04-01", "2021-04-01T11:00:00Z"],
    // A day that begins at one, because midnight does not exist there.
    ["Asia/Beirut", "2021-03-28", "2021-03-27T22:00:00Z"],
  ])("begins a day in %s where its calendar does, also where clocks change (%s)", (zone, day, begins) => {
    expect(new Date(dayBegins(day, dayReader(zone))).toISOString()).toBe(begins.replace("Z", ".000Z"));
  });
});

it("a fill is measured against the close that its strategy decided at; what a person or a stop closes is not", async () => {
  const rig = await openRig({
    market: scripted({ "BTC/USDT": [100, 102, 102, 102, 102, 96, 96, 96, 96, 96] }, 1_000_000, { halfSpreadBps: 5 }),
  });
  await startBot(rig, { name: "dip" });
  await rig.move(9);
  const [bot] = rig.books(OWNER).bots.values();
  const fills = (await rig.eventsOf(OWNER, "order-filled")).map(({ fill }) => fill);
  const intents = (await rig.eventsOf(OWNER, "intent")).map(({ intent }) => intent);
  const [buy, sell] = fills;
  const worse = buy!.price
    .minus(intents[0]!.values.close!)
    .times(buy!.quantity)
    .plus(sell!.quantity.times(-1).times(sell!.price.minus(intents[1]!.values.close!)));
  const sums = [...(bot?.results.values() ?? [])].reduce((sum, each) => sum + each.slippage.toNumber(), 0);
  expect(fills).toHaveLength(2);
  expect(sums).toBeCloseTo(worse.toNumber(), 8);
  expect(sums).toBeGreaterThan(0);
  expect(bot?.held).toEqual([buy!.marketMs, sell!.marketMs]);
});
