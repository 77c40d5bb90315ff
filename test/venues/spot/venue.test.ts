import { beforeEach, describe, expect, it } from "vitest";
import { TransientError, UserError } from "../../../src/domain/errors.ts";
import { decimal, plain } from "../../../src/domain/money.ts";
import type { LiveVenue, OrderRef, OrderRequest } from "../../../src/ports/live-venue.ts";
import { BINANCE } from "../../../src/venues/quirks/binance.ts";
import { BINANCEUS } from "../../../src/venues/quirks/binanceus.ts";
import { openSpotVenue } from "../../../src/venues/spot.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { answered, refused, ScriptedWire } from "./scripted-wire.ts";

const NOW_MS = Date.UTC(2026, 0, 1);
const ID = "ssabcdefghij0123456789";
const REQUEST: OrderRequest = {
  clientOrderId: ID,
  symbol: "BTC/USDT",
  side: "buy",
  kind: "market",
  quantity: decimal("0.001"),
  reduces: false,
};
const STOP: OrderRequest = {
  ...REQUEST,
  side: "sell",
  kind: "protection",
  stopPrice: decimal(59_000),
  stopLimitPrice: decimal("58900.5"),
  reduces: true,
};
const REF: OrderRef = { clientOrderId: ID, symbol: "BTC/USDT", kind: "market", venueOrderIds: [] };
const PLACED = { orderId: 28, clientOrderId: ID, transactTime: NOW_MS, executedQty: "0.00100000", status: "FILLED" };
const FILL = { price: "60000.10", qty: "0.00100000", commission: "0.00000100", commissionAsset: "BTC", tradeId: 57 };
const ROW = {
  symbol: "BTCUSDT",
  orderId: 28,
  orderListId: -1,
  clientOrderId: ID,
  origQty: "0.00100000",
  executedQty: "0.00040000",
  status: "PARTIALLY_FILLED",
  type: "LIMIT",
  side: "BUY",
  stopPrice: "0.00000000",
  time: NOW_MS,
};
const STOP_LEG = { ...ROW, orderId: 10, orderListId: 1, clientOrderId: `${ID}s`, type: "STOP_LOSS_LIMIT", side: "SELL", status: "NEW" };
const LEGS = [
  { ...STOP_LEG, executedQty: "0.00", stopPrice: "59000.00" },
  { ...STOP_LEG, executedQty: "0.00", orderId: 11, clientOrderId: `${ID}t`, type: "LIMIT_MAKER" },
];
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

describe("looking for an order", () => {
  beforeEach(() => {
    wire.tell("GET /api/v3/order", refused(-2013, "Order does not exist."));
    wire.tell("GET /api/v3/openOrders", answered(200, []));
    wire.tell("GET /api/v3/allOrders", answered(200, []));
  });

  it("is absent only when all three places answered whole and had nothing", async () => {
    expect(await venue.find(REF)).toEqual({ kind: "absent" });
    expect(wire.calls.map(({ path }) => path)).toEqual(["/api/v3/time", "/api/v3/order", "/api/v3/openOrders", "/api/v3/allOrders"]);
    expect(wire.asked("GET /api/v3/allOrders")).toEqual([{ symbol: "BTCUSDT", limit: 1_000, startTime: NOW_MS - 86_400_000 }]);
  });

  it.each(["GET /api/v3/order", "GET /api/v3/openOrders", "GET /api/v3/allOrders"])(
    "is no reading when %s fails in any way",
    async (call) => {
      for (const answer of [
        { phase: "lost", reason: "reset" } as const,
        answered(200, undefined),
        answered(200, { code: 200 }),
        answered(503, undefined),
        refused(-1021, "Timestamp."),
        refused(-2015, "Invalid API-key, IP, or permissions for action.", 401),
      ]) {
        wire.tell(call, answer);
        expect(await venue.find(REF)).toMatchObject({ kind: "no-reading" });
      }
    },
  );

  it.each(["GET /api/v3/order", "GET /api/v3/openOrders", "GET /api/v3/allOrders"])("is found when only %s shows it", async (call) => {
    wire.tell(call, answered(200, call === "GET /api/v3/order" ? ROW : [ROW]));
    expect(await venue.find(REF)).toMatchObject({ kind: "found", order: { clientOrderId: ID, venueOrderIds: ["28"], status: "open" } });
  });

  it("is found without fills when the venue has archived it", async () => {
    wire.tell(
      "GET /api/v3/order",
      refused(-2026, "Order was canceled or expired with no executed qty over 90 days ago and has been archived."),
    );
    expect(await venue.find(REF)).toMatchObject({ kind: "found", order: { status: "canceled", clientOrderId: ID } });
  });

  it("looks a stranger's order up by the venue's own id", async () => {
    wire.tell("GET /api/v3/order", answered(200, { ...ROW, clientOrderId: "web_1" }));
    const stranger = { ...REF, clientOrderId: "", venueOrderIds: ["28"] };
    expect(await venue.find(stranger)).toMatchObject({ kind: "found", order: { clientOrderId: "web_1", venueOrderIds: ["28"] } });
    expect(wire.asked("GET /api/v3/order")).toEqual([{ symbol: "BTCUSDT", orderId: "28" }]);
    wire.tell("GET /api/v3/order", refused(-2013, "Order does not exist."));
    expect(await venue.find(stranger)).toEqual({ kind: "absent" });
  });

  it("joins the legs of a pair: one filled leg makes the pair filled", async () => {
    wire.tell("GET /api/v3/order", ({ origClientOrderId }) =>
      answered(
        200,
        origClientOrderId === `${ID}s` ? { ...LEGS[0], status: "EXPIRED" } : { ...LEGS[1], status: "FILLED", executedQty: "0.001" },
      ),
    );
    const reading = await venue.find({ ...REF, kind: "protection" });
    expect(reading).toMatchObject({ kind: "found", order: { clientOrderId: ID, venueOrderIds: ["10", "11"], status: "filled" } });
    if (reading.kind === "found")
      expect([plain(reading.order.filledQuantity), plain(reading.order.stopPrice!)]).toEqual(["0.001", "59000"]);
  });

  it("reads all pages of a busy day, and proves nothing when there are too many", async () => {
    const page = (from: number) =>
      answered(
        200,
        Array.from({ length: 1_000 }, (_, n) => ({ ...ROW, orderId: from + n, clientOrderId: `x${from + n}` })),
      );
    wire.tell("GET /api/v3/allOrders", page(1), answered(200, [{ ...ROW, orderId: 1_001 }]));
    expect(await venue.find(REF)).toMatchObject({ kind: "found" });
    expect(wire.asked("GET /api/v3/allOrders").at(-1)).toEqual({ symbol: "BTCUSDT", limit: 1_000, orderId: "1001" });
    wire.tell("GET /api/v3/allOrders", page(1));
    expect(await venue.find(REF)).toMatchObject({ kind: "no-reading" });
  });

  it("takes an order with a status that nobody knows as no reading", async () => {
    wire.tell("GET /api/v3/order", answered(200, { ...ROW, status: "MELTED" }));
    expect(await venue.find(REF)).toMatchObject({ kind: "no-reading" });
  });
});

describe("reading an account", () => {
  it("lists open orders of everybody, a pair as one", async () => {
    wire.tell("GET /api/v3/openOrders", answered(200, [...LEGS, { ...ROW, orderId: 99, clientOrderId: "web_1" }]));
    const orders = await venue.openOrders("BTC/USDT");
    expect(orders.map(({ clientOrderId, venueOrderIds, status }) => [clientOrderId, venueOrderIds, status])).toEqual([
      [ID, ["10", "11"], "open"],
      ["web_1", ["99"], "open"],
    ]);
  });

  const FILL_ROW = {
    symbol: "BTCUSDT",
    id: 57,
    orderId: 28,
    price: "1.5",
    qty: "2",
    commission: "-0.1",
    commissionAsset: "BNB",
    time: NOW_MS - 61_000,
    isBuyer: false,
    isMaker: true,
  };

  it("reads fills from an instant, then by their ids, and again while a late one could come before them", async () => {
    const young = { ...FILL_ROW, id: 59, time: NOW_MS - 1_000 };
    const late = { ...FILL_ROW, id: 58, time: NOW_MS - 2_000 };
    wire.tell("GET /api/v3/myTrades", answered(200, []), answered(200, [FILL_ROW, young]), answered(200, [late, young]), answered(200, []));
    const first = await venue.fills("BTC/USDT", undefined, NOW_MS - 70_000);
    expect(first).toEqual({ fills: [], cursor: `from:${NOW_MS - 70_000}` });
    const second = await venue.fills("BTC/USDT", first.cursor, 0);
    expect(second).toMatchObject({
      fills: [{ fillId: "57", side: "sell", liquidity: "maker", feeCurrency: "BNB" }, { fillId: "59" }],
      cursor: "id:58",
    });
    expect(await venue.fills("BTC/USDT", second.cursor, 0)).toMatchObject({ fills: [{ fillId: "58" }, { fillId: "59" }], cursor: "id:58" });
    expect(await venue.fills("BTC/USDT", "id:60", 0)).toEqual({ fills: [], cursor: "id:60" });
    expect(wire.asked("GET /api/v3/myTrades").map(({ startTime, fromId }) => startTime ?? fromId)).toEqual([
      NOW_MS - 70_000,
      NOW_MS - 70_000,
      58,
      60,
    ]);
  });

  it("passes over a day without fills when it was empty twice", async () => {
    wire.tell("GET /api/v3/myTrades", answered(200, []));
    const since = NOW_MS - 2 * 86_400_000;
    const { cursor } = await venue.fills("BTC/USDT", undefined, since);
    expect(cursor).toBe(`from:${since},empty:${NOW_MS}`);
    await clock.advance(29_000);
    expect((await venue.fills("BTC/USDT", cursor, since)).cursor).toBe(cursor);
    await clock.advance(2_000);
    expect((await venue.fills("BTC/USDT", cursor, since)).cursor).toBe(`from:${since + 86_400_000}`);
  });

  it("reads whole pages of fills until the last, and refuses disorder", async () => {
    const page = Array.from({ length: 1_000 }, (_, n) => ({ ...FILL_ROW, id: n + 1 }));
    wire.tell(
      "GET /api/v3/myTrades",
      answered(200, page),
      answered(200, [{ ...FILL_ROW, id: 1_001 }]),
      answered(200, [FILL_ROW, FILL_ROW]),
    );
    const { fills, cursor } = await venue.fills("BTC/USDT", "id:1", 0);
    expect([fills.length, cursor]).toEqual([1_001, "id:1002"]);
    await expect(venue.fills("BTC/USDT", "id:1", 0)).rejects.toThrow(TransientError);
  });

  it.each([
    ["an empty list", { canTrade: true, balances: [] }],
    ["nothing", undefined],
    ["text that is no number", { canTrade: true, balances: [{ asset: "BTC", free: "NaN", locked: "0" }] }],
  ])("takes balances with %s as no reading", async (_what, body) => {
    wire.tell("GET /api/v3/account", answered(200, body));
    await expect(venue.balances()).rejects.toThrow(/^binance could not be asked for balances/);
  });

  it("signs with the venue's time although this machine's clock steps", async () => {
    wire.tell("GET /api/v3/openOrders", answered(200, []));
    await venue.syncClock();
    clock.stepWall(-90_000);
    await venue.openOrders("BTC/USDT");
    expect(wire.offsets.at(-1)).toBe(90_000);
    wire.tell("GET /api/v3/time", answered(200, { serverTime: "soon" }));
    await expect(venue.syncClock()).rejects.toThrow("binance could not be asked for its time");
  });
});

describe("checking a key", () => {
  const account = { canTrade: true, makerCommission: 7, takerCommission: 9, balances: [{ asset: "BTC", free: "0", locked: "0" }] };
  const rights = {
    ipRestrict: true,
    enableWithdrawals: false,
    enableInternalTransfer: false,
    permitsUniversalTransfer: true,
    enableSpotAndMarginTrading: true,
  };

  it("reads the rights in the live world and tells in the demo world that they are not told", async () => {
    wire.tell("GET /api/v3/account", answered(200, account));
    wire.tell("GET /sapi/v1/account/apiRestrictions", answered(200, rights));
    expect(await venue.checkKey()).toEqual({ trade: true, withdraw: false, transfer: true, addressRestricted: true });
    const demo = openSpotVenue({ wire, clock, quirks: BINANCE, environment: "demo" });
    const asked = wire.calls.length;
    expect(await demo.checkKey()).toEqual({ trade: undefined, withdraw: undefined, transfer: undefined, addressRestricted: undefined });
    expect(wire.calls.slice(asked).map(({ path }) => path)).not.toContain("/sapi/v1/account/apiRestrictions");
  });

  it.each([
    [refused(-2014, "API-key format invalid.", 401), /copy both again/],
    [refused(-1022, "Signature for this request is not valid."), /copy both again/],
    [refused(-2015, "Invalid API-key, IP, or permissions for action.", 401), /^Binance\.com refuses this key/],
    [refused(0, "Service unavailable from a restricted location.", 451), /^Binance\.com does not serve the place/],
    [answered(200, { ...account, canTrade: false }), /may not trade now/],
  ])("says in one sentence what is wrong (%#)", async (answer, sentence) => {
    wire.tell("GET /api/v3/account", answer);
    await expect(venue.checkKey()).rejects.toThrow(sentence);
  });

  it("refuses a key without the right to trade", async () => {
    wire.tell("GET /api/v3/account", answered(200, account));
    wire.tell("GET /sapi/v1/account/apiRestrictions", answered(200, { ...rights, enableSpotAndMarginTrading: false }));
    await expect(venue.checkKey()).rejects.toThrow(UserError);
  });
});
