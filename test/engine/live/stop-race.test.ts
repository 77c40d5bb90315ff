import { describe, expect, it } from "vitest";
import { plain } from "../../../src/domain/money.ts";
import { by } from "../../kit/engine-rig.ts";
import { WHOLE_FILLS } from "../../kit/exchange/spot/fill-plan.ts";
import { expectSettled, openOrders, story } from "../../kit/live-referee.ts";
import { protectedRig } from "../../kit/live-rig.ts";

describe("a stop", () => {
  it("that executed while our cancel was on its way is no sale twice, even when the cancel's answer denies the fill (F12, F13, F14)", async () => {
    const rig = await protectedRig({ balances: { USDT: "1000", BTC: "1" } });
    const stop = openOrders(rig)[0]!;
    rig.core.loseNextCancel(stop, 1, 30_000);
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(60);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT FILLED"]);
    await expectSettled(rig);
    expect(plain(rig.venue.total("BTC")).startsWith("1")).toBe(true);
  });

  it("that executed in the race with our cancel, near its level, sells no other coins although its answer and the list of fills deny it (F13)", async () => {
    const lagMs = new Map<number, number>();
    const fills = { ...WHOLE_FILLS, tradeLagMs: (_symbol: string, orderId: number) => lagMs.get(orderId) ?? 0 };
    const rig = await protectedRig({ balances: { USDT: "1000", BTC: "1" }, fills });
    const stop = openOrders(rig)[0]!;
    lagMs.set(stop.orderId, 12_000);
    rig.core.loseNextCancel(stop, 1, 10_000);
    rig.price("BTCUSDT", 49_200);
    await rig.beat(3);
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(40);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT FILLED"]);
    await expectSettled(rig);
    expect((await rig.events("position-naked")).length).toBe(1);
  });

  it("that is given up away from its level lets the sale out at once, whatever else the account holds", async () => {
    const rig = await protectedRig({ balances: { USDT: "1000", BTC: "1" } });
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(3);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    await expectSettled(rig);
  });

  it("that is given up near its level lets the sale out at once where nothing else could be sold by it", async () => {
    const rig = await protectedRig();
    rig.price("BTCUSDT", 49_200);
    await rig.beat(3);
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(3);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    await expectSettled(rig);
  });

  it("that executed in part while our cancel was on its way leaves only the rest to be sold (F12)", async () => {
    const rig = await protectedRig({ balances: { USDT: "1000", BTC: "1" } });
    rig.core.loseNextCancel(openOrders(rig)[0]!, 0.5, 0);
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(30);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    await expectSettled(rig);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
  });
});
