import type { Server } from "node:http";
import type { Exchange } from "ccxt";
import { afterEach, beforeEach, expect, test } from "vitest";
import { plain } from "../../src/domain/money.ts";
import { realBlofin, Stage, serve } from "./blofin-stage.ts";

const SYMBOL = "BTC/USDT:USDT";
let stage: Stage;
let server: Server;
let blofin: Exchange;

beforeEach(async () => {
  stage = new Stage();
  const served = await serve(stage);
  server = served.server;
  blofin = await realBlofin(stage, served.url);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("the real ccxt class reads the simulated market", async () => {
  await blofin.loadMarkets();
  expect(blofin.market(SYMBOL)).toMatchObject({
    id: "BTC-USDT",
    contractSize: 0.001,
    precision: { amount: 0.1, price: 0.1 },
    active: true,
  });
  expect(await blofin.fetchTicker(SYMBOL)).toMatchObject({ last: 60_000, bid: 60_000, ask: 60_000.1 });
  const candles = await blofin.fetchOHLCV(SYMBOL, "1m", undefined, 3);
  expect(candles.map(([openMs]) => openMs)).toEqual([-2, -1, 0].map((minute) => stage.nowMs - (stage.nowMs % 60_000) + minute * 60_000));
  expect((await blofin.fetchOrderBook(SYMBOL, 5)).bids.length).toBe(5);
  expect(await blofin.fetchFundingRate(SYMBOL)).toMatchObject({ fundingRate: 0.0001 });
});

test("the real ccxt class buys, sees its position and fills, and closes", async () => {
  const placed = await blofin.createOrder(SYMBOL, "market", "buy", 10, undefined, { clientOrderId: "sst1" });
  expect(placed.clientOrderId).toBe("sst1");
  const [fill] = await blofin.fetchMyTrades(SYMBOL);
  expect(fill).toMatchObject({ price: 60_000, amount: 10, side: "buy", order: placed.id });
  expect(fill!.fee!.cost).toBeCloseTo(0.36, 10);
  const [position] = await blofin.fetchPositions();
  expect(position).toMatchObject({ symbol: SYMBOL, contracts: 10, side: "long", entryPrice: 60_000, leverage: 3 });
  const closed = await blofin.createOrder(SYMBOL, "market", "sell", 10, undefined, { clientOrderId: "sst2", reduceOnly: true });
  expect((await blofin.fetchPositions()).length).toBe(0);
  const orders = await blofin.fetchClosedOrders(SYMBOL);
  expect(orders.map(({ id, status, reduceOnly, filled }) => ({ id, status, reduceOnly, filled }))).toEqual([
    { id: placed.id, status: "closed", reduceOnly: false, filled: 10 },
    { id: closed.id, status: "closed", reduceOnly: true, filled: 10 },
  ]);
  expect((await blofin.fetchBalance()).USDT!.total).toBeCloseTo(1_000 - 0.72, 8);
  expect(plain(stage.account.balance)).toBe("999.28");
});

test("the real ccxt class rests and cancels limit, protective and trigger orders", async () => {
  await blofin.createOrder(SYMBOL, "market", "buy", 10);
  const limit = await blofin.createOrder(SYMBOL, "limit", "buy", 1, 59_000, { clientOrderId: "rest1" });
  const both = await blofin.createOrder(SYMBOL, "market", "sell", 10, undefined, {
    stopLossPrice: 58_000,
    takeProfitPrice: 62_000,
    clientOrderId: "stop1",
  });
  const trigger = await blofin.createOrder(SYMBOL, "market", "sell", 10, undefined, { triggerPrice: 57_000, clientOrderId: "algo1" });
  expect((await blofin.fetchOpenOrders(SYMBOL)).map(({ id }) => id)).toEqual([limit.id]);
  expect(
    (await blofin.fetchOpenOrders(SYMBOL, undefined, undefined, { tpsl: true })).map((each) => [each.id, each.info.slTriggerPrice]),
  ).toEqual([[both.id, "58000.000000000000000000"]]);
  expect((await blofin.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })).map(({ id }) => id)).toEqual([trigger.id]);
  await blofin.cancelOrder(String(limit.id), SYMBOL);
  await blofin.cancelOrder(String(both.id), SYMBOL, { tpsl: true });
  await blofin.cancelOrder(String(trigger.id), SYMBOL, { trigger: true });
  expect([stage.account.orders.liveCount, stage.account.tpsl.liveCount, stage.account.algo.liveCount]).toEqual([0, 0, 0]);
});

test("the real ccxt class sets modes and leverage and reads them back", async () => {
  await blofin.loadMarkets();
  await blofin.setLeverage(5, SYMBOL, { marginMode: "isolated" });
  expect((await blofin.fetchLeverage(SYMBOL, { marginMode: "isolated" })).longLeverage).toBe(5);
  await blofin.setPositionMode(true);
  expect(await blofin.fetchPositionMode()).toMatchObject({ hedged: true });
  await blofin.setMarginMode("isolated", SYMBOL);
  expect(await blofin.fetchMarginMode(SYMBOL)).toMatchObject({ marginMode: "isolated" });
});

test("the real ccxt class is told of too little margin in each of the venue's shapes, and of its own flag that the venue does not know", async () => {
  await blofin.loadMarkets();
  for (const refusals of ["inner", "outer", "bare"] as const) {
    stage.door.refusals = refusals;
    await expect(blofin.createOrder(SYMBOL, "market", "buy", 10_000)).rejects.toThrow(/Insufficient USDT margin/);
  }
  await expect(blofin.createOrder(SYMBOL, "limit", "buy", 1, 59_000, { postOnly: true })).rejects.toThrow(/Parameter type error/);
});
