import { beforeEach, describe, expect, it } from "vitest";
import { decimal, plain } from "../../../src/domain/money.ts";
import type { LiveVenue } from "../../../src/ports/live-venue.ts";
import { BINANCE } from "../../../src/venues/quirks/binance.ts";
import { BINANCEUS } from "../../../src/venues/quirks/binanceus.ts";
import { openSpotVenue } from "../../../src/venues/spot.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { FILL, ID, NOW_MS, PLACED, REF, REQUEST, ROW, STOP } from "./payloads.ts";
import { answered, refused, ScriptedWire } from "./scripted-wire.ts";

let wire: ScriptedWire;
let clock: FakeClock;
let venue: LiveVenue;

beforeEach(() => {
  wire = new ScriptedWire();
  clock = new FakeClock(NOW_MS);
  wire.tell("GET /api/v3/time", answered(200, { serverTime: NOW_MS }));
  venue = openSpotVenue({ wire, clock, quirks: BINANCE, environment: "live" });
});

describe("placing over the Binance dialect", () => {
  it("sends a market order as a quantity and nothing else, and reads its fills from the answer", async () => {
    wire.tell("POST /api/v3/order", answered(200, { ...PLACED, fills: [FILL] }));
    const outcome = await venue.place(REQUEST);
    expect(wire.calls.map(({ params }) => params)).toEqual([
      { symbol: "BTCUSDT", side: "BUY", quantity: "0.001", newClientOrderId: ID, type: "MARKET", newOrderRespType: "FULL" },
    ]);
    if (outcome.kind !== "accepted") throw new Error(`expected accepted, found ${outcome.kind}`);
    expect(outcome.venueOrderIds).toEqual(["28"]);
    expect(outcome.fills.map(({ price, quantity, fee, ...rest }) => [plain(price), plain(quantity), plain(fee), rest])).toEqual([
      [
        "60000.1",
        "0.001",
        "0.000001",
        { fillId: "57", venueOrderId: "28", symbol: "BTC/USDT", side: "buy", feeCurrency: "BTC", liquidity: "taker", venueMs: NOW_MS },
      ],
    ]);
  });

  it("takes an order for accepted whose fills have no id, as earlier pages of Binance.US show them, and leaves them to the list", async () => {
    const { tradeId: _, ...fill } = FILL;
    wire.tell("POST /api/v3/order", answered(200, { ...PLACED, fills: [fill, fill] }));
    expect(await venue.place(REQUEST)).toEqual({ kind: "accepted", venueOrderIds: ["28"], fills: [] });
  });

  it("sends limit orders with their time in force and protective ones with both prices under the id of the stop", async () => {
    wire.tell("POST /api/v3/order", answered(200, PLACED));
    await venue.place({ ...REQUEST, kind: "limit-ioc", price: decimal("60100.50") });
    await venue.place({ ...REQUEST, kind: "limit", price: decimal("0.00001") });
    await venue.place(STOP);
    expect(
      wire
        .asked("POST /api/v3/order")
        .map(({ type, timeInForce, price, stopPrice, newClientOrderId }) => [type, timeInForce, price, stopPrice, newClientOrderId]),
    ).toEqual([
      ["LIMIT", "IOC", "60100.5", undefined, ID],
      ["LIMIT", "GTC", "0.00001", undefined, ID],
      ["STOP_LOSS_LIMIT", "GTC", "58900.5", "59000", `${ID}s`],
    ]);
    expect(wire.calls.map(({ priority }) => priority)).toEqual(["entry", "entry", "exit"]);
  });

  it("sends a stop with a target as one list of two legs, in each exchange's own way", async () => {
    const listed = answered(200, {
      orderListId: 1,
      listClientOrderId: ID,
      orders: [
        { orderId: 11, clientOrderId: `${ID}t` },
        { orderId: 10, clientOrderId: `${ID}s` },
      ],
    });
    wire.tell("POST /api/v3/orderList/oco", listed);
    wire.tell("POST /api/v3/order/oco", listed);
    const pair = { ...STOP, takePrice: decimal(62_000) };
    expect(await venue.place(pair)).toEqual({ kind: "accepted", venueOrderIds: ["10", "11"], fills: [] });
    expect(wire.asked("POST /api/v3/orderList/oco")).toEqual([
      {
        symbol: "BTCUSDT",
        side: "SELL",
        quantity: "0.001",
        listClientOrderId: ID,
        newOrderRespType: "FULL",
        aboveType: "LIMIT_MAKER",
        aboveClientOrderId: `${ID}t`,
        abovePrice: "62000",
        belowType: "STOP_LOSS_LIMIT",
        belowClientOrderId: `${ID}s`,
        belowStopPrice: "59000",
        belowPrice: "58900.5",
        belowTimeInForce: "GTC",
      },
    ]);
    const us = openSpotVenue({ wire, clock, quirks: BINANCEUS, environment: "live" });
    expect(await us.place(pair)).toMatchObject({ kind: "accepted" });
    expect(wire.asked("POST /api/v3/order/oco")).toEqual([
      {
        symbol: "BTCUSDT",
        side: "SELL",
        quantity: "0.001",
        listClientOrderId: ID,
        newOrderRespType: "FULL",
        limitClientOrderId: `${ID}t`,
        price: "62000",
        stopClientOrderId: `${ID}s`,
        stopPrice: "59000",
        stopLimitPrice: "58900.5",
        stopLimitTimeInForce: "GTC",
      },
    ]);
  });

  it.each([
    ["an empty object", {}],
    ["a list", []],
    ["another client order id", { ...PLACED, clientOrderId: "other" }],
    ["no order id", { ...PLACED, orderId: undefined }],
    ["a quantity that is a number", { ...PLACED, executedQty: 0.001 }],
    ["a quantity beyond all digits", { ...PLACED, executedQty: "1e400" }],
    ["a negative price", { ...PLACED, fills: [{ ...FILL, price: "-1" }] }],
  ])("takes a 2xx with %s as unknown", async (_what, body) => {
    wire.tell("POST /api/v3/order", answered(200, body));
    expect(await venue.place(REQUEST)).toMatchObject({ kind: "unknown" });
  });

  it("sends nothing that this dialect cannot say", async () => {
    expect(await venue.place({ ...REQUEST, kind: "limit" })).toEqual({ kind: "not-sent", reason: "a limit order needs a price" });
    expect(await venue.place({ ...REQUEST, clientOrderId: "x".repeat(36) })).toMatchObject({ kind: "not-sent" });
    const { stopLimitPrice: _limit, ...bare } = STOP;
    expect(await venue.place(bare)).toMatchObject({ kind: "not-sent" });
    expect(wire.calls).toEqual([]);
  });

  it("measures the venue's clock when its time was refused, and places nothing again", async () => {
    wire.tell("POST /api/v3/order", refused(-1021, "Timestamp for this request is outside of the recvWindow."));
    wire.tell("GET /api/v3/time", answered(200, { serverTime: NOW_MS + 90_000 }));
    expect(await venue.place(REQUEST)).toMatchObject({ kind: "rejected", cause: "clock" });
    expect(wire.calls.map(({ path }) => path)).toEqual(["/api/v3/order", "/api/v3/time"]);
    expect(wire.offsets.at(-1)).toBe(90_000);
    expect(venue.clock()).toEqual({ offsetMs: 90_000, uncertaintyMs: 0 });
  });
});

describe("canceling over the Binance dialect", () => {
  it("cancels by our id, a stop by its own, and a pair as a list", async () => {
    wire.tell("DELETE /api/v3/order", answered(200, { orderId: 28, status: "CANCELED" }));
    wire.tell("DELETE /api/v3/orderList", answered(200, { orderListId: 1, listOrderStatus: "ALL_DONE" }));
    expect(await venue.cancel(REF)).toEqual({ kind: "canceled" });
    expect(await venue.cancel({ ...REF, kind: "protection" })).toEqual({ kind: "canceled" });
    expect(await venue.cancel({ ...REF, kind: "protection", venueOrderIds: ["10", "11"] })).toEqual({ kind: "canceled" });
    expect(wire.calls.map(({ path, params }) => [path, params])).toEqual([
      ["/api/v3/order", { symbol: "BTCUSDT", origClientOrderId: ID }],
      ["/api/v3/order", { symbol: "BTCUSDT", origClientOrderId: `${ID}s` }],
      ["/api/v3/orderList", { symbol: "BTCUSDT", listClientOrderId: ID }],
    ]);
  });

  it("tells what the answer tells of the order's end", async () => {
    const { clientOrderId: _id, time: _time, ...ended } = { ...ROW, status: "CANCELED" };
    const report = { ...ended, origClientOrderId: ID, clientOrderId: "cancel_1", transactTime: NOW_MS };
    wire.tell("DELETE /api/v3/order", answered(200, report));
    const outcome = await venue.cancel(REF);
    if (outcome.kind !== "canceled" || !outcome.order) throw new Error(`expected the order's end, found ${outcome.kind}`);
    expect([outcome.order.clientOrderId, outcome.order.status, plain(outcome.order.filledQuantity)]).toEqual([ID, "canceled", "0.0004"]);
  });

  it("takes a list as the answer to canceling one leg, and a wrong shape as unknown", async () => {
    wire.tell("DELETE /api/v3/order", answered(200, { orderListId: 1, listOrderStatus: "ALL_DONE" }), answered(200, {}));
    expect(await venue.cancel({ ...REF, kind: "protection" })).toEqual({ kind: "canceled" });
    expect(await venue.cancel(REF)).toMatchObject({ kind: "unknown" });
  });
});
