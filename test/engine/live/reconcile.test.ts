import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../../src/domain/money.ts";
import { by } from "../../kit/engine-rig.ts";
import { spotListing } from "../../kit/exchange/spot/listing.ts";
import type { OrderDraft } from "../../kit/exchange/spot/order.ts";
import { expectSettled, expectSound, openOrders, ourOrders, story } from "../../kit/live-referee.ts";
import { connectedRig, handOrder, type LiveRig, protectedRig } from "../../kit/live-rig.ts";

const FOUND = "GET /api/v3/order";

/** A person trades with the exchange's own pages. */
function byHand(rig: LiveRig, draft: Omit<OrderDraft, "symbol"> & { symbol?: string }) {
  rig.core.advanceTo(rig.clock.wall());
  return rig.core.place(rig.venue, { symbol: "BTCUSDT", ...draft });
}

describe("what no order of the desk did", () => {
  it("is booked as foreign when three readings agree: a deposit, a withdrawal, a reward", async () => {
    const rig = await connectedRig();
    rig.venue.transfer("USDT", decimal(250), rig.clock.wall());
    rig.venue.transfer("DOGE", decimal(7), rig.clock.wall());
    await rig.beat(180);
    await expectSettled(rig);
    expect((await rig.events("foreign-booked")).map(({ coin, quantity }) => `${coin} ${plain(quantity)}`).sort()).toEqual([
      "DOGE 7",
      "USDT 250",
    ]);
  });

  it("does not pass for a profit or a loss of the day", async () => {
    const rig = await protectedRig({ dailyLossPct: 5 });
    await rig.beat(70);
    rig.venue.transfer("USDT", decimal(-600), rig.clock.wall());
    await rig.beat(180);
    await expectSettled(rig);
    await rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("enter eth"));
    await rig.beat(3);
    expect(story(rig)).toHaveLength(4);
  });

  it("is found on an account whose bots trade all the time, too", async () => {
    const rig = await connectedRig({ balances: { USDT: "1000" } });
    rig.venue.transfer("USDT", decimal(250), rig.clock.wall());
    for (let round = 0; round < 12; round += 1) {
      await rig.engine.enterOrder(handOrder(), by(`enter ${round}`));
      await rig.beat(10);
      await rig.engine.closePosition(rig.engine.bots().at(-1)!.state.spec.name, by(`close ${round}`)).catch(() => undefined);
      for (const { state } of rig.engine.bots())
        if (!state.position.quantity.isZero())
          await rig.engine.closePosition(state.spec.name, by(`close ${round} ${state.spec.name}`)).catch(() => undefined);
      await rig.beat(20);
    }
    expect((await rig.events("foreign-booked")).length).toBeGreaterThan(0);
    await expectSettled(rig);
  });
});

describe("orders of other people", () => {
  it("are reported and never touched, by panic neither (F35)", async () => {
    const rig = await protectedRig({ balances: { USDT: "2000", BTC: "1" } });
    const theirs = byHand(rig, { side: "BUY", type: "LIMIT", quantity: decimal("0.01"), price: decimal(40_000) });
    const sell = byHand(rig, { side: "SELL", type: "LIMIT", quantity: decimal("0.5"), price: decimal(60_000) });
    await rig.beat(130);
    expect((await rig.events("orphan-found")).map(({ orphan }) => orphan.kind)).toEqual(["foreign", "foreign"]);
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(30);
    expect([theirs.open, sell.open]).toEqual([true, true]);
    expect(plain(rig.venue.total("BTC")).startsWith("1")).toBe(true);
    await expectSound(rig);
    rig.core.cancel(rig.venue, theirs);
    await rig.beat(240);
    expect(await rig.events("orphan-settled")).toHaveLength(1);
  });

  it("are said to be settled once, not again and again while lists are empty for a moment (F34)", async () => {
    const rig = await protectedRig({ balances: { USDT: "2000" } });
    byHand(rig, { side: "BUY", type: "LIMIT", quantity: decimal("0.01"), price: decimal(40_000) });
    await rig.beat(130);
    rig.venue.blankUntilMs = rig.clock.wall() + 65_000;
    await rig.beat(300);
    expect(await rig.events("orphan-found")).toHaveLength(1);
    expect(await rig.events("orphan-settled")).toEqual([]);
  });

  it("with our mark that nothing explains are quarantined, canceled and told once", async () => {
    const rig = await protectedRig({ balances: { USDT: "2000" } });
    const stray = byHand(rig, {
      side: "BUY",
      type: "LIMIT",
      quantity: decimal("0.01"),
      price: decimal(40_000),
      clientOrderId: `ss${"a".repeat(20)}`,
    });
    await rig.beat(300);
    expect(stray.now.status).toBe("CANCELED");
    expect((await rig.events("orphan-found")).map(({ orphan }) => orphan.kind)).toEqual(["quarantined"]);
    expect(await rig.events("orphan-settled")).toHaveLength(1);
  });

  it("with our mark that filled are booked apart from every bot", async () => {
    const rig = await protectedRig({ balances: { USDT: "2000" } });
    byHand(rig, { side: "BUY", type: "MARKET", quantity: decimal("0.01"), clientOrderId: `ss${"b".repeat(20)}` });
    await rig.beat(240);
    expect((await rig.events("orphan-found")).map(({ orphan }) => orphan.kind)).toEqual(["quarantined"]);
    expect(plain(rig.books().balances.get("BTC")!)).toBe(plain(rig.venue.total("BTC")));
    expect(rig.bot().position.quantity.toNumber()).toBeLessThan(0.0021);
    const filled = (await rig.events("quarantine-filled")).map(({ fill }) => [fill.side, plain(fill.quantity)]);
    expect(filled).toEqual([["buy", "0.01"]]);
    const { bought, sold, fills } = rig.books().venue.quarantine.get("BTC/USDT")!;
    expect([plain(bought), plain(sold), fills]).toEqual(["0.01", "0", 1]);
  });

  it("whose fills cannot be looked up do not hold up our own (F31, F35)", async () => {
    const rig = await protectedRig({ balances: { USDT: "2000" } });
    byHand(rig, { side: "BUY", type: "MARKET", quantity: decimal("0.01") });
    rig.price("BTCUSDT", 48_990);
    // The stranger's order is asked for by its number, and the exchange has forgotten it.
    const forgotten = rig.venue.orders.findLast(({ draft }) => draft.type === "MARKET")!;
    Object.defineProperty(forgotten, "clientOrderId", { value: "web_x" });
    rig.faults.next("GET /api/v3/allOrders", { answer: "empty" }, 1_000);
    rig.faults.next(
      FOUND,
      { answer: { status: 400, headers: {}, body: JSON.stringify({ code: -2013, msg: "Order does not exist." }) } },
      8,
    );
    await rig.beat(20);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
  });
});

describe("a position that a person closed at the exchange", () => {
  it("is explained, and the bot ends flat", async () => {
    const rig = await protectedRig();
    rig.core.cancel(rig.venue, openOrders(rig)[0]!);
    byHand(rig, { side: "SELL", type: "MARKET", quantity: decimal("0.00198") });
    await rig.beat(240);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    const reduced = await rig.events("claim-reduced");
    expect(reduced.map(({ quantity }) => plain(quantity))).toEqual(["0.00198"]);
    expect(reduced[0]?.price && plain(reduced[0].price)).toBe("49995");
    await expectSettled(rig);
    expect((await rig.events("order-rejected")).length).toBeLessThan(20);
  });

  it("is told although the person holds more of the coin: then only the balance changes", async () => {
    const rig = await protectedRig({ balances: { USDT: "1000", BTC: "1" } });
    byHand(rig, { side: "SELL", type: "MARKET", quantity: decimal("0.5") });
    await rig.beat(240);
    expect(await rig.events("claim-reduced")).toEqual([]);
    expect((await rig.events("foreign-booked")).map(({ coin }) => coin).sort()).toEqual(["BTC", "USDT"]);
    await expectSettled(rig);
  });

  it("in part keeps a stop for what is left", async () => {
    const rig = await protectedRig({}, { notional: decimal(400) });
    rig.core.cancel(rig.venue, openOrders(rig)[0]!);
    byHand(rig, { side: "SELL", type: "MARKET", quantity: decimal("0.004") });
    await rig.beat(300);
    await expectSettled(rig);
    expect((await rig.events("claim-reduced")).length).toBeGreaterThan(0);
  });
});

describe("symbols", () => {
  it("whose rules change are traded by the new ones after the first refusal", async () => {
    const rig = await connectedRig();
    rig.core.changeRules("BTCUSDT", { lot: "0.001", quantityMin: "0.001" });
    await rig.engine.enterOrder(handOrder({ notional: decimal(120) }), by("enter"));
    await rig.beat(5);
    expect(story(rig)).toEqual([]);
    await rig.beat(15);
    await rig.engine.enterOrder(handOrder({ notional: decimal(120) }), by("again"));
    await rig.beat(5);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await expectSound(rig);
  });

  it("that are halted keep their stop and their books, and are closed once they trade again (F31)", async () => {
    const rig = await protectedRig();
    rig.core.setMode("BTCUSDT", "halted");
    await rig.engine.closePosition("hand-btc", by("close"));
    await rig.beat(60);
    expect(story(rig)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW"]);
    await rig.restart();
    await rig.beat(60);
    const before = rig.books().sequence;
    await rig.beat(1_800);
    expect(rig.books().sequence - before).toBeLessThan(10);
    rig.core.setMode("BTCUSDT", "trading");
    await rig.beat(90);
    expect(rig.bot().position.quantity.isZero()).toBe(true);
    await expectSettled(rig);
  });

  it("that are delisted say so once, and never count as a price of zero (F31, F32)", async () => {
    const rig = await protectedRig();
    rig.core.setMode("BTCUSDT", "delisted");
    await rig.beat(240);
    await expectSound(rig);
    expect(rig.bot().position.quantity.isZero()).toBe(false);
    expect(await rig.events("position-naked")).toHaveLength(1);
    await rig.engine
      .enterOrder(handOrder({ symbol: "ETH/USDT" }), by("eth"))
      .catch((failure: Error) => expect(failure.message).toContain("stop"));
  });

  it("that are delisted are noticed at once when an order is asked for there, also where no round of the reconciliation comes to its end", async () => {
    const rig = await protectedRig();
    await rig.beat(70);
    rig.faults.next("GET /api/v3/myTrades", { instead: { status: 503, headers: {}, body: "" } }, 1_000);
    rig.core.setMode("BTCUSDT", "delisted");
    await rig.engine.closePosition(rig.bot().spec.name, by("close"));
    await rig.beat(12);
    expect((await rig.events("position-naked")).map(({ reason }) => reason)).toEqual([
      "the exchange does not list BTC/USDT now, and its stop cannot be read there",
    ]);
    rig.faults.clear();
    await expectSound(rig);
  });

  it("that are halted right after an entry are alarmed once, not ordered in without end, and protected when they trade again (F31)", async () => {
    const rig = await connectedRig();
    rig.faults.next("POST /api/v3/order", {});
    rig.faults.next("POST /api/v3/order", { lost: "before-bytes" }, 3);
    await rig.engine.enterOrder(handOrder(), by("enter"));
    await rig.beat(2);
    rig.core.setMode("BTCUSDT", "halted");
    await rig.beat(1_800);
    expect(await rig.events("position-naked")).toHaveLength(1);
    expect((await rig.events("order-rejected")).length).toBeLessThanOrEqual(3);
    rig.core.setMode("BTCUSDT", "trading");
    await rig.beat(120);
    expect(openOrders(rig).length + Number(rig.bot().position.quantity.isZero())).toBe(1);
    await expectSettled(rig);
  });

  it("without a step for prices or quantities are not traded (F23)", async () => {
    const rig = await connectedRig({ listings: [spotListing("BTC", "USDT"), spotListing("ETH", "USDT", { lot: "0" })] });
    await expect(rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("enter"))).rejects.toThrow("cannot trade ETH/USDT");
    await rig.beat(5);
    expect(ourOrders(rig)).toEqual([]);
  });

  it("that a person has never heard of are refused in one sentence", async () => {
    const rig = await connectedRig();
    await expect(rig.engine.enterOrder(handOrder({ symbol: "XYZ/USDT" }), by("enter"))).rejects.toThrow("cannot trade XYZ/USDT");
  });

  it("two of them are traded beside each other, one bot in each", async () => {
    const rig = await protectedRig();
    await rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("eth"));
    await rig.beat(3);
    await expectSettled(rig);
    expect(ourOrders(rig)).toHaveLength(4);
    await expect(rig.engine.enterOrder(handOrder({ symbol: "ETH/USDT" }), by("eth again"))).rejects.toThrow("one bot for a symbol");
    await rig.engine.panic("a test", by("panic"));
    await rig.beat(30);
    await expectSettled(rig);
    expect(openOrders(rig)).toEqual([]);
  });
});
