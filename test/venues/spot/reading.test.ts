import { beforeEach, describe, expect, it } from "vitest";
import { TransientError, UserError } from "../../../src/domain/errors.ts";
import { plain } from "../../../src/domain/money.ts";
import type { LiveVenue } from "../../../src/ports/live-venue.ts";
import { BINANCE } from "../../../src/venues/quirks/binance.ts";
import { openSpotVenue } from "../../../src/venues/spot.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { ID, LEGS, NOW_MS, REF, ROW } from "./payloads.ts";
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

describe("looking for an order", () => {
  beforeEach(() => {
    wire.tell("GET /api/v3/order", refused(-2013, "Order does not exist."));
    wire.tell("GET /api/v3/openOrders", answered(200, []));
    wire.tell("GET /api/v3/allOrders", answered(200, []));
  });

  it("is absent only when all three places answered whole and had nothing", async () => {
    expect(await venue.find(REF)).toEqual({ kind: "absent" });
    expect(wire.calls.map(({ path }) => path)).toEqual(["/api/v3/time", "/api/v3/order", "/api/v3/openOrders", "/api/v3/allOrders"]);
    expect(wire.asked("GET /api/v3/allOrders")).toEqual([{ symbol: "BTCUSDT", limit: 1_000, startTime: NOW_MS - 86_100_000 }]);
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
    await expect(venue.balances()).rejects.toThrow(/^Binance\.com could not be asked for balances/);
  });

  it("signs with the venue's time although this machine's clock steps", async () => {
    wire.tell("GET /api/v3/openOrders", answered(200, []));
    await venue.syncClock();
    clock.stepWall(-90_000);
    await venue.openOrders("BTC/USDT");
    expect(wire.offsets.at(-1)).toBe(90_000);
    wire.tell("GET /api/v3/time", answered(200, { serverTime: "soon" }));
    await expect(venue.syncClock()).rejects.toThrow("Binance.com could not be asked for its time");
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
    expect(await venue.checkKey()).toEqual({ mayOrder: true, withdraw: false, transfer: true, addressRestricted: true });
    const demo = openSpotVenue({ wire, clock, quirks: BINANCE, environment: "demo" });
    const asked = wire.calls.length;
    expect(await demo.checkKey()).toEqual({ mayOrder: undefined, withdraw: undefined, transfer: undefined, addressRestricted: undefined });
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
