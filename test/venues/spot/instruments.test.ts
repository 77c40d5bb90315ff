import { describe, expect, it } from "vitest";
import { toJson } from "../../../src/domain/money.ts";
import { instrumentOf } from "../../../src/venues/spot/instruments.ts";
import type { Listing } from "../../../src/venues/spot/shapes.ts";

const FEES = { makerFeeBps: 10, takerFeeBps: 10 };
const FILTERS = [
  { filterType: "PRICE_FILTER", minPrice: "0.01000000", maxPrice: "1000000.00000000", tickSize: "0.01000000" },
  { filterType: "LOT_SIZE", minQty: "0.00001000", maxQty: "9000.00000000", stepSize: "0.00001000" },
  { filterType: "MARKET_LOT_SIZE", minQty: "0.00000000", maxQty: "107.92108208", stepSize: "0.00000000" },
  { filterType: "NOTIONAL", minNotional: "5.00000000", applyMinToMarket: true, maxNotional: "9000000.00000000", avgPriceMins: 5 },
  {
    filterType: "PERCENT_PRICE_BY_SIDE",
    bidMultiplierUp: "5",
    bidMultiplierDown: "0.2",
    askMultiplierUp: "4",
    askMultiplierDown: "0.1",
    avgPriceMins: 5,
  },
  { filterType: "MAX_NUM_ALGO_ORDERS", maxNumAlgoOrders: 5 },
];
const LISTING: Listing = {
  symbol: "BTCUSDT",
  status: "TRADING",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT"],
  isSpotTradingAllowed: true,
  filters: FILTERS,
};
const without = (filterType: string) => FILTERS.filter((filter) => filter.filterType !== filterType);

describe("an instrument of a listed symbol", () => {
  it("has the exact steps and limits of its filters", () => {
    expect(JSON.parse(toJson(instrumentOf(LISTING, FEES)))).toEqual({
      symbol: "BTC/USDT",
      base: "BTC",
      quote: "USDT",
      tickSize: { $d: "0.01" },
      lotSize: { $d: "0.00001" },
      notionalMin: { $d: "5" },
      makerFeeBps: 10,
      takerFeeBps: 10,
      halfSpreadBps: 0,
      slippageBps: 0,
      quantityMin: { $d: "0.00001" },
      quantityMax: { $d: "9000" },
      marketQuantityMax: { $d: "107.92108208" },
      priceBand: { low: 0.2, high: 4 },
      protectiveOrdersMax: 5,
    });
  });

  it("reads the older filters too", () => {
    const filters = [
      ...without("NOTIONAL").filter(({ filterType }) => filterType !== "PERCENT_PRICE_BY_SIDE"),
      { filterType: "MIN_NOTIONAL", minNotional: "10.00000000" },
      { filterType: "PERCENT_PRICE", multiplierUp: "1.2", multiplierDown: "0.8" },
    ];
    const instrument = instrumentOf({ ...LISTING, filters }, FEES);
    expect([instrument?.notionalMin.toFixed(), instrument?.priceBand]).toEqual(["10", { low: 0.8, high: 1.2 }]);
  });

  it("may hold no protective order where the symbol takes no stop-limit", () => {
    expect(instrumentOf({ ...LISTING, orderTypes: ["LIMIT", "MARKET"] }, FEES)?.protectiveOrdersMax).toBe(0);
  });

  it.each([
    ["is halted", { status: "BREAK" }],
    ["is closed to spot", { isSpotTradingAllowed: false }],
    ["takes no market orders", { orderTypes: ["LIMIT"] }],
    ["has no lot size", { filters: without("LOT_SIZE") }],
    ["has no tick size", { filters: without("PRICE_FILTER") }],
    ["has a step of zero", { filters: [...without("LOT_SIZE"), { filterType: "LOT_SIZE", minQty: "0", maxQty: "0", stepSize: "0.00" }] }],
  ])("does not exist for a symbol that %s", (_why, change) => {
    expect(instrumentOf({ ...LISTING, ...change }, FEES)).toBeUndefined();
  });
});
