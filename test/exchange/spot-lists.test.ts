import { describe, expect, test } from "vitest";
import { MINUTE_MS, outcomeOf, SpotStage, START_MS } from "./spot-stage.ts";

const NEXT_MS = START_MS + MINUTE_MS;
const SYMBOL = { symbol: "BTCUSDT" };
const ABOVE = { aboveType: "LIMIT_MAKER", abovePrice: "55000", aboveClientOrderId: "p1t" };
const BELOW = {
  belowType: "STOP_LOSS_LIMIT",
  belowPrice: "44000",
  belowStopPrice: "45000",
  belowTimeInForce: "GTC",
  belowClientOrderId: "p1s",
};
const OCO = { ...SYMBOL, side: "SELL", quantity: "0.1", listClientOrderId: "p1", ...ABOVE, ...BELOW };
const WORKING = {
  workingType: "LIMIT",
  workingSide: "BUY",
  workingPrice: "51000",
  workingQuantity: "0.1",
  workingTimeInForce: "GTC",
  pendingSide: "SELL",
};
const PAIR = {
  pendingAboveType: "LIMIT_MAKER",
  pendingAbovePrice: "55000",
  pendingBelowType: "STOP_LOSS_LIMIT",
  pendingBelowPrice: "44000",
  pendingBelowStopPrice: "45000",
  pendingBelowTimeInForce: "GTC",
};

function statuses(stage: SpotStage): string[] {
  return stage.account.orders.map(({ draft, now }) => `${draft.side} ${draft.type} ${now.status}`);
}

function locked(stage: SpotStage, coin: string): string {
  return stage.account.locked(coin).toFixed();
}

describe("an OCO at the simulated Binance", () => {
  test("locks the quantity once, and the target's fill ends the stop", () => {
    const stage = new SpotStage();
    stage.tape.minute("BTCUSDT", NEXT_MS, [50_000, 50_000, 55_500, 55_000]);
    const placed = stage.call("POST /api/v3/orderList/oco", OCO);
    expect(placed).toMatchObject({ contingencyType: "OCO", listOrderStatus: "EXECUTING", listClientOrderId: "p1" });
    expect(locked(stage, "BTC")).toBe("0.1");
    expect(stage.call("GET /api/v3/openOrderList")).toHaveLength(1);
    stage.passMs(2 * MINUTE_MS);
    expect(statuses(stage)).toEqual(["SELL STOP_LOSS_LIMIT EXPIRED", "SELL LIMIT_MAKER FILLED"]);
    expect([locked(stage, "BTC"), stage.account.free("BTC").toFixed()]).toEqual(["0", "0.9"]);
    expect(stage.call("GET /api/v3/orderList", { origClientOrderId: "p1" })).toMatchObject({ listOrderStatus: "ALL_DONE" });
    expect(stage.call("GET /api/v3/openOrderList")).toEqual([]);
  });

  test("ends its target as soon as its stop works, even when the stop's limit is not reached", () => {
    const stage = new SpotStage();
    stage.tape.minute("BTCUSDT", NEXT_MS, [43_000, 43_000, 43_000, 43_000]);
    stage.call("POST /api/v3/orderList/oco", OCO);
    stage.passMs(MINUTE_MS + 10_000);
    expect(statuses(stage)).toEqual(["SELL STOP_LOSS_LIMIT NEW", "SELL LIMIT_MAKER EXPIRED"]);
    expect(locked(stage, "BTC")).toBe("0.1");
  });

  test("is canceled whole by a cancel of one leg or of the list, and its ids are free again", () => {
    const stage = new SpotStage();
    for (const [route, params] of [
      ["DELETE /api/v3/order", { origClientOrderId: "p1t" }],
      ["DELETE /api/v3/orderList", { listClientOrderId: "p1" }],
      ["DELETE /api/v3/openOrders", {}],
    ] as const) {
      expect(outcomeOf(stage.call("POST /api/v3/orderList/oco", OCO)), route).toBe("accepted");
      expect(outcomeOf(stage.call("POST /api/v3/orderList/oco", OCO))).toBe("-2010 Duplicate order sent.");
      expect(outcomeOf(stage.call(route, { ...SYMBOL, ...params }))).toBe("accepted");
      expect(stage.account.orders.slice(-2).map(({ now }) => now.status)).toEqual(["CANCELED", "CANCELED"]);
      expect(locked(stage, "BTC")).toBe("0");
    }
    expect(outcomeOf(stage.call("DELETE /api/v3/orderList", { ...SYMBOL, listClientOrderId: "p1" }))).toBe("-2011 Unknown order sent.");
  });

  test.each([
    [{ ...OCO, belowStopPrice: "51000", belowPrice: "50900" }, "-2010 The relationship of the prices for the orders is not correct."],
    [{ ...OCO, abovePrice: "49000" }, "-2010 The relationship of the prices for the orders is not correct."],
    [{ ...OCO, side: "BUY" }, "-1165 A limit order in a buy OCO must be below."],
    [{ ...OCO, belowTimeInForce: undefined }, "-1102 Mandatory parameter 'belowTimeInForce' was not sent, was empty/null, or malformed."],
    [{ ...OCO, quantity: "2" }, "-2010 Account has insufficient balance for requested action."],
    [{ ...OCO, trailing: "1" }, "-1104 Not all sent parameters were read; read '15' parameter(s) but was sent '16'."],
  ])("is refused whole: %#", (params, outcome) => {
    const stage = new SpotStage();
    expect(outcomeOf(stage.call("POST /api/v3/orderList/oco", params))).toBe(outcome);
    expect(stage.account.orders).toEqual([]);
    expect(locked(stage, "BTC")).toBe("0");
  });

  test("counts as two orders, one of them a stop", () => {
    const stage = new SpotStage({ rules: { algoOrdersMax: 1 } });
    stage.call("POST /api/v3/orderList/oco", OCO);
    const second = { ...OCO, listClientOrderId: "p2", aboveClientOrderId: "p2t", belowClientOrderId: "p2s" };
    expect(outcomeOf(stage.call("POST /api/v3/orderList/oco", second))).toBe("-1013 Filter failure: MAX_NUM_ALGO_ORDERS");
  });

  test("has its old form at Binance.US", () => {
    const stage = new SpotStage({ us: true });
    const params = { ...SYMBOL, side: "SELL", quantity: "0.1", price: "55000", stopPrice: "45000" };
    const ids = { listClientOrderId: "p1", limitClientOrderId: "p1t", stopClientOrderId: "p1s" };
    const limited = { stopLimitPrice: "44000", stopLimitTimeInForce: "GTC" };
    expect(stage.call("POST /api/v3/order/oco", { ...params, ...ids, ...limited })).toMatchObject({ contingencyType: "OCO" });
    expect(statuses(stage)).toEqual(["SELL STOP_LOSS_LIMIT NEW", "SELL LIMIT_MAKER NEW"]);
    expect(stage.call("POST /api/v3/order/oco", params)).toMatchObject({ contingencyType: "OCO" });
    expect(statuses(stage).slice(2)).toEqual(["SELL STOP_LOSS NEW", "SELL LIMIT_MAKER NEW"]);
  });
});

describe("a list with a working order at the simulated Binance", () => {
  test("OTOCO: its legs rest once the working order has filled, though the answer still calls them pending", () => {
    const stage = new SpotStage();
    const placed = stage.call<{ orderReports: { status: string }[] }>("POST /api/v3/orderList/otoco", {
      ...SYMBOL,
      ...WORKING,
      ...PAIR,
      pendingQuantity: "0.09",
    });
    expect(placed.orderReports.map(({ status }) => status)).toEqual(["FILLED", "PENDING_NEW", "PENDING_NEW"]);
    expect(statuses(stage)).toEqual(["BUY LIMIT FILLED", "SELL STOP_LOSS_LIMIT NEW", "SELL LIMIT_MAKER NEW"]);
    expect(locked(stage, "BTC")).toBe("0.09");
  });

  test("OTOCO: a partial fill lets nothing rest, and its cancel takes the legs along", () => {
    const stage = new SpotStage({ fills: { pieces: () => 4, share: () => 1, tradeLagMs: () => 0 } });
    stage.tape.minute("BTCUSDT", NEXT_MS, [49_000, 49_000, 49_000, 49_000]);
    stage.call("POST /api/v3/orderList/otoco", { ...SYMBOL, ...WORKING, workingPrice: "49500", ...PAIR, pendingQuantity: "0.1" });
    stage.passMs(MINUTE_MS + 1_000);
    expect(statuses(stage)).toEqual(["BUY LIMIT PARTIALLY_FILLED", "SELL STOP_LOSS_LIMIT PENDING_NEW", "SELL LIMIT_MAKER PENDING_NEW"]);
    const { orderId } = stage.account.orders[0]!;
    stage.call("DELETE /api/v3/order", { ...SYMBOL, orderId });
    expect(statuses(stage)).toEqual(["BUY LIMIT CANCELED", "SELL STOP_LOSS_LIMIT CANCELED", "SELL LIMIT_MAKER CANCELED"]);
    expect([locked(stage, "BTC"), locked(stage, "USDT")]).toEqual(["0", "0"]);
  });

  test("OTOCO: a working IOC order that expires with a part leaves it naked", () => {
    const stage = new SpotStage({ fills: { pieces: () => 1, share: () => 0.5, tradeLagMs: () => 0 } });
    stage.call("POST /api/v3/orderList/otoco", { ...SYMBOL, ...WORKING, workingTimeInForce: "IOC", ...PAIR, pendingQuantity: "0.1" });
    expect(statuses(stage)).toEqual(["BUY LIMIT EXPIRED", "SELL STOP_LOSS_LIMIT EXPIRED", "SELL LIMIT_MAKER EXPIRED"]);
    expect(stage.account.total("BTC").toFixed()).toBe("1.04995");
  });

  test("OPOCO: its legs are sized by what was received, less the fee, on the lot below", () => {
    const stage = new SpotStage();
    stage.call("POST /api/v3/orderList/opoco", { ...SYMBOL, ...WORKING, workingQuantity: "0.01", ...PAIR });
    expect(stage.call("GET /api/v3/openOrders")).toMatchObject([{ origQty: "0.00999000" }, { origQty: "0.00999000" }]);
    expect(locked(stage, "BTC")).toBe("0.00999");
    const selling = { ...WORKING, workingSide: "SELL", workingPrice: "52000", pendingSide: "BUY" };
    expect(outcomeOf(stage.call("POST /api/v3/orderList/opoco", { ...SYMBOL, ...selling, ...PAIR }))).toBe(
      "-1222 Working order in an OPO list must be a bid.",
    );
  });

  test("OTO and OPO: one leg waits for the working order", () => {
    const stage = new SpotStage();
    const stop = { pendingType: "STOP_LOSS", pendingStopPrice: "45000" };
    stage.call("POST /api/v3/orderList/oto", { ...SYMBOL, ...WORKING, workingPrice: "49000", ...stop, pendingQuantity: "0.1" });
    stage.call("POST /api/v3/orderList/opo", { ...SYMBOL, ...WORKING, ...stop });
    expect(statuses(stage)).toEqual(["BUY LIMIT NEW", "SELL STOP_LOSS PENDING_NEW", "BUY LIMIT FILLED", "SELL STOP_LOSS NEW"]);
  });
});
