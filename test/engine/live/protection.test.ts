import { describe, expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { by } from "../../kit/engine-rig.ts";
import type { FillPlan } from "../../kit/exchange/spot/fill-plan.ts";
import { spotListing } from "../../kit/exchange/spot/listing.ts";
import { expectSettled, expectSound, openOrders, ourOrders, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

const ORDER = "POST /api/v3/order";
const READ = "GET /api/v3/order";
const REFUSED = { status: 400, headers: {}, body: JSON.stringify({ code: -1013, msg: "Filter failure: PRICE_FILTER" }) };

function plan(part: Partial<FillPlan>): FillPlan {
  return { pieces: () => 1, share: () => 1, tradeLagMs: () => 0, ...part };
}

/** Requests of a kind that the exchange or something before it has seen, by their time. */
function sent(rig: LiveRig, route: string): number[] {
  return rig.requests.filter(({ request }) => `${request.method} ${request.path}` === route).map(({ atMs }) => atMs);
}

describe("a stop", () => {
  it("that would trigger at once is an exit at market at once (F24)", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, {});
    rig.faults.next(ORDER, {
      instead: { status: 400, headers: {}, body: JSON.stringify({ code: -2010, msg: "Stop price would trigger immediately." }) },
    });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(3);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL MARKET FILLED"]);
    await expectSettled(rig);
    expect(await rig.events("position-naked")).toEqual([]);
  });

  it("that is refused is tried again, and the position is closed once it was naked for 5 s, with one alarm (F24)", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, {});
    rig.faults.next(ORDER, { instead: REFUSED }, 3);
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(20);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL MARKET FILLED"]);
    await expectSettled(rig);
    expect((await rig.events("position-naked")).length).toBeLessThanOrEqual(1);
    // The first refusal is told as what leaves a position exposed; the same one again is news to nobody.
    const rejected = await rig.events("order-rejected");
    expect(rejected.map(({ purpose, again = false }) => [purpose, again]).slice(0, 2)).toEqual([
      ["stop", false],
      ["stop", true],
    ]);
    const [entry, exit] = rig.venue.orders;
    expect(exit!.acceptedMs - entry!.acceptedMs).toBeLessThanOrEqual(8_000);
  });

  it("whose answer stays out lets an alarm out at its time, not only at the time-out", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, {});
    rig.faults.next(ORDER, { lost: "on-the-way" });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(8);
    const [naked] = await rig.events("position-naked");
    expect(naked?.sinceMs).toBe(rig.venue.orders[0]?.acceptedMs);
  });

  it("is placed while the entry's own answer is still out, because the fill is known from the list of fills", async () => {
    const rig = await connectedRig();
    rig.faults.next(ORDER, { answer: "stall" });
    const entering = rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(5);
    await entering;
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    const [entry, stop] = rig.venue.orders;
    expect(stop!.acceptedMs - entry!.acceptedMs).toBeLessThan(5_000);
    await rig.beat(20);
    await expectSettled(rig);
    expect(await rig.events("position-naked")).toEqual([]);
  });

  it("that is given up for a sale seconds after the entry leaves nothing that is called naked", async () => {
    const rig = await connectedRig();
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(7);
    await rig.engine.panic("fire", by("panic"));
    await rig.beat(5);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    expect(await rig.events("position-naked")).toEqual([]);
  });

  it("that was jumped over is canceled after its grace, and the position sold at market (F27)", async () => {
    const rig = await protectedRig();
    rig.price("BTCUSDT", 45_000);
    await rig.beat(20);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    await expectSettled(rig);
    const fills = await rig.events("order-filled");
    expect(fills.at(-1)?.reason).toBe("the stop was passed and has not closed the position");
  });

  it("that executed is noticed soon, with the fill it made (F29)", async () => {
    const rig = await protectedRig();
    rig.price("BTCUSDT", 48_990);
    await rig.beat(6);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT FILLED"]);
    await expectSettled(rig);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
  });

  it("that executed while the desk was down is booked at its start, and nothing is sold again (F26, F29)", async () => {
    const rig = await protectedRig({ balances: { USDT: "1000", BTC: "1" } });
    rig.process.kill();
    rig.price("BTCUSDT", 48_990);
    await rig.beat(120);
    rig.price("BTCUSDT", 50_000);
    await rig.beat(5);
    await rig.restart();
    await rig.beat(10);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT FILLED"]);
    await expectSettled(rig);
  });

  it("that a person canceled at the exchange is placed again (F14)", async () => {
    const rig = await protectedRig();
    rig.core.cancel(rig.venue, openOrders(rig)[0]!);
    await rig.beat(70);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
  });

  it("rests although reads show an empty exchange for a moment (F34)", async () => {
    const rig = await protectedRig();
    rig.venue.blankUntilMs = rig.clock.wall() + 45_000;
    await rig.beat(180);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
    expect(await rig.events("claim-reduced")).toEqual([]);
    expect(await rig.events("foreign-booked")).toEqual([]);
  });

  it("is not canceled and placed again by reads that lag (F25)", async () => {
    const rig = await protectedRig();
    rig.faults.next(READ, { lagMs: 20_000 }, 20);
    await rig.beat(120);
    expect(ourOrders(rig)).toHaveLength(2);
    await expectSettled(rig);
  });

  it("is kept when its rest has become too small to be sold at market (F20)", async () => {
    const rig = await protectedRig({}, { notional: decimal("7") });
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    rig.core.changeRules("BTCUSDT", { notionalMin: "8" });
    await rig.restart();
    await rig.beat(70);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSound(rig);
    expect(await rig.events("dust-moved")).toEqual([]);
  });
});

describe("what the desk itself watches", () => {
  it("closes at a target that rests at the exchange beside the stop", async () => {
    const rig = await protectedRig({}, { takePct: 3 });
    rig.price("BTCUSDT", 51_700);
    await rig.beat(6);
    await expectSettled(rig);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    expect((await rig.events("order-filled")).at(-1)?.purpose).toBe("take");
  });

  it("closes by market when the market lets no order through at once: as many orders as the exchange's limit asks for", async () => {
    const listings = [spotListing("BTC", "USDT", { marketQuantityMax: "0.0008" })];
    const rig = await protectedRig({ listings });
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(20);
    await expectSettled(rig);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    expect(ourOrders(rig).filter(({ draft }) => draft.type === "MARKET").length).toBe(3);
  });
});

describe("what is filled in parts", () => {
  it("is protected as far as it filled, and the rest of the entry expires (F15, F20)", async () => {
    const rig = await connectedRig({ fills: plan({ pieces: () => 3, share: () => 0.5 }) });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(8);
    expect(story(rig)).toEqual(["BUY LIMIT EXPIRED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
  });

  it("and too small to be sold leaves the bot as dust, without a loop (F20)", async () => {
    const rig = await connectedRig({ fills: plan({ share: () => 0.02 }) });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(60);
    expect(story(rig)).toEqual(["BUY LIMIT EXPIRED"]);
    await expectSettled(rig);
    expect(await rig.events("dust-moved")).toHaveLength(1);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
  });

  it("of the stop is booked piece by piece until nothing is left (F11)", async () => {
    const rig = await protectedRig({ fills: plan({ pieces: () => 4 }) });
    rig.price("BTCUSDT", 48_990);
    await rig.beat(40);
    await expectSettled(rig);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    const ids = (await rig.events("order-filled")).map(({ fill }) => fill.fillId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("shows late in the list of fills, and is neither lost nor counted twice (F11, F13)", async () => {
    const rig = await connectedRig({ fills: plan({ tradeLagMs: () => 12_000 }) });
    rig.faults.next(ORDER, { answer: "reset" });
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(60);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSettled(rig);
  });

  it("in a sale at market leaves a rest that is sold by the next one", async () => {
    let first = true;
    const share = () => {
      const now = first ? 1 : 0.6;
      first = false;
      return now;
    };
    const rig = await protectedRig({ fills: plan({ share }) });
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(60);
    await expectSound(rig);
    expect(openOrders(rig)).toEqual([]);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
  });
});

describe("fees", () => {
  for (const [name, feeMode, balances] of [
    ["the coin that was bought", "received", { USDT: "1000" }],
    ["the currency that was paid", "quote", { USDT: "1000" }],
    ["a third coin", { coin: "BNB", priceInQuote: 600 }, { USDT: "1000", BNB: "1" }],
  ] as const)
    it(`taken in ${name} leave books that equal the exchange's, and a whole round trip (F21, F22)`, async () => {
      const rig = await protectedRig({ balances, account: { feeMode } });
      await expectSettled(rig);
      await rig.engine.closePosition("hand-btc", by("close"));
      await rig.beat(5);
      await expectSettled(rig);
      expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL MARKET FILLED"]);
    });
});

describe("restarts", () => {
  it("cancel and place nothing again where all is as it should be (F06, F09, F10)", async () => {
    const rig = await protectedRig();
    for (let count = 0; count < 5; count += 1) {
      await rig.restart();
      await rig.beat(10);
    }
    expect(ourOrders(rig)).toHaveLength(2);
    await expectSettled(rig);
    expect(sent(rig, ORDER)).toHaveLength(2);
    expect(await rig.events("order-unknown")).toEqual([]);
  });
});
