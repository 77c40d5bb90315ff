import { describe, expect, test } from "vitest";
import { MINUTE_MS, SpotStage, START_MS } from "./spot-stage.ts";

const BUY = { side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.1", price: "49000" };

describe("an order at the simulated Binance", () => {
  test("at market fills at once at the ask, and a buyer's fee comes off the coin", () => {
    const stage = new SpotStage();
    const placed = stage.place({ side: "BUY", type: "MARKET", quantity: "0.1", newClientOrderId: "a1" });
    expect(placed).toMatchObject({ status: "FILLED", executedQty: "0.10000000", clientOrderId: "a1" });
    expect(placed.fills).toEqual([
      { price: "50005.00000000", qty: "0.10000000", commission: "0.00010000", commissionAsset: "BTC", tradeId: expect.any(Number) },
    ]);
    expect(stage.account.free("USDT").toFixed()).toBe("4999.5");
    expect(stage.account.free("BTC").toFixed()).toBe("1.0999");
  });

  test("that rests locks its money, fills when the price comes, and gives the rest back", () => {
    const stage = new SpotStage();
    stage.tape.minute("BTCUSDT", START_MS + MINUTE_MS, [50_000, 48_900, 50_000, 50_000]);
    const { orderId } = stage.place(BUY);
    expect(stage.account.locked("USDT").toFixed()).toBe("4900");
    stage.passMs(MINUTE_MS);
    expect(stage.call("GET /api/v3/openOrders", { symbol: "BTCUSDT" })).toHaveLength(1);
    stage.passMs(MINUTE_MS);
    expect(stage.call("GET /api/v3/order", { symbol: "BTCUSDT", orderId })).toMatchObject({
      status: "FILLED",
      cummulativeQuoteQty: "4900.00000000",
    });
    expect(stage.account.locked("USDT").toFixed()).toBe("0");
    expect(stage.call("GET /api/v3/myTrades", { symbol: "BTCUSDT" })).toMatchObject([{ orderId, isMaker: true, price: "49000.00000000" }]);
  });
});
