import { describe, expect, test } from "vitest";
import { outcomeOf, SpotStage } from "./spot-stage.ts";

const BUY = { side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.01", price: "49000" };
const SELL = { ...BUY, side: "SELL", price: "51000" };
const STOP = { side: "SELL", type: "STOP_LOSS_LIMIT", timeInForce: "GTC", quantity: "0.01", price: "44000", stopPrice: "45000" };
const MARKET = { side: "BUY", type: "MARKET", quantity: "0.01" };

function without(params: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([key]) => key !== name));
}

describe("the simulated Binance refuses, and takes nothing into its books:", () => {
  const cases: readonly (readonly [name: string, params: Readonly<Record<string, unknown>>, outcome: string])[] = [
    [
      "an unknown parameter",
      { ...BUY, "stopLoss[triggerPrice]": "1" },
      "-1104 Not all sent parameters were read; read '9' parameter(s) but was sent '10'.",
    ],
    ["a missing parameter", without(BUY, "price"), "-1102 Mandatory parameter 'price' was not sent, was empty/null, or malformed."],
    ["an order without a side", without(BUY, "side"), "-1102 Mandatory parameter 'side' was not sent, was empty/null, or malformed."],
    [
      "a market order without a quantity",
      without(MARKET, "quantity"),
      "-1102 Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.",
    ],
    ["a price on a market order", { ...MARKET, price: "50000" }, "-1106 Parameter 'price' sent when not required."],
    ["a stop price on a limit order", { ...BUY, stopPrice: "48000" }, "-1106 Parameter 'stopPrice' sent when not required."],
    ["a time in force on a market order", { ...MARKET, timeInForce: "IOC" }, "-1106 Parameter 'timeInForce' sent when not required."],
    ["an empty parameter", { ...BUY, newClientOrderId: "" }, "-1105 Parameter 'newClientOrderId' was empty."],
    [
      "a number that is none",
      { ...BUY, quantity: "1e-2" },
      "-1100 Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
    ],
    ["nine decimals", { ...BUY, quantity: "0.010000001" }, "-1111 Parameter 'quantity' has too much precision."],
    ["an unknown type", { ...BUY, type: "BRACKET" }, "-1116 Invalid orderType."],
    ["an unknown side", { ...BUY, side: "LONG" }, "-1117 Invalid side."],
    ["an unknown time in force", { ...BUY, timeInForce: "DAY" }, "-1115 Invalid timeInForce."],
    ["an unknown symbol", { ...BUY, symbol: "NOPEUSDT" }, "-1121 Invalid symbol."],
    ["a price off the tick", { ...BUY, price: "49000.005" }, "-1013 Filter failure: PRICE_FILTER"],
    ["a price above the largest", { ...SELL, price: "2000000" }, "-1013 Filter failure: PRICE_FILTER"],
    ["a quantity off the step", { ...BUY, quantity: "0.010005" }, "-1013 Filter failure: LOT_SIZE"],
    ["a quantity above the largest", { ...SELL, quantity: "9001" }, "-1013 Filter failure: LOT_SIZE"],
    ["a market order above its own largest", { ...MARKET, quantity: "121" }, "-1013 Filter failure: MARKET_LOT_SIZE"],
    ["a notional below the smallest", { ...BUY, quantity: "0.0001" }, "-1013 Filter failure: NOTIONAL"],
    ["a market order below the smallest notional", { ...MARKET, quantity: "0.00005" }, "-1013 Filter failure: NOTIONAL"],
    ["a buyer's price far below the market", { ...BUY, price: "9000" }, "-1013 Filter failure: PERCENT_PRICE_BY_SIDE"],
    ["a seller's price far above the market", { ...SELL, price: "260000" }, "-1013 Filter failure: PERCENT_PRICE_BY_SIDE"],
    ["a quantity of nothing", { ...BUY, quantity: "0" }, "-1013 Invalid quantity."],
    ["more than there is of the quote", { ...BUY, quantity: "1" }, "-2010 Account has insufficient balance for requested action."],
    ["more than there is of the base", { ...SELL, quantity: "1.1" }, "-2010 Account has insufficient balance for requested action."],
    [
      "a market order for more than there is",
      { ...MARKET, quantity: "0.2" },
      "-2010 Account has insufficient balance for requested action.",
    ],
    ["a stop that has passed", { ...STOP, stopPrice: "50000" }, "-2010 Order would trigger immediately."],
    ["a target that has passed", { ...STOP, type: "TAKE_PROFIT_LIMIT" }, "-2010 Order would trigger immediately."],
    [
      "a maker that would take",
      { ...without(BUY, "timeInForce"), type: "LIMIT_MAKER", price: "50010" },
      "-2010 Order would immediately match and take.",
    ],
    [
      "a client order id of 37 letters",
      { ...BUY, newClientOrderId: "x".repeat(37) },
      "-1100 Illegal characters found in parameter 'newClientOrderId'; legal range is '^[.A-Z:/a-z0-9_-]{1,36}$'.",
    ],
  ];
  test.each(cases)("%s", (_name, params, outcome) => {
    const stage = new SpotStage();
    expect(stage.outcome(params)).toBe(outcome);
    expect(stage.status).toBe(400);
    expect(stage.account.orders).toEqual([]);
    expect(stage.account.locked("USDT").plus(stage.account.locked("BTC")).toFixed()).toBe("0");
  });

  test("more open orders, more stops and a larger position than the symbol allows", () => {
    const orders = new SpotStage({ rules: { ordersMax: 2 } });
    expect([1, 2, 3].map(() => orders.outcome(BUY))).toEqual(["accepted", "accepted", "-1013 Filter failure: MAX_NUM_ORDERS"]);
    const stops = new SpotStage({ rules: { algoOrdersMax: 1 } });
    expect([1, 2].map(() => stops.outcome(STOP))).toEqual(["accepted", "-1013 Filter failure: MAX_NUM_ALGO_ORDERS"]);
    expect(stops.outcome(SELL)).toBe("accepted");
    const position = new SpotStage({ rules: { positionMax: "1.015" } });
    expect([1, 2].map(() => position.outcome(BUY))).toEqual(["accepted", "-1013 Filter failure: MAX_POSITION"]);
    expect(position.outcome(SELL)).toBe("accepted");
  });

  test("a client order id that an open order has, but not one whose order has filled", () => {
    const stage = new SpotStage();
    expect(stage.outcome({ ...BUY, newClientOrderId: "a1" })).toBe("accepted");
    expect(stage.outcome({ ...BUY, newClientOrderId: "a1" })).toBe("-2010 Duplicate order sent.");
    expect(stage.outcome({ ...MARKET, newClientOrderId: "m1" })).toBe("accepted");
    expect(stage.outcome({ ...MARKET, newClientOrderId: "m1" })).toBe("accepted");
    expect(stage.account.byClientOrderId("BTCUSDT", "m1")).toHaveLength(2);
  });

  test("the names that Binance.US has for a stop that has passed", () => {
    expect(new SpotStage({ us: true }).outcome({ ...STOP, stopPrice: "50000" })).toBe("-2010 Stop price would trigger immediately.");
  });

  test("orders in a halted symbol, in maintenance, of a closed account, and by a key that may not trade", () => {
    const stage = new SpotStage();
    stage.core.setMode("BTCUSDT", "halted");
    expect(stage.outcome(BUY)).toBe("-2010 Market is closed.");
    stage.core.setMode("BTCUSDT", "trading");
    stage.core.maintenance = "trading";
    expect(stage.outcome(BUY)).toBe("-2010 Rest API trading is not enabled.");
    stage.core.maintenance = "closed";
    expect(stage.outcome(BUY)).toBe("-1016 This service is no longer available.");
    expect(stage.status).toBe(503);
    stage.core.maintenance = "off";
    stage.account.mayTrade = false;
    expect(stage.outcome(BUY)).toBe("-2010 This account may not place or cancel orders.");
    stage.account.mayTrade = true;
    stage.account.rights = { ...stage.account.rights, trade: false };
    expect(stage.outcome(BUY)).toBe("-2015 Invalid API-key, IP, or permissions for action.");
    expect(stage.status).toBe(401);
    expect(outcomeOf(stage.call("GET /api/v3/account"))).toBe("accepted");
  });

  test("everything in a symbol that is delisted, whose open orders it canceled", () => {
    const stage = new SpotStage();
    stage.place(BUY);
    stage.core.setMode("BTCUSDT", "delisted");
    expect(stage.outcome(BUY)).toBe("-1121 Invalid symbol.");
    expect(stage.call("GET /api/v3/openOrders")).toEqual([]);
    expect(stage.account.locked("USDT").toFixed()).toBe("0");
    const { symbols } = stage.call<{ symbols: { symbol: string }[] }>("GET /api/v3/exchangeInfo");
    expect(symbols.map(({ symbol }) => symbol)).toEqual(["ETHUSDT"]);
  });

  test("orders that break a rule that has just changed", () => {
    const stage = new SpotStage();
    expect(stage.outcome(BUY)).toBe("accepted");
    stage.core.changeRules("BTCUSDT", { notionalMin: "1000" });
    expect(stage.outcome(BUY)).toBe("-1013 Filter failure: NOTIONAL");
  });
});

describe("the door of the simulated Binance", () => {
  const account = "GET /api/v3/account";

  test("refuses a missing, unknown, revoked or wrongly signed key", () => {
    const stage = new SpotStage();
    const asked = (options: object) => `${outcomeOf(stage.call(account, {}, options))} (${stage.status})`;
    expect(asked({ key: "" })).toBe("-2014 API-key format invalid. (401)");
    expect(asked({ key: "somebodyelse" })).toBe("-2015 Invalid API-key, IP, or permissions for action. (401)");
    expect(asked({ secret: "wrong" })).toBe("-1022 Signature for this request is not valid. (400)");
    expect(asked({ change: (request: { query: string }) => ({ ...request, query: `omitZeroBalances=true&${request.query}` }) })).toBe(
      "-1022 Signature for this request is not valid. (400)",
    );
    expect(asked({})).toBe("accepted (200)");
    stage.account.revoked = true;
    expect(asked({})).toBe("-2015 Invalid API-key, IP, or permissions for action. (401)");
  });

  test("refuses what is too old or from the future, and again right before the matching engine", () => {
    const stage = new SpotStage();
    const asked = (options: object) => outcomeOf(stage.call(account, {}, options));
    expect(asked({ agedMs: 5_000 })).toBe("accepted");
    expect(asked({ agedMs: 5_001 })).toBe("-1021 Timestamp for this request is outside of the recvWindow.");
    expect(asked({ agedMs: 5_001, recvWindowMs: 6_000 })).toBe("accepted");
    expect(asked({ agedMs: -999 })).toBe("accepted");
    expect(asked({ agedMs: -1_000 })).toBe("-1021 Timestamp for this request was 1000ms ahead of the server's time.");
    expect(asked({ recvWindowMs: 60_001 })).toBe("-1131 recvWindow must be less than 60000");
    stage.door.matchingDelayMs = 5_001;
    expect(stage.outcome(BUY)).toBe("-1021 Timestamp for this request is outside of the recvWindow.");
    expect(stage.account.orders).toEqual([]);
  });

  test("counts weight for each minute and address, refuses above the limit, and bans who does not listen", () => {
    const stage = new SpotStage({ limits: { weightPerMinute: 45 } });
    const asked = () => {
      stage.call(account);
      return [stage.status, stage.headers["x-mbx-used-weight-1m"], stage.headers["retry-after"]];
    };
    stage.passMs(20_000);
    expect([asked(), asked(), asked()]).toEqual([
      [200, "20", undefined],
      [200, "40", undefined],
      [429, undefined, "40"],
    ]);
    stage.passMs(40_000);
    expect(asked()).toEqual([200, "20", undefined]);
    for (let knock = 0; knock < 6; knock += 1) asked();
    expect(asked()).toEqual([418, undefined, "120"]);
    expect(stage.door.limits.knocksWhileBanned).toBe(0);
    stage.passMs(60_000);
    expect(asked()).toEqual([418, undefined, "60"]);
    expect(stage.door.limits.knocksWhileBanned).toBe(1);
    stage.passMs(60_000);
    expect(asked()).toEqual([200, "20", undefined]);
  });

  test("counts unfilled orders for each account", () => {
    const stage = new SpotStage({ limits: { ordersPerTenSeconds: 2 } });
    expect(stage.outcome(MARKET)).toBe("accepted");
    expect([1, 2, 3].map(() => stage.outcome(BUY))).toEqual([
      "accepted",
      "accepted",
      "-1015 Too many new orders; current limit is 2 orders per 10 SECOND.",
    ]);
    expect([stage.status, stage.headers["retry-after"]]).toEqual([429, "10"]);
    stage.passMs(10_000);
    expect(stage.outcome(BUY)).toBe("accepted");
    expect(stage.headers).toMatchObject({ "x-mbx-order-count-10s": "1", "x-mbx-order-count-1d": "3" });
  });

  test("tells what a key may do at Binance.com; Binance.US has no such call and no lists but the old OCO", () => {
    const com = new SpotStage();
    com.account.rights = { ...com.account.rights, withdraw: true };
    expect(com.call("GET /sapi/v1/account/apiRestrictions")).toMatchObject({ enableWithdrawals: true, ipRestrict: true });
    com.call("POST /api/v3/order/oco");
    expect(com.status).toBe(404);
    const us = new SpotStage({ us: true });
    for (const route of ["GET /sapi/v1/account/apiRestrictions", "POST /api/v3/orderList/oco", "POST /api/v3/orderList/otoco"]) {
      us.call(route);
      expect(us.status, route).toBe(404);
    }
  });
});
