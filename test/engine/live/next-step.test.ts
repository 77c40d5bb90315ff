import { describe, expect, it } from "vitest";
import { newBot } from "../../../src/domain/books.ts";
import { decimal, ZERO } from "../../../src/domain/money.ts";
import type { Order } from "../../../src/domain/order.ts";
import { marketMs } from "../../../src/domain/time.ts";
import type { LaneView } from "../../../src/engine/live/lane-view.ts";
import { LaneMemory } from "../../../src/engine/live/memory.ts";
import { nextStep } from "../../../src/engine/live/next-step.ts";
import { PERPETUAL_TRAITS } from "./traits.ts";

const NOW_MS = 1_000_000;

const RULES = {
  symbol: "BTC/USDT:USDT",
  base: "BTC",
  quote: "USDT",
  tickSize: decimal("0.1"),
  lotSize: decimal("0.001"),
  notionalMin: ZERO,
  makerFeeBps: 2,
  takerFeeBps: 6,
  halfSpreadBps: 0,
  slippageBps: 0,
  contract: { size: decimal("0.001"), settle: "USDT", leverageMax: 100 },
};

function heldBot() {
  const bot = newBot({
    ...{ id: "b1", name: "dip", owner: "discord:1", account: "main", mode: "demo", group: undefined },
    ...{ symbol: RULES.symbol, timeframe: "1m", strategy: "ema-cross", params: {} },
    sizing: { kind: "notional", notional: decimal(100) },
    protection: { stopPct: 2, takePct: undefined, trailingPct: undefined },
  });
  bot.position = { ...bot.position, quantity: decimal("0.01"), cost: decimal(500), openedMs: marketMs(NOW_MS - 60_000), fillCount: 1 };
  bot.exit = { purpose: "close", key: "x1", slotMs: marketMs(0), reason: "closed by hand", values: {}, tries: 1 };
  return bot;
}

function order(about: Partial<Order>): Order {
  return {
    ...{ clientOrderId: "ss1", intentId: "b1:x1:close#1", attempt: 1, botId: "b1", symbol: RULES.symbol, side: "sell" },
    ...{ type: "market", purpose: "close", quantity: decimal("0.01"), filledQuantity: ZERO, fillIds: [] },
    ...{ status: "unknown", reason: "closed by hand", sinceMs: marketMs(NOW_MS) },
    ...about,
  } as Order;
}

function viewOf(about: Partial<LaneView>): { view: LaneView; memory: LaneMemory; clock: { nowMs: number } } {
  const clock = { nowMs: NOW_MS };
  const memory = new LaneMemory({ monotonicMs: () => clock.nowMs, venueMs: () => clock.nowMs }, new Map());
  const bot = heldBot();
  const base = {
    bot,
    orders: [],
    rules: RULES,
    traits: PERPETUAL_TRAITS,
    price: 50_000,
    nowMs: NOW_MS,
    venueMs: NOW_MS,
    listed: true,
    turn: true,
  };
  return { view: { ...base, memory, ...about } as LaneView, memory, clock };
}

describe("the next step of a bot at a venue with orders that only reduce", () => {
  it("repeats an unanswered exit without the fence, but not at once", () => {
    const { view, memory, clock } = viewOf({ orders: [order({})] });
    memory.failed("exit");
    expect(nextStep(view).kind).not.toBe("exit");
    clock.nowMs += 2_000;
    expect(nextStep({ ...view, nowMs: clock.nowMs }).kind).toBe("exit");
  });

  it("sells no part again while its first sale is unanswered, and stands behind a stop meanwhile: both could come through", () => {
    const sale = order({ quantity: decimal("0.004"), purpose: "exit" });
    const { view, memory, clock } = viewOf({ orders: [sale] });
    view.bot.exit = { ...view.bot.exit!, keep: decimal("0.006") };
    memory.failed("exit");
    clock.nowMs += 2_000;
    const later = { ...view, nowMs: clock.nowMs, venueMs: clock.nowMs };
    expect(nextStep(later)).toMatchObject({ kind: "protect", quantity: decimal("0.01") });
    expect(nextStep({ ...later, orders: [] }), "once it is proven never to have arrived").toMatchObject({
      kind: "exit",
      quantity: decimal("0.004"),
    });
    view.bot.exit = { ...view.bot.exit!, keep: undefined };
    expect(nextStep(later).kind, "of everything a second sale takes only what is left").toBe("exit");
  });

  it("alarms of a stop that was canceled for a sale also when it is another position's turn, as while its last reading has to wait", () => {
    const stop = order({ clientOrderId: "ss2", purpose: "stop", type: "stop", price: decimal(48_000), status: "open" });
    const { view, memory, clock } = viewOf({ orders: [stop], turn: false });
    const stepIn = (ms: number) => {
      clock.nowMs += ms;
      return nextStep({ ...view, nowMs: clock.nowMs, venueMs: clock.nowMs });
    };
    memory.rests("ss2");
    memory.read("ss2");
    expect(stepIn(1_000).kind, "while it rests it waits for its turn").toBe("rest");
    memory.cancels.set("ss2", clock.nowMs);
    memory.lapse("ss2", undefined, () => false);
    memory.busy.add("ss2");
    expect(stepIn(1_000).kind).toBe("rest");
    expect(stepIn(5_000)).toMatchObject({ kind: "alarm", reason: expect.stringContaining("its stop has ended at the exchange") });
    memory.busy.delete("ss2");
    expect(stepIn(1_000).kind).not.toBe("rest");
  });

  it("sends no exit beside one whose answer is on its way, however many went before", () => {
    const { view, memory, clock } = viewOf({ orders: [order({}), order({ clientOrderId: "ss2", status: "in-flight" })] });
    memory.busy.add("ss2");
    expect(nextStep(view).kind).not.toBe("exit");
    clock.nowMs += 2_000;
    expect(nextStep({ ...view, nowMs: clock.nowMs }).kind).not.toBe("exit");
    memory.busy.delete("ss2");
    const given = [order({}), order({ clientOrderId: "ss2" })];
    expect(nextStep({ ...view, nowMs: clock.nowMs, orders: given }).kind).toBe("exit");
  });

  it("sells everything although it is unanswered whether the stop rests, and a part only once it is known", () => {
    const stop = order({ clientOrderId: "ss2", purpose: "stop", type: "stop", price: decimal(48_000) });
    const { view } = viewOf({ orders: [stop] });
    expect(nextStep(view)).toMatchObject({ kind: "exit", quantity: decimal("0.01") });
    view.bot.exit = { ...view.bot.exit!, keep: decimal("0.006") };
    expect(nextStep(view).kind).not.toBe("exit");
    view.bot.exit = { ...view.bot.exit!, keep: undefined };
    const holding = { ...view, traits: { ...view.traits, reduceOnly: false } };
    expect(nextStep(holding).kind, "on a spot exchange it may hold the coins").not.toBe("exit");
  });

  it("sends no exit beside one that works", () => {
    const { view } = viewOf({ orders: [order({ status: "open" })] });
    expect(nextStep(view).kind).not.toBe("exit");
  });

  it("places nothing in a symbol that is not listed, and says that the position is naked", () => {
    const { view, clock } = viewOf({ listed: false });
    expect(nextStep(view).kind).toBe("rest");
    clock.nowMs += 6_000;
    expect(nextStep({ ...view, nowMs: clock.nowMs }).kind).toBe("alarm");
    view.bot.naked = { sinceMs: NOW_MS, reason: "" };
    expect(nextStep({ ...view, nowMs: clock.nowMs }).kind).toBe("rest");
  });
});

describe("a stop that the venue calls ended while its fills cannot be read", () => {
  for (const wanted of [false, true])
    it(`protects nothing any more, ${wanted ? "where it was given up for a sale" : "where nobody gave it up"}`, () => {
      const stop = order({ purpose: "stop", type: "stop", status: "open", price: decimal(48_000) });
      const { view, memory, clock } = viewOf({ orders: [stop] });
      if (!wanted) view.bot.exit = undefined;
      memory.wasProtected = true;
      memory.read(stop.clientOrderId);
      memory.readings.asking(stop.clientOrderId);
      memory.cancels.set(stop.clientOrderId, NOW_MS);
      memory.lapse(stop.clientOrderId, 0, () => false);
      expect(nextStep(view).kind).toBe("rest");
      clock.nowMs += 5_500;
      expect(nextStep({ ...view, nowMs: clock.nowMs, venueMs: clock.nowMs })).toMatchObject({ kind: "alarm", sinceMs: NOW_MS });
    });
});

describe("a position that an earlier process left without a confirmed stop", () => {
  const spot = { ...PERPETUAL_TRAITS, kind: "spot", reduceOnly: false } as const;
  const left = (sinceMs: number) => ({ traits: spot, orders: [order({ sinceMs: marketMs(sinceMs) })] }) as Partial<LaneView>;

  it("is said at once when its sale is unanswered for longer than the deadline, because deaths must not put that off", () => {
    const step = nextStep(viewOf(left(NOW_MS - 7_000)).view);
    expect(step).toEqual({ kind: "alarm", sinceMs: NOW_MS - 7_000, reason: "its sale is unanswered" });
  });

  it("has what is left of the deadline when less has passed", () => {
    const { view } = viewOf(left(NOW_MS - 3_000));
    expect(nextStep(view).kind).not.toBe("alarm");
    expect(nextStep({ ...view, nowMs: NOW_MS + 2_500, venueMs: NOW_MS + 2_500 }).kind).toBe("alarm");
  });
});

describe("a stop that rested when an earlier process looked", () => {
  const stop = order({ purpose: "stop", type: "stop", status: "open", price: decimal(48_000) });

  it("is said not to be seen within the deadline where its symbol is not listed and this process has never read it", () => {
    const { view, clock } = viewOf({ orders: [stop], listed: false });
    view.bot.exit = undefined;
    expect(nextStep(view).kind).not.toBe("alarm");
    clock.nowMs += 5_500;
    expect(nextStep({ ...view, nowMs: clock.nowMs, venueMs: clock.nowMs }).kind).toBe("alarm");
  });

  it("ends no alarm before this process has seen it", () => {
    const { view, memory } = viewOf({ orders: [stop] });
    view.bot.exit = undefined;
    view.bot.naked = { sinceMs: NOW_MS - 30_000, reason: "" };
    expect(nextStep(view).kind).not.toBe("relief");
    memory.rests(stop.clientOrderId);
    memory.read(stop.clientOrderId);
    memory.readings.asking(stop.clientOrderId);
    expect(nextStep(view)).toEqual({ kind: "relief", nakedForMs: 30_000 });
  });

  it("counts as ended since the venue says so, not since it was read", () => {
    const { view, memory } = viewOf({ orders: [stop] });
    memory.read(stop.clientOrderId);
    memory.readings.asking(stop.clientOrderId);
    memory.cancels.set(stop.clientOrderId, NOW_MS);
    memory.lapse(stop.clientOrderId, 20_000, () => false);
    expect(nextStep(view)).toMatchObject({ kind: "alarm", sinceMs: NOW_MS - 20_000 });
  });

  it("counts as ended no earlier than this process saw it at rest, because clocks differ", () => {
    const { view, memory, clock } = viewOf({ orders: [stop] });
    memory.rests(stop.clientOrderId);
    clock.nowMs += 1_000;
    memory.read(stop.clientOrderId);
    memory.readings.asking(stop.clientOrderId);
    memory.cancels.set(stop.clientOrderId, clock.nowMs);
    memory.lapse(stop.clientOrderId, 90_000, () => false);
    expect(nextStep({ ...view, nowMs: clock.nowMs, venueMs: clock.nowMs }).kind).toBe("rest");
    clock.nowMs += 4_500;
    expect(nextStep({ ...view, nowMs: clock.nowMs, venueMs: clock.nowMs })).toMatchObject({ kind: "alarm", sinceMs: NOW_MS });
  });
});

const SPOT = { ...PERPETUAL_TRAITS, kind: "spot", reduceOnly: false } as const;

describe("a target that the price touches between two readings", () => {
  const protection = order({ purpose: "stop", type: "stop", status: "open", price: decimal(48_000), takePrice: decimal(51_000) });

  it("is read although the price is away again, because the touch may have filled a part and ended the stop", () => {
    const { view, memory, clock } = viewOf({ orders: [protection] });
    view.bot.exit = undefined;
    const stepAt = (ms: number, price: number) => {
      clock.nowMs = NOW_MS + ms;
      return nextStep({ ...view, price, nowMs: clock.nowMs, venueMs: clock.nowMs }).kind;
    };
    const read = () => {
      memory.readings.asking(protection.clientOrderId);
      memory.read(protection.clientOrderId);
    };
    read();
    memory.rests(protection.clientOrderId);
    expect(stepAt(1_000, 51_000), "read a second ago").toBe("rest");
    expect(stepAt(2_000, 50_900)).toBe("poll");
    read();
    expect(stepAt(4_000, 50_900), "that reading may have been behind").toBe("poll");
    clock.nowMs = NOW_MS + 1_000 + PERPETUAL_TRAITS.readLagMs;
    read();
    expect(stepAt(3_000 + PERPETUAL_TRAITS.readLagMs, 50_900), "no reading can be that late").toBe("rest");
  });

  it("is read every few seconds at a spot exchange while nobody says a price, and until no reading can be behind after that", () => {
    const { view, memory, clock } = viewOf({ orders: [protection], traits: SPOT });
    view.bot.exit = undefined;
    const stepAt = (ms: number, price: number | undefined) => {
      clock.nowMs = NOW_MS + ms;
      return nextStep({ ...view, price, nowMs: clock.nowMs, venueMs: clock.nowMs }).kind;
    };
    memory.rests(protection.clientOrderId);
    memory.readings.asking(protection.clientOrderId);
    memory.read(protection.clientOrderId);
    expect(stepAt(3_000, undefined)).toBe("rest");
    expect(stepAt(4_000, undefined)).toBe("poll");
    memory.readings.asking(protection.clientOrderId);
    memory.read(protection.clientOrderId);
    expect(stepAt(6_000, 50_500)).toBe("rest");
    expect(stepAt(8_000, 50_500), "what happened meanwhile may show only now").toBe("poll");
  });

  it("is read every few seconds at a spot exchange while the price is so near that it may have been there between two looks", () => {
    const { view, memory, clock } = viewOf({ orders: [protection], traits: SPOT });
    view.bot.exit = undefined;
    const stepAt = (ms: number, price: number) => {
      clock.nowMs = NOW_MS + ms;
      return nextStep({ ...view, price, nowMs: clock.nowMs, venueMs: clock.nowMs }).kind;
    };
    memory.rests(protection.clientOrderId);
    memory.readings.asking(protection.clientOrderId);
    memory.read(protection.clientOrderId);
    expect(stepAt(5_000, 50_500)).toBe("rest");
    expect(stepAt(6_000, 50_900)).toBe("poll");
    memory.readings.asking(protection.clientOrderId);
    memory.read(protection.clientOrderId);
    expect(stepAt(8_000, 50_500)).toBe("rest");
    expect(stepAt(10_000, 50_500), "what happened meanwhile may show only now").toBe("poll");
  });
});
