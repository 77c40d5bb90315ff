import { describe, expect, it } from "vitest";
import { decimal, floorToStep, plain } from "../../../src/domain/money.ts";
import type { NewBot } from "../../../src/ports/engine.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { story as allOf, expectSettled, openOrders } from "../../kit/live-referee.ts";
import { connectedRig, type LiveRig, MINUTE, START_MS } from "../../kit/live-rig.ts";
import { NONE } from "../../kit/planned-bots.ts";

const BEGUN = ["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"];
const ADDED = ["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"];
/** One, two and four parts of seven, at once, 1% and 2% below the average. */
const LADDER: Partial<NewBot> = {
  strategy: "dca",
  params: { enterBelow: 100, orders: 2, step: 1, stepScale: 2, sizeScale: 2, pause: 0 },
  sizing: { kind: "notional", notional: decimal(700) },
  protection: { ...NONE, stopPct: 5, takePct: 3 },
};
/** Four parts between 48,000 and 52,000, with a stop at 47,040. */
const RANGE: Partial<NewBot> = {
  strategy: "grid",
  params: { lower: 48_000, upper: 52_000, levels: 4, stopBelow: 2 },
  sizing: { kind: "notional", notional: decimal(800) },
  protection: NONE,
};

/** Entries, stops and sales; the targets that rest beside the stops left out. */
function story(rig: LiveRig): string[] {
  return allOf(rig).filter((line) => !line.includes("LIMIT_MAKER"));
}

function stays(rig: LiveRig, price: number): void {
  const from = Math.floor((rig.clock.wall() - START_MS) / MINUTE);
  for (let minute = from; minute < from + 60; minute += 1)
    rig.tape.minute("BTCUSDT", START_MS + minute * MINUTE, [price, price, price, price]);
}

/** A promoted bot that builds its position of several entries, running at a price. */
async function running(bot: Partial<NewBot>, price: number): Promise<LiveRig> {
  const rig = await connectedRig();
  stays(rig, price);
  await rig.engine.createBot(wishFor({ name: "dip", ...bot }), by("create"));
  await rig.engine.promoteBot("dip", "main", undefined, by("promote"));
  return rig;
}

/** A ladder that has bought its first entry and is protected. */
async function begun(): Promise<LiveRig> {
  const rig = await running(LADDER, 50_000);
  await rig.until(() => openOrders(rig).length > 0, 180);
  await rig.beat(5);
  expect(story(rig)).toEqual(BEGUN);
  return rig;
}

const average = (rig: LiveRig) => rig.bot().position.cost.dividedBy(rig.bot().position.quantity);
const held = (rig: LiveRig) => rig.bot().parts?.map(({ number }) => number);
/** The price falls a little more than the first safety order's distance, and the bot adds. */
async function falls(rig: LiveRig): Promise<void> {
  stays(rig, 49_300);
  await rig.until(() => rig.venue.orders.filter(({ draft }) => draft.side === "BUY").length > 1, 130);
}

describe("a real bot that builds its position of several entries", () => {
  it("adds beside its resting stop, and has one stop over all of it, measured from the new average, within the deadline", async () => {
    const rig = await begun();
    await falls(rig);
    await rig.beat(5);
    expect(story(rig)).toEqual(ADDED);
    expect(held(rig)).toEqual([0, 1]);
    const stop = openOrders(rig).find(({ draft }) => draft.type === "STOP_LOSS_LIMIT");
    expect(stop!.draft.stopPrice!.minus(average(rig).times("0.95")).abs().isLessThan(1)).toBe(true);
    await expectSettled(rig);
    expect(rig.bot().added).toBeUndefined();
    expect(await rig.events("position-naked")).toEqual([]);
    await rig.restart();
    await rig.beat(70);
    expect(story(rig)).toEqual(ADDED);
    await rig.engine.stopBot(rig.bot().spec.name, false, by("stop"));
    stays(rig, 52_000);
    await rig.beat(130);
    expect((await rig.events("order-filled")).at(-1)).toMatchObject({ purpose: "take", fill: { side: "sell" } });
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
  });

  it("never costs more than its whole, and buys no part twice", async () => {
    const rig = await begun();
    await falls(rig);
    await rig.beat(70);
    stays(rig, 48_200);
    await rig.beat(200);
    expect(held(rig)).toEqual([0, 1, 2]);
    expect(rig.bot().position.cost.isLessThanOrEqualTo(700)).toBe(true);
    expect(story(rig).filter((line) => line.startsWith("BUY"))).toHaveLength(3);
    await expectSettled(rig);
  });

  it.each([0, 1, 2, 3, 4, 6])("is protected after a death %i beats after its add was sent", async (beats) => {
    const rig = await begun();
    await falls(rig);
    await rig.beat(beats);
    await rig.restart();
    await rig.beat(75);
    expect(story(rig)).toEqual(ADDED);
    expect(held(rig)).toEqual([0, 1]);
    await expectSettled(rig);
  });

  it("whose add's answer is lost looks for it, protects what it bought, and adds no second time (F08)", async () => {
    const rig = await begun();
    rig.faults.next("POST /api/v3/order", { answer: "reset" });
    await falls(rig);
    await rig.beat(70);
    expect(story(rig)).toEqual(ADDED);
    expect(held(rig)).toEqual([0, 1]);
    await expectSettled(rig);
  });

  it("says so when the larger stop is late, counted from the first fill of what was added, also by a restart", async () => {
    const rig = await begun();
    await falls(rig);
    rig.down = true;
    await rig.beat(3);
    const filledMs = rig.bot().added?.sinceMs ?? (await rig.events("order-filled")).at(-1)!.fill.marketMs;
    await rig.beat(6);
    const naked = await rig.events("position-naked");
    rig.down = false;
    await rig.restart();
    await rig.beat(75);
    for (const { sinceMs } of naked) expect(Math.abs(sinceMs - filledMs)).toBeLessThan(1_500);
    expect(story(rig)).toEqual(ADDED);
    await expectSettled(rig);
  });

  it("whose old stop triggers as it adds keeps a stop over what was added, or sells it", async () => {
    const rig = await begun();
    stays(rig, 49_300);
    await rig.until(() => [...rig.books().orders.values()].some(({ purpose }) => purpose === "entry"), 130);
    stays(rig, 47_400);
    await rig.beat(130);
    await expectSettled(rig);
  });

  it("sells one part of a grid a level higher, keeps the others under one stop, and may buy that part again", async () => {
    const rig = await running(RANGE, 50_100);
    await rig.beat(70);
    stays(rig, 48_900);
    await rig.beat(75);
    expect(held(rig)).toEqual([1, 2]);
    stays(rig, 50_100);
    await rig.beat(75);
    expect(held(rig)).toEqual([2]);
    const { quantity } = rig.bot().position;
    expect(plain(openOrders(rig)[0]!.remaining)).toBe(plain(floorToStep(quantity, decimal("0.00001"))));
    await expectSettled(rig);
    await rig.restart();
    await rig.beat(75);
    expect(held(rig)).toEqual([2]);
    stays(rig, 48_900);
    await rig.beat(75);
    expect(held(rig)).toEqual([1, 2]);
    stays(rig, 52_100);
    await rig.beat(75);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
    expect(await rig.events("position-naked")).toEqual([]);
  });
});
