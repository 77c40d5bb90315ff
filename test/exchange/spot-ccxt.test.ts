import type { Exchange } from "ccxt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadExchangeClass } from "../../src/venues/ccxt/load-class.ts";
import { ScriptedFaults } from "../kit/exchange/scripted-faults.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { KEY, MINUTE_MS, SECRET, SpotStage } from "./spot-stage.ts";

const SYMBOL = "BTC/USDT";
const OPTIONS = {
  defaultType: "spot",
  fetchMarkets: { types: ["spot"] },
  fetchCurrencies: false,
  fetchMargins: false,
  recvWindow: 5_000,
  createOrder: { quoteOrderQty: false },
  fetchOpenOrders: { warnWithoutSymbol: false },
};

describe.each(["binance", "binanceus"] as const)("the real ccxt class of %s, over a socket", (id) => {
  let stage: SpotStage;
  let server: ExchangeServer;
  let faults: ScriptedFaults;
  let exchange: Exchange;

  beforeEach(async () => {
    stage = new SpotStage({ us: id === "binanceus" });
    faults = new ScriptedFaults();
    server = new ExchangeServer({ doors: { "": stage.door }, now: () => stage.nowMs, faults });
    const url = await server.listen();
    const Exchange = await loadExchangeClass(id);
    exchange = new Exchange({ apiKey: KEY, secret: SECRET, enableRateLimit: false, timeout: 500, options: OPTIONS });
    point(exchange.urls.api as Record<string, unknown>, url);
    exchange.milliseconds = () => stage.nowMs;
  });
  afterEach(() => server.close());

  test("reads the market", async () => {
    await exchange.loadMarkets();
    expect(server.routes()).toEqual(["GET /api/v3/exchangeInfo"]);
    expect(exchange.market(SYMBOL)).toMatchObject({
      active: true,
      precision: { amount: 0.00001, price: 0.01 },
      limits: { amount: { min: 0.00001, max: 9_000 }, cost: { min: 5 } },
    });
    expect(await exchange.fetchTicker(SYMBOL)).toMatchObject({ last: 50_000, bid: 49_995, ask: 50_005 });
    expect(Object.keys(await exchange.fetchTickers())).toEqual([SYMBOL, "ETH/USDT"]);
    const candles = await exchange.fetchOHLCV(SYMBOL, "1m", stage.nowMs - 2 * MINUTE_MS, 10);
    expect(candles.map(([openMs]) => openMs)).toEqual([-2, -1, 0].map((minute) => stage.nowMs + minute * MINUTE_MS));
    expect(candles[0]).toEqual([stage.nowMs - 2 * MINUTE_MS, 50_000, 50_000, 50_000, 50_000, 10]);
    expect((await exchange.fetchOrderBook(SYMBOL, 5)).bids[0]).toEqual([49_995, 1]);
  });

  test("buys at market, sees the fill, its fee and the balance", async () => {
    const placed = await exchange.createOrder(SYMBOL, "market", "buy", 0.01, undefined, { newClientOrderId: "a1" });
    expect(placed).toMatchObject({ status: "closed", filled: 0.01, average: 50_005, clientOrderId: "a1" });
    expect(server.log.at(-1)!.request.body).toMatch(
      /symbol=BTCUSDT&side=BUY&newClientOrderId=a1&newOrderRespType=FULL&type=MARKET&quantity=0\.01&recvWindow=5000&signature=[0-9a-f]{64}$/,
    );
    const [fill] = await exchange.fetchMyTrades(SYMBOL);
    expect(fill).toMatchObject({
      order: placed.id,
      price: 50_005,
      amount: 0.01,
      takerOrMaker: "taker",
      fee: { cost: 0.00001, currency: "BTC" },
    });
    expect((await exchange.fetchBalance()).BTC).toEqual({ free: 1.00999, used: 0, total: 1.00999 });
    expect(await exchange.fetchOrder(placed.id!, SYMBOL)).toMatchObject({ status: "closed", filled: 0.01, clientOrderId: "a1" });
  });

  test.each([
    ["limit", { timeInForce: "GTC" }, "LIMIT"],
    ["limit", { postOnly: true }, "LIMIT_MAKER"],
    ["limit", { stopLossPrice: 45_000 }, "STOP_LOSS_LIMIT"],
  ] as const)("rests a %s order with %o, sees it open and cancels it", async (type, params, sent) => {
    const [side, price] = "stopLossPrice" in params ? (["sell", 44_000] as const) : (["buy", 49_000] as const);
    const placed = await exchange.createOrder(SYMBOL, type, side, 0.01, price, { ...params, newClientOrderId: "a1" });
    expect(server.log.at(-1)!.request.body).toContain(`type=${sent}&`);
    expect((await exchange.fetchOpenOrders()).map(({ id: orderId, clientOrderId }) => [orderId, clientOrderId])).toEqual([
      [placed.id, "a1"],
    ]);
    await exchange.cancelOrder(placed.id!, SYMBOL);
    expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([]);
    expect((await exchange.fetchOrders(SYMBOL)).map(({ status }) => status)).toEqual(["canceled"]);
  });

  test("says expired of an IOC order that met nobody", async () => {
    const placed = await exchange.createOrder(SYMBOL, "limit", "buy", 0.01, 49_000, { timeInForce: "IOC" });
    expect(placed).toMatchObject({ status: "expired", filled: 0 });
  });

  test.each([
    ["InsufficientFunds", () => exchange.createOrder(SYMBOL, "limit", "buy", 1, 49_000)],
    ["OrderImmediatelyFillable", () => exchange.createOrder(SYMBOL, "limit", "sell", 0.01, 44_000, { stopLossPrice: 60_000 })],
    ["BadRequest", () => exchange.createOrder(SYMBOL, "limit", "buy", 0.00005, 49_000)],
    ["OrderNotFound", () => exchange.cancelOrder("77", SYMBOL)],
    ["BadRequest", () => exchange.createOrder(SYMBOL, "limit", "buy", 0.01, 49_000, { stopLoss: { triggerPrice: 45_000 } })],
  ])("makes %s of a refusal", async (name, run) => {
    expect(await run().then(String, (error: Error) => error.constructor.name)).toBe(name);
  });

  test.each([
    ["answer lost", { answer: "lost" }, "RequestTimeout"],
    ["reset", { answer: "reset" }, "NetworkError"],
    ["lost on the way", { lost: "on-the-way" }, "RequestTimeout"],
    ["503 in front", { instead: { status: 503, headers: {}, body: "<html>" } }, "ExchangeNotAvailable"],
    ["-1007 after accept", { answer: { status: 503, headers: {}, body: '{"code":-1007,"msg":"Timeout"}' } }, "RequestTimeout"],
    ["302", { instead: { status: 302, headers: { location: "/elsewhere" }, body: "" } }, undefined],
  ] as const)("fails when the wire breaks: %s", async (name, fault, error) => {
    await exchange.loadMarkets();
    faults.next("POST /api/v3/order", fault);
    const outcome = await exchange.createOrder(SYMBOL, "market", "buy", 0.01).then(
      () => "no error",
      (thrown: Error) => thrown.constructor.name,
    );
    if (error) expect(outcome).toBe(error);
    else expect(outcome).not.toBe("no error");
    const accepted = "answer" in fault ? 1 : 0;
    expect(stage.account.orders.length, name).toBe(accepted);
    expect(server.log.filter(({ request }) => request.path === "/api/v3/order")).toHaveLength(1);
  });

  test("takes a torn, empty or wrong-shaped answer for success or breaks, which is why its answers are never trusted bare", async () => {
    await exchange.loadMarkets();
    faults.next("GET /api/v3/account", { answer: "empty" });
    expect(await exchange.fetchBalance()).toMatchObject({ total: {} });
    faults.next("POST /api/v3/order", { answer: "wrong-shape" });
    expect((await exchange.createOrder(SYMBOL, "market", "buy", 0.01)).id).toBeUndefined();
    faults.next("POST /api/v3/order", { answer: "torn" });
    await expect(exchange.createOrder(SYMBOL, "market", "buy", 0.01)).rejects.toThrow(TypeError);
    expect(stage.account.orders).toHaveLength(2);
  });
});

test("the demo world has its own books and keys behind its own path", async () => {
  const [live, demo] = [new SpotStage(), new SpotStage({ balances: { USDT: "77" } })];
  const server = new ExchangeServer({ doors: { "": live.door, "/demo": demo.door }, now: () => live.nowMs });
  const url = await server.listen();
  const Binance = await loadExchangeClass("binance");
  const exchange = new Binance({ apiKey: KEY, secret: SECRET, options: OPTIONS });
  point(exchange.urls.api as Record<string, unknown>, `${url}/demo`);
  exchange.milliseconds = () => live.nowMs;
  expect((await exchange.fetchBalance()).USDT?.total).toBe(77);
  expect(server.log.map(({ prefix, request }) => `${prefix} ${request.path}`)).toEqual([
    "/demo /api/v3/exchangeInfo",
    "/demo /api/v3/account",
  ]);
  await server.close();
});

function point(node: Record<string, unknown>, base: string): void {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === "string") node[key] = `${base}${new URL(value).pathname}`;
    else point(value as Record<string, unknown>, base);
  }
}
