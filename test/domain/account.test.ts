import { describe, expect, it } from "vitest";
import { applyAccountEvent } from "../../src/domain/account.ts";
import { type AccountState, emptyAccount } from "../../src/domain/books.ts";
import type { AccountEvent, Intent } from "../../src/domain/events.ts";
import { decimal, plain } from "../../src/domain/money.ts";
import type { Fill } from "../../src/domain/position.ts";
import { marketMs, wallMs } from "../../src/domain/time.ts";

const SPEC = {
  id: "b1",
  name: "one",
  group: undefined,
  owner: "discord:1",
  account: "paper:discord:1",
  mode: "paper",
  symbol: "BTC/USDT",
  timeframe: "1m",
  strategy: "ema-cross",
  params: {},
  sizing: { kind: "equity-percent", pct: 10 },
  protection: { stopPct: 5, takePct: undefined, trailingPct: undefined },
} as const;

const intentOf = (id: string, side: "buy" | "sell", quantity: string): Intent => {
  const what = {
    intentId: `i-${id}`,
    botId: "b1",
    slotMs: marketMs(60_000),
    symbol: "BTC/USDT",
    type: "market",
    reason: "r",
    values: {},
  } as const;
  return { ...what, side, purpose: side === "buy" ? "entry" : "exit", quantity: decimal(quantity), clientOrderId: id };
};

function fillOf(order: string, number: number, quantity: string, price: string, stopPrice?: string): AccountEvent {
  const side = order.startsWith("e") && !order.endsWith("s") ? "buy" : "sell";
  const money = { price: decimal(price), quantity: decimal(quantity), fee: decimal("0.1"), feeCurrency: "USDT" };
  const fill: Fill = {
    fillId: `${order}.${number}`,
    clientOrderId: order,
    symbol: "BTC/USDT",
    side,
    ...money,
    liquidity: "taker",
    marketMs: marketMs(120_000),
  };
  const after = {
    positionQuantity: decimal(0),
    entryPrice: undefined,
    realized: side === "sell" ? decimal(1) : undefined,
    takePrice: undefined,
  };
  const purpose = side === "buy" ? "entry" : "stop";
  return {
    type: "order-filled",
    fill,
    botId: "b1",
    purpose,
    reason: "r",
    after: { ...after, stopPrice: stopPrice === undefined ? undefined : decimal(stopPrice) },
  };
}

function books(...events: AccountEvent[]): AccountState {
  const state = emptyAccount();
  const balances = new Map([["USDT", decimal(1_000)]]);
  const opened: AccountEvent = { type: "account-opened", account: SPEC.account, owner: SPEC.owner, mode: "paper", market: "m", balances };
  for (const event of [opened, { type: "bot-created", bot: SPEC } as const, { type: "bot-started", botId: "b1" } as const, ...events])
    push(state, event);
  return state;
}

function push(state: AccountState, event: AccountEvent, at = 60_000): void {
  applyAccountEvent(state, { sequence: state.sequence + 1, wallMs: wallMs(0), marketMs: marketMs(at), requestId: undefined, event });
}

const entered = () =>
  books(
    { type: "intent", intent: intentOf("e1", "buy", "3") },
    { type: "order-accepted", clientOrderId: "e1", venueOrderId: "v" },
    fillOf("e1", 1, "2", "100", "95"),
  );
const orders = (state: AccountState) =>
  [...state.orders.values()].map(({ clientOrderId, quantity, status }) => `${clientOrderId} ${plain(quantity)} ${status}`);

describe("an account's books", () => {
  it("book cash, coins, position and protection with each fill", () => {
    const state = entered();
    expect([plain(state.balances.get("USDT")!), plain(state.balances.get("BTC")!)]).toEqual(["799.9", "2"]);
    expect(orders(state)).toEqual(["e1 3 partially-filled", "e1s 2 open"]);
    push(state, fillOf("e1", 2, "1", "106", "96.9"));
    expect(orders(state)).toEqual(["e1s 3 open"]);
    expect(plain(state.orders.get("e1s")!.price!)).toBe("96.9");
  });

  it("count the same venue fill once", () => {
    const state = entered();
    push(state, fillOf("e1", 1, "2", "100", "95"));
    expect(plain(state.bots.get("b1")!.position.quantity)).toBe("2");
    expect(plain(state.balances.get("USDT")!)).toBe("799.9");
  });

  it("end every closing order and forget every intent when the position is sold", () => {
    const state = entered();
    push(state, fillOf("e1", 2, "1", "106", "96.9"));
    push(state, { type: "intent", intent: intentOf("x1", "sell", "3") });
    push(state, fillOf("e1s", 1, "1", "95"));
    expect(orders(state)).toEqual(["e1s 3 partially-filled", "x1 3 in-flight"]);
    push(state, fillOf("e1s", 2, "2", "94"));
    expect(orders(state)).toEqual([]);
    expect(state.intents.size).toBe(0);
    const bot = state.bots.get("b1")!;
    expect([plain(bot.baseEntries), bot.highest, plain(state.balances.get("BTC")!)]).toEqual(["0", undefined, "0"]);
    expect(plain(state.balances.get("USDT")!.minus(1_000))).toBe(plain(bot.quoteEntries));
  });

  it("count on the orders of a wish to close that was written twice, so that no two have one id", () => {
    const state = entered();
    const wish = { type: "exit-wanted", botId: "b1", purpose: "close", slotMs: marketMs(1), reason: "asked", values: {} } as const;
    push(state, { ...wish, key: "x9" });
    push(state, { type: "intent", intent: intentOf("x1", "sell", "1") });
    push(state, { ...wish, key: "x9" });
    expect(state.bots.get("b1")!.exit?.tries).toBe(1);
    push(state, { ...wish, key: "x12" });
    expect(state.bots.get("b1")!.exit?.tries).toBe(0);
  });

  it("forget the intent of an unprotected entry, too", () => {
    const state = books({ type: "intent", intent: intentOf("e1", "buy", "1") }, fillOf("e1", 1, "1", "100"));
    push(state, { type: "intent", intent: intentOf("x1", "sell", "1") });
    push(state, fillOf("x1", 1, "1", "101"));
    expect(state.intents.size).toBe(0);
  });

  it("go from stopping to stopped with the last coin", () => {
    const state = entered();
    push(state, { type: "bot-stopped", botId: "b1", closing: true, reason: "asked" });
    expect(state.bots.get("b1")!.status).toBe("stopping");
    push(state, fillOf("e1s", 1, "2", "94"));
    expect([state.bots.get("b1")!.status, state.bots.get("b1")!.statusReason]).toEqual(["stopped", "asked"]);
  });

  it("keep an order's new attempt when the lost one is given up", () => {
    const state = books({ type: "intent", intent: intentOf("e1", "buy", "3") });
    push(state, { type: "attempt", intentId: "i-e1", clientOrderId: "e2", attempt: 2 });
    push(state, { type: "order-expired", botId: "b1", clientOrderId: "e1", reason: "lost" });
    expect([...state.orders.values()].map(({ clientOrderId, attempt }) => [clientOrderId, attempt])).toEqual([["e2", 2]]);
    expect(state.intents.has("i-e1")).toBe(true);
  });

  it("refuse a stream that contradicts itself", () => {
    expect(() => books(fillOf("e9", 1, "1", "100"))).toThrow(/belongs to no working order/);
    expect(() => books({ type: "bot-started", botId: "b7" })).toThrow(/unknown bot b7/);
    expect(() => books({ type: "attempt", intentId: "i9", clientOrderId: "e2", attempt: 2 })).toThrow(/no known intent/);
    const state = entered();
    const event = { type: "bot-started", botId: "b1" } as const;
    expect(() => applyAccountEvent(state, { sequence: 99, wallMs: wallMs(0), marketMs: marketMs(0), requestId: undefined, event })).toThrow(
      /expected event/,
    );
    expect(() => push(state, { type: "order-rejected", botId: "b1", clientOrderId: "e1", code: "x", reason: "y" })).toThrow(
      /cannot become rejected/,
    );
    expect(() => push(state, fillOf("e1s", 1, "2.5", "94"))).toThrow(/cannot go below zero/);
  });

  it("count what a liquidation or a close by hand has lost of a contract as a loss of the day, like that of coins", () => {
    for (const [symbol, side] of [
      ["BTC/USDT", "buy"],
      ["BTC/USDT:USDT", "buy"],
      ["BTC/USDT:USDT", "sell"],
    ] as const) {
      const state = emptyAccount();
      push(state, {
        ...{ type: "account-opened", account: "main", owner: "discord:1", mode: "live", market: "m", currency: "USDT" },
        balances: new Map([["USDT", decimal(1_000)]]),
      });
      push(state, { type: "bot-created", bot: { ...SPEC, account: "main", mode: "live", symbol } });
      push(state, { type: "day-started", day: "d", equity: decimal(1_000) });
      push(state, { type: "intent", intent: { ...intentOf("e1", side, "2"), symbol, purpose: "entry" } });
      const bought = fillOf("e1", 1, "2", "100");
      if (bought.type !== "order-filled") throw new Error("expected a fill");
      push(state, { ...bought, fill: { ...bought.fill, symbol, side, fee: decimal(0) } });
      const [price, came] = [decimal(side === "buy" ? 80 : 120), decimal(symbol === "BTC/USDT" ? 160 : -40)];
      push(state, { type: "foreign-booked", coin: "USDT", quantity: came, entryId: "f1", reason: "r" });
      push(state, { type: "claim-reduced", botId: "b1", quantity: decimal(2), price, reason: "r" });
      expect([plain(state.balances.get("USDT")!), plain(state.day!.equity)]).toEqual(["960", "1000"]);
    }
  });

  it("never go back in market time", () => {
    const state = books({ type: "day-started", day: "d", equity: decimal(1) });
    push(state, { type: "bot-stopped", botId: "b1", closing: false, reason: "r" }, 5);
    expect(state.marketMs).toBe(60_000);
  });
});
