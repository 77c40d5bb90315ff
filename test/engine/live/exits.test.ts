import { describe, expect, it } from "vitest";
import type { Protection } from "../../../src/domain/bot.ts";
import { decimal, floorToStep, plain } from "../../../src/domain/money.ts";
import { by, wishFor } from "../../kit/engine-rig.ts";
import { expectSettled, openOrders, story } from "../../kit/live-referee.ts";
import { connectedRig, type LiveRig, MINUTE, START_MS } from "../../kit/live-rig.ts";

const ENTERED = ["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"];
const LEFT = ["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"];
const RISE_MINUTE = 20;

/** A promoted bot that has entered near 50,300 and is protected, while the price stays there. */
async function entered(protection: Partial<Protection>, prepared: (rig: LiveRig) => void = () => undefined): Promise<LiveRig> {
  const rig = await connectedRig({
    prepare: (tape) => {
      for (let minute = 0; minute < RISE_MINUTE; minute += 1)
        tape.minute("BTCUSDT", START_MS + minute * MINUTE, [50_000, 50_010, 49_990, 50_000]);
      tape.minute("BTCUSDT", START_MS + RISE_MINUTE * MINUTE, [50_000, 50_300, 50_000, 50_300]);
      for (let minute = RISE_MINUTE + 1; minute < 90; minute += 1)
        tape.minute("BTCUSDT", START_MS + minute * MINUTE, [50_300, 50_300, 50_300, 50_300]);
    },
  });
  const full = { stopPct: undefined, takePct: undefined, trailingPct: undefined, ...protection };
  await rig.engine.createBot(
    wishFor({ name: "dip", sizing: { kind: "notional", notional: decimal(100) }, protection: full }),
    by("create"),
  );
  if (full.stopAtr !== undefined || full.stopPrice !== undefined) {
    await expect(rig.engine.promoteBot("dip", "main", undefined, by("early"))).rejects.toThrow("not known yet");
    await rig.engine.startBot("dip", by("start"));
    await rig.beat(18 * 60);
  }
  await rig.engine.promoteBot("dip", "main", undefined, by("promote"));
  prepared(rig);
  await rig.until(() => openOrders(rig).length > 0, 25 * 60);
  expect(story(rig)).toEqual(ENTERED);
  return rig;
}

function stays(rig: LiveRig, price: number): void {
  const from = Math.floor((rig.clock.wall() - START_MS) / MINUTE);
  for (let minute = from; minute < from + 60; minute += 1)
    rig.tape.minute("BTCUSDT", START_MS + minute * MINUTE, [price, price, price, price]);
}

async function leftBecause(rig: LiveRig): Promise<string | undefined> {
  expect(story(rig)).toEqual(LEFT);
  await expectSettled(rig);
  return (await rig.events("order-filled")).at(-1)?.reason;
}

describe("a bot at a real exchange", () => {
  it("rests a stop at a price there, on the price that was wished", async () => {
    const rig = await entered({ stopPrice: decimal("49123.45") });
    expect(plain(openOrders(rig)[0]!.draft.stopPrice!)).toBe("49123.45");
    await expectSettled(rig);
  });

  it("rests a stop by ATR there, as far from its entry as the ATR of its decision says, also after a restart", async () => {
    const rig = await entered({ stopAtr: 2 });
    const entry = rig.bot().position.cost.dividedBy(rig.bot().position.quantity);
    const distance = rig.bot().stopDistance!;
    expect(distance.isGreaterThan(40) && distance.isLessThan(200)).toBe(true);
    expect(openOrders(rig)[0]!.draft.stopPrice!.minus(entry.minus(distance)).abs().isLessThan(1)).toBe(true);
    await rig.restart();
    await rig.beat(70);
    expect(story(rig)).toEqual(ENTERED);
    await expectSettled(rig);
  });

  it("follows a best price that comes while an earlier one is being written, and a restart knows it", async () => {
    const rig = await entered({ stopPct: undefined, trailingPct: 4 });
    const append = rig.store.append.bind(rig.store);
    const written = Promise.withResolvers<void>();
    let waits = false;
    rig.store.append = async (batch) => {
      waits ||= batch.bodies.some((body) => body.includes('"type":"trail-moved"'));
      if (waits) await written.promise;
      return append(batch);
    };
    stays(rig, 51_000);
    expect(await rig.until(() => waits, 75)).toBe(true);
    stays(rig, 52_000);
    await rig.beat(3);
    stays(rig, 51_000);
    await rig.beat(3);
    written.resolve();
    await rig.beat(3);
    expect(plain(rig.bot().highest!)).toBe("52000");
    await rig.beat(75);
    await rig.restart();
    expect(plain(rig.bot().highest!)).toBe("52000");
  });

  it("leaves by a trail that begins only after its gain, and a restart knows how far it had come", async () => {
    const rig = await entered({ stopPct: 3, trailingPct: 1, trailAfterPct: 2 });
    stays(rig, 50_900);
    await rig.beat(75);
    stays(rig, 50_200);
    await rig.beat(75);
    expect(story(rig)).toEqual(ENTERED);
    stays(rig, 51_500);
    await rig.beat(75);
    await rig.restart();
    stays(rig, 50_900);
    await rig.beat(75);
    expect(await leftBecause(rig)).toBe("trailing stop");
    // It had moved to 1% below 51,500, and the first price that was seen beyond it was 50,900.
    const beyondBps = rig.bot().risk.slippages.at(-1) ?? 0;
    expect(beyondBps > 16 && beyondBps < 18).toBe(true);
  });

  it("leaves at break-even once the price went far enough, and never below its entry by more than the price moved between looks", async () => {
    const rig = await entered({ stopPct: 3, breakevenPct: 1 });
    stays(rig, 50_900);
    await rig.beat(75);
    stays(rig, 50_350);
    await rig.beat(75);
    expect(await leftBecause(rig)).toBe("stop at break-even");
  });

  it("leaves when it has held as long as it may, counted from the fill at the exchange", async () => {
    const rig = await entered({ stopPct: 3, holdMax: { kind: "bars", bars: 5 } });
    await rig.beat(4 * 60);
    expect(story(rig)).toEqual(ENTERED);
    await rig.restart();
    await rig.beat(90);
    expect(await leftBecause(rig)).toBe("time stop: held for 5 candles");
  });

  it("sells its targets in parts, each once, protects what is left after each, and a restart in between changes nothing", async () => {
    const takes = [
      { pct: 1, sharePct: 50 },
      { pct: 3, sharePct: 50 },
    ];
    const rig = await entered({ stopPct: 3, takes });
    const all = rig.bot().position.quantity;
    stays(rig, 50_900);
    await rig.beat(75);
    expect(story(rig)).toEqual([...LEFT, "SELL STOP_LOSS_LIMIT NEW"]);
    const half = rig.bot().position.quantity;
    expect(half.dividedBy(all).minus(0.5).abs().isLessThan(0.01)).toBe(true);
    expect(plain(openOrders(rig)[0]!.now.quantity)).toBe(plain(floorToStep(half, decimal("0.00001"))));
    await expectSettled(rig);
    await rig.restart();
    await rig.beat(75);
    expect(story(rig)).toEqual([...LEFT, "SELL STOP_LOSS_LIMIT NEW"]);
    stays(rig, 52_500);
    await rig.beat(75);
    expect(story(rig)).toEqual([...LEFT, "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    expect((await rig.events("order-filled")).slice(1).map(({ reason }) => reason)).toEqual(["take profit 1 of 2", "take profit 2 of 2"]);
    await expectSettled(rig);
    expect(await rig.events("position-naked")).toEqual([]);
  });

  it("sells nothing at a target that only a price from before its entry had reached", async () => {
    const takes = [
      { pct: 1, sharePct: 50 },
      { pct: 3, sharePct: 50 },
    ];
    const rig = await entered({ stopPct: 3, takes }, (each) => {
      const append = each.store.append.bind(each.store);
      each.store.append = async (batch) => {
        // While the entry is being written, its price falls by more than its first target is away.
        if (batch.bodies.some((body) => body.includes('"purpose":"entry"'))) {
          stays(each, 49_500);
          await each.clock.advance(500);
          each.core.advanceTo(each.clock.wall());
        }
        return append(batch);
      };
    });
    await rig.beat(5);
    expect(story(rig)).toEqual(ENTERED);
    await expectSettled(rig);
  });

  it.each(["reset", "swallowed"])(
    "keeps a stop for what a part leaves while the sale of the part is unanswered, %s on its way",
    async (how) => {
      const takes = [
        { pct: 1, sharePct: 50 },
        { pct: 9, sharePct: 50 },
      ];
      const rig = await entered({ stopPct: 3, takes });
      const arrives = how === "reset";
      rig.faults.next("POST /api/v3/order", arrives ? { answer: "reset" } : { lost: "on-the-way" });
      for (const path of ["order", "openOrders", "allOrders", "myTrades"])
        rig.faults.next(`GET /api/v3/${path}`, { answer: "empty" }, arrives ? 6 : 0);
      stays(rig, 50_900);
      await rig.until(() => [...rig.books().orders.values()].some(({ status }) => status === "unknown"), 120);
      await rig.beat(4);
      const [stop, ...others] = openOrders(rig);
      expect(others).toEqual([]);
      expect(stop?.remaining.isLessThanOrEqualTo(rig.venue.total("BTC"))).toBe(true);
      expect(stop?.remaining.isGreaterThan(0)).toBe(true);
      await rig.beat(240);
      expect(rig.bot().exit).toBeUndefined();
      await expectSettled(rig);
      const sold = (await rig.events("order-filled")).filter(({ fill }) => fill.side === "sell");
      expect(sold.map(({ reason }) => reason)).toEqual(["take profit 1 of 2"]);
    },
  );

  it("that is to be closed by hand while a part is being sold is closed whole", async () => {
    const rig = await entered({
      stopPct: 3,
      takes: [
        { pct: 1, sharePct: 50 },
        { pct: 9, sharePct: 50 },
      ],
    });
    rig.faults.next("POST /api/v3/order", { answer: "reset" });
    stays(rig, 50_900);
    await rig.until(() => rig.bot().exit !== undefined, 90);
    await rig.engine.closePosition(rig.bot().spec.name, by("close"));
    await rig.beat(75);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
  });

  it("shows what the desk itself watches, with the price at which it would act", async () => {
    const rig = await entered({
      stopPct: 3,
      trailingPct: 1,
      trailAfterPct: 2,
      breakevenPct: 1,
      holdMax: { kind: "span", spanMs: 3_600_000 },
    });
    const name = rig.bot().spec.name;
    const watched = () => rig.engine.bot(name)!.exits!.map(({ what, heldBy }) => `${what} by the ${heldBy}`);
    expect(watched().map((text) => text.replace(/[\d.,]{5,}/, "N"))).toEqual([
      "moves the stop to N by the desk",
      "starts the trailing stop 1% below the highest price by the desk",
      "time stop by the desk",
    ]);
    stays(rig, 51_500);
    await rig.beat(75);
    expect(watched()).toEqual(["stop loss, moved up by the desk", "time stop by the desk"]);
  });
});
