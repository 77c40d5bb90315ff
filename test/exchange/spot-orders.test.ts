import { describe, expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { seededFills } from "../kit/exchange/spot/fill-plan.ts";
import { type Body, MINUTE_MS, outcomeOf, SpotStage, START_MS } from "./spot-stage.ts";

const BUY = { side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.1", price: "49000" };
const MARKET = { side: "BUY", type: "MARKET", quantity: "0.1" };
const STOP = { side: "SELL", type: "STOP_LOSS_LIMIT", timeInForce: "GTC", quantity: "0.1", price: "44700", stopPrice: "45000" };
const NEXT_MS = START_MS + MINUTE_MS;

function read(stage: SpotStage, orderId: number): Body {
  return stage.call("GET /api/v3/order", { symbol: "BTCUSDT", orderId });
}

describe("an order at the simulated Binance", () => {
  test("at market fills at once at the ask, and a buyer's fee comes off the coin", () => {
    const stage = new SpotStage();
    const placed = stage.place({ ...MARKET, newClientOrderId: "a1" });
    expect(placed).toMatchObject({ status: "FILLED", executedQty: "0.10000000", clientOrderId: "a1" });
    expect(placed.fills).toEqual([
      { price: "50005.00000000", qty: "0.10000000", commission: "0.00010000", commissionAsset: "BTC", tradeId: expect.any(Number) },
    ]);
    expect(stage.account.free("USDT").toFixed()).toBe("4999.5");
    expect(stage.account.free("BTC").toFixed()).toBe("1.0999");
  });

  test("at market for an amount of money buys what the money is worth", () => {
    const stage = new SpotStage();
    expect(stage.place({ side: "BUY", type: "MARKET", quoteOrderQty: "1000" })).toMatchObject({
      status: "FILLED",
      executedQty: "0.01999000",
    });
  });

  test("that rests locks its money, fills when the price comes, and gives the rest back", () => {
    const stage = new SpotStage();
    stage.tape.minute("BTCUSDT", NEXT_MS, [50_000, 48_900, 50_000, 50_000]);
    const { orderId } = stage.place(BUY);
    expect(stage.account.locked("USDT").toFixed()).toBe("4900");
    stage.passMs(MINUTE_MS);
    expect(stage.call("GET /api/v3/openOrders", { symbol: "BTCUSDT" })).toHaveLength(1);
    stage.passMs(MINUTE_MS);
    expect(read(stage, orderId)).toMatchObject({ status: "FILLED", cummulativeQuoteQty: "4900.00000000" });
    expect(stage.account.locked("USDT").toFixed()).toBe("0");
    expect(stage.call("GET /api/v3/myTrades", { symbol: "BTCUSDT" })).toMatchObject([{ orderId, isMaker: true, price: "49000.00000000" }]);
  });

  test("with a better limit than the market pays the market's price and no more", () => {
    const stage = new SpotStage();
    expect(stage.place({ ...BUY, price: "51000" })).toMatchObject({ status: "FILLED", cummulativeQuoteQty: "5000.50000000" });
    expect(stage.account.free("USDT").toFixed()).toBe("4999.5");
    expect(stage.account.locked("USDT").toFixed()).toBe("0");
  });

  test("of the kinds IOC and FOK expires with what nobody sold it", () => {
    const parts = { pieces: () => 1, share: () => 0.5, tradeLagMs: () => 0 };
    const stage = new SpotStage({ fills: parts });
    expect(stage.place({ ...BUY, timeInForce: "IOC" })).toMatchObject({ status: "EXPIRED", executedQty: "0.00000000" });
    expect(stage.place({ ...BUY, timeInForce: "IOC", price: "51000" })).toMatchObject({ status: "EXPIRED", executedQty: "0.05000000" });
    expect(stage.place({ ...BUY, timeInForce: "FOK", price: "51000" })).toMatchObject({ status: "EXPIRED", executedQty: "0.00000000" });
    expect(stage.place({ ...MARKET, side: "SELL" })).toMatchObject({ status: "EXPIRED", executedQty: "0.05000000" });
    expect(stage.account.locked("USDT").plus(stage.account.locked("BTC")).toFixed()).toBe("0");
  });

  test("is cut in pieces by the seed, the same for an equal seed, and its trades are numbered upwards", () => {
    const run = () => {
      const stage = new SpotStage({ fills: seededFills({ seed: 3, piecesMax: 4, partialChance: 0 }) });
      stage.tape.minute("BTCUSDT", NEXT_MS, [48_000, 48_000, 48_000, 48_000]);
      for (let index = 0; index < 4; index += 1) stage.place({ ...BUY, quantity: "0.03" });
      stage.place({ ...MARKET, quantity: "0.03", side: "SELL" });
      stage.passMs(2 * MINUTE_MS);
      return stage.call<{ id: number; qty: string; price: string; time: number }[]>("GET /api/v3/myTrades", { symbol: "BTCUSDT" });
    };
    const fills = run();
    expect(fills.length).toBeGreaterThan(5);
    expect(fills.map(({ id }) => id)).toEqual(fills.map(({ id }) => id).toSorted((a, b) => a - b));
    expect(new Set(fills.map(({ id }) => id)).size).toBe(fills.length);
    expect(fills.reduce((sum, { qty }) => sum + Number(qty), 0)).toBeCloseTo(0.15, 8);
    expect(run()).toEqual(fills);
  });

  test("is found under a client order id that several had, the newest first, and under its own number", () => {
    const stage = new SpotStage();
    const [first, second] = [1, 2].map(() => stage.place({ ...MARKET, quantity: "0.01", newClientOrderId: "m1" }).orderId);
    expect(stage.call("GET /api/v3/order", { symbol: "BTCUSDT", origClientOrderId: "m1" })).toMatchObject({ orderId: second });
    expect(stage.call("GET /api/v3/order", { symbol: "BTCUSDT", origClientOrderId: "m1", orderId: first })).toMatchObject({
      orderId: first,
    });
    expect(outcomeOf(stage.call("GET /api/v3/order", { symbol: "BTCUSDT", orderId: first, origClientOrderId: "m2" }))).toBe(
      "-2013 Order does not exist.",
    );
    expect(outcomeOf(stage.call("DELETE /api/v3/order", { symbol: "BTCUSDT", origClientOrderId: "m1" }))).toBe("-2011 Unknown order sent.");
  });
});

describe("a stop at the simulated Binance", () => {
  test("waits, then sells at the bid once the price is there", () => {
    const stage = new SpotStage();
    stage.tape.minute("BTCUSDT", NEXT_MS, [50_000, 44_800, 50_000, 50_000]);
    const { orderId } = stage.place(STOP);
    expect(stage.account.locked("BTC").toFixed()).toBe("0.1");
    expect(read(stage, orderId)).toMatchObject({ status: "NEW", isWorking: false });
    stage.passMs(2 * MINUTE_MS);
    expect(read(stage, orderId)).toMatchObject({ status: "FILLED", isWorking: true });
    const [fill] = stage.account.trades;
    expect(fill!.maker).toBe(false);
    expect(fill!.price.isLessThanOrEqualTo(45_000) && fill!.price.isGreaterThanOrEqualTo(44_700)).toBe(true);
  });

  test("with a limit is jumped over by a gap and stays unfilled below it", () => {
    const stage = new SpotStage();
    stage.tape.minute("BTCUSDT", NEXT_MS, [40_000, 40_000, 40_000, 40_000]).flat("BTCUSDT", 40_000);
    stage.tape.minute("BTCUSDT", START_MS, [50_000, 50_000, 50_000, 50_000]);
    const { orderId } = stage.place(STOP);
    stage.passMs(3 * MINUTE_MS);
    expect(read(stage, orderId)).toMatchObject({ status: "NEW", isWorking: true, executedQty: "0.00000000" });
    const market = stage.place({ side: "SELL", type: "STOP_LOSS", quantity: "0.1", stopPrice: "39000" });
    stage.tape.flat("BTCUSDT", 38_000);
    stage.passMs(MINUTE_MS);
    expect(read(stage, market.orderId)).toMatchObject({ status: "FILLED", cummulativeQuoteQty: "3799.62000000" });
  });

  test("fills before a target that the same minute holds", () => {
    const stage = new SpotStage();
    stage.tape.minute("BTCUSDT", NEXT_MS, [50_000, 44_800, 56_000, 50_000]);
    const oco = {
      aboveType: "LIMIT_MAKER",
      abovePrice: "55000",
      belowType: "STOP_LOSS",
      belowStopPrice: "45000",
      side: "SELL",
      quantity: "0.1",
    };
    stage.call("POST /api/v3/orderList/oco", { symbol: "BTCUSDT", ...oco });
    stage.passMs(2 * MINUTE_MS);
    expect(stage.account.orders.map(({ draft, now }) => `${draft.type} ${now.status}`)).toEqual([
      "STOP_LOSS FILLED",
      "LIMIT_MAKER EXPIRED",
    ]);
  });
});

describe("the fee at the simulated Binance", () => {
  test("is taken from what was received, from the quote, or from a third coin while there is enough", () => {
    const stage = new SpotStage({ balances: { USDT: "100000", BTC: "1", BNB: "0.02" } });
    const feeOf = (side: string) => {
      const { fills } = stage.place({ side, type: "MARKET", quantity: "0.1" });
      return `${fills![0]!.commission} ${fills![0]!.commissionAsset}`;
    };
    expect([feeOf("BUY"), feeOf("SELL")]).toEqual(["0.00010000 BTC", "4.99950000 USDT"]);
    stage.account.feeMode = "quote";
    expect([feeOf("BUY"), feeOf("SELL")]).toEqual(["5.00050000 USDT", "4.99950000 USDT"]);
    stage.account.feeMode = { coin: "BNB", priceInQuote: 500 };
    expect([feeOf("BUY"), feeOf("SELL"), feeOf("BUY")]).toEqual(["0.01000100 BNB", "0.00999900 BNB", "0.00010000 BTC"]);
    expect(stage.account.free("BNB").toFixed()).toBe("0");
  });
});

describe("what goes wrong at the simulated Binance", () => {
  test("reads that lag show orders, fills and balances as they were", () => {
    const stage = new SpotStage();
    const { orderId } = stage.place(BUY);
    stage.passMs(1_000);
    stage.call("DELETE /api/v3/order", { symbol: "BTCUSDT", orderId });
    stage.place(MARKET);
    stage.passMs(1_000);
    const seen = () => ({
      order: read(stage, orderId).status,
      open: stage.call<unknown[]>("GET /api/v3/openOrders").length,
      fills: stage.call<unknown[]>("GET /api/v3/myTrades", { symbol: "BTCUSDT" }).length,
      usdt: stage
        .call<{ balances: { asset: string; free: string }[] }>("GET /api/v3/account")
        .balances.find(({ asset }) => asset === "USDT")!.free,
    });
    expect(seen()).toEqual({ order: "CANCELED", open: 0, fills: 1, usdt: "4999.50000000" });
    stage.lagMs = 1_500;
    expect(seen()).toEqual({ order: "NEW", open: 1, fills: 0, usdt: "5100.00000000" });
    stage.lagMs = 2_500;
    expect(seen()).toEqual({ order: undefined, open: 0, fills: 0, usdt: "10000.00000000" });
  });

  test("a cancel that loses the race is acknowledged, and the fill shows later", () => {
    const stage = new SpotStage();
    const { orderId } = stage.place(BUY);
    stage.core.loseNextCancel(stage.account.orders[0]!, 1, 2_000);
    expect(stage.call("DELETE /api/v3/order", { symbol: "BTCUSDT", orderId })).toMatchObject({
      status: "CANCELED",
      executedQty: "0.00000000",
    });
    expect(read(stage, orderId)).toMatchObject({ status: "CANCELED", executedQty: "0.00000000" });
    expect(stage.call("GET /api/v3/myTrades", { symbol: "BTCUSDT" })).toHaveLength(1);
    stage.passMs(2_000);
    expect(read(stage, orderId)).toMatchObject({ status: "FILLED", executedQty: "0.10000000" });
  });

  test("a moment of empty lists and zero balances passes", () => {
    const stage = new SpotStage();
    stage.place(BUY);
    stage.account.blankUntilMs = stage.nowMs + 1_000;
    expect(stage.call("GET /api/v3/openOrders")).toEqual([]);
    expect(stage.call("GET /api/v3/account")).toMatchObject({
      balances: [{ free: "0.00000000" }, { free: "0.00000000", locked: "0.00000000" }],
    });
    stage.passMs(1_000);
    expect(stage.call("GET /api/v3/openOrders")).toHaveLength(1);
  });

  test("trades may be seen later than their order", () => {
    const stage = new SpotStage({ fills: { pieces: () => 1, share: () => 1, tradeLagMs: () => 3_000 } });
    const { orderId } = stage.place(MARKET);
    expect(read(stage, orderId)).toMatchObject({ status: "FILLED" });
    expect(stage.call("GET /api/v3/myTrades", { symbol: "BTCUSDT" })).toEqual([]);
    stage.passMs(3_000);
    expect(stage.call("GET /api/v3/myTrades", { symbol: "BTCUSDT" })).toHaveLength(1);
  });

  test("a person trades by hand, deposits and withdraws", () => {
    const stage = new SpotStage();
    const order = stage.core.place(stage.account, { symbol: "BTCUSDT", side: "SELL", type: "MARKET", quantity: decimal("0.5") });
    expect(order.clientOrderId).toMatch(/^web_/);
    stage.account.transfer("USDT", decimal("-1000"), stage.nowMs);
    stage.account.transfer("DOGE", decimal("7"), stage.nowMs);
    expect(stage.call("GET /api/v3/allOrders", { symbol: "BTCUSDT" })).toMatchObject([
      { clientOrderId: order.clientOrderId, status: "FILLED" },
    ]);
    const { balances } = stage.call<{ balances: { asset: string; free: string }[] }>("GET /api/v3/account", { omitZeroBalances: true });
    expect(balances.map(({ asset, free }) => `${asset} ${free}`)).toEqual(["BTC 0.50000000", "DOGE 7.00000000", "USDT 33972.50250000"]);
  });

  test("candles come late, doubled or from the future when the exchange spoils them", () => {
    const stage = new SpotStage();
    const ask = () =>
      stage.call<unknown[][]>("GET /api/v3/klines", { symbol: "BTCUSDT", interval: "1m", limit: 3 }).map(([openMs]) => openMs);
    const whole = ask();
    stage.core.candleFault = (_symbol, rows) => [...rows.slice(0, -1), rows[0]!];
    expect(ask()).toEqual([whole[0], whole[1], whole[0]]);
    stage.core.candleFault = undefined;
    stage.lagMs = MINUTE_MS;
    expect(ask()).toEqual(whole.map((openMs) => Number(openMs) - MINUTE_MS));
  });
});

test("the forming candle is the last row, and shows nothing that has not happened yet", () => {
  const stage = new SpotStage();
  stage.tape.minute("BTCUSDT", NEXT_MS, [50_000, 49_000, 52_000, 51_000]);
  stage.passMs(MINUTE_MS + 20_000);
  const last = (interval: string) =>
    stage.call<string[][]>("GET /api/v3/klines", { symbol: "BTCUSDT", interval, limit: 2 }).at(-1)!.slice(1, 5).map(Number);
  expect(last("1m")).toEqual([50_000, 50_000, 49_000, 49_000]);
  stage.passMs(40_000);
  expect(last("5m")).toEqual([50_000, 52_000, 49_000, 50_000]);
});

test("money is neither made nor lost: what the account holds is what it began with, its trades and its transfers", () => {
  const stage = new SpotStage({ fills: seededFills({ seed: 11, piecesMax: 3, partialChance: 0.5 }) });
  for (let minute = 0; minute < 60; minute += 1) {
    const wave = 50_000 + 1_500 * Math.sin(minute);
    stage.tape.minute("BTCUSDT", START_MS + minute * MINUTE_MS, [wave, wave - 300, wave + 300, wave + 50]);
    stage.place({ ...BUY, quantity: "0.01", price: "49500" });
    stage.place({ ...MARKET, quantity: "0.01", side: minute % 2 === 0 ? "BUY" : "SELL" });
    stage.place({ ...STOP, quantity: "0.02", stopPrice: "48700", price: "48600" });
    if (minute % 7 === 0) stage.call("DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
    stage.passMs(MINUTE_MS);
  }
  stage.call("DELETE /api/v3/openOrders", { symbol: "BTCUSDT" });
  const { account } = stage;
  expect(account.trades.length).toBeGreaterThan(60);
  let [usdt, btc] = [decimal("10000"), decimal("1")];
  for (const { order, quantity, quote, fee, feeCoin } of account.trades) {
    const sign = order.draft.side === "BUY" ? 1 : -1;
    btc = btc.plus(quantity.times(sign)).minus(feeCoin === "BTC" ? fee : 0);
    usdt = usdt.minus(quote.times(sign)).minus(feeCoin === "USDT" ? fee : 0);
  }
  expect([account.total("USDT").toFixed(), account.total("BTC").toFixed()]).toEqual([usdt.toFixed(), btc.toFixed()]);
  expect([account.locked("USDT").toFixed(), account.locked("BTC").toFixed()]).toEqual(["0", "0"]);
});
