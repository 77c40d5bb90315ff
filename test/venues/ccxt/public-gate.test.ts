import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TransientError } from "../../../src/domain/errors.ts";
import type { MarketData } from "../../../src/ports/marketData.ts";
import { openCcxtMarketData } from "../../../src/venues/ccxt/market-data.ts";
import { pricesPerRequest, publicWeight } from "../../../src/venues/ccxt/public-weight.ts";
import { VenueTimeKeeper } from "../../../src/venues/ccxt/venue-time.ts";
import { Governor } from "../../../src/venues/governor.ts";
import { BinancePublic } from "../../kit/exchange-counterpart/binance-public.ts";
import { FakeClock } from "../../kit/fake-clock.ts";

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const MINUTE_MS = 60_000;

describe("the weight of public requests", () => {
  const symbols = (count: number) => `symbols=${encodeURIComponent(JSON.stringify(Array.from({ length: count }, (_, n) => `S${n}`)))}`;
  it.each([
    ["binance", "/api/v3/exchangeInfo", 20],
    ["binance", "/demo/api/v3/klines?symbol=BTCUSDT", 2],
    ["binance", "/api/v3/time", 1],
    ["binance", "/api/v3/ticker/24hr?symbol=BTCUSDT", 2],
    ["binance", `/api/v3/ticker/24hr?${symbols(20)}`, 2],
    ["binance", `/api/v3/ticker/24hr?${symbols(21)}`, 40],
    ["binance", `/api/v3/ticker/24hr?${symbols(101)}`, 80],
    ["binance", "/api/v3/ticker/24hr", 80],
    ["binanceus", `/api/v3/ticker/24hr?${symbols(3)}`, 1],
    ["binanceus", "/api/v3/exchangeInfo", 10],
    ["blofin", "/api/v1/market/tickers", 1],
    ["kraken", "/0/public/Ticker", 1],
  ])("of %s for %s is %d", (exchangeId, path, weight) => {
    expect(publicWeight(exchangeId, new URL(path, "https://exchange"))).toBe(weight);
  });

  it("makes prices cheapest by twenties where symbols count", () => {
    expect([pricesPerRequest("binance"), pricesPerRequest("blofin")]).toEqual([20, undefined]);
  });
});

describe("public questions under a budget", () => {
  let clock: FakeClock;
  let binance: BinancePublic;
  let data: MarketData;
  let governor: Governor;
  beforeEach(async () => {
    clock = new FakeClock(NOON_MS);
    binance = new BinancePublic(() => clock.wall());
    governor = new Governor({ clock, weightLimits: [{ limit: 100, spanMs: MINUTE_MS }], orderLimits: [] });
    const apiUrl = await binance.listen();
    data = await openCcxtMarketData({ exchangeId: "binance", apiUrl, clock, timeoutMs: 5_000, governor });
    await data.instruments();
  });
  afterEach(async () => {
    await data.close();
    await binance.close();
  });

  it("use it up by their documented weights", async () => {
    expect(governor.usedShare).toBeCloseTo(0.2);
    await data.candles("BTC/USDT", NOON_MS - MINUTE_MS, 1);
    await data.prices(new Set(["BTC/USDT", "ETH/USDT"]));
    await data.pushes!.measure();
    expect(governor.usedShare).toBeCloseTo(0.25);
  });

  it("wait for their turn when an account has used it up, and fail when it does not come", async () => {
    await governor.admit("account", { weight: 60, orders: 0 }, "exit");
    const requests = binance.requests.length;
    const waiting = expect(data.prices(new Set(["BTC/USDT"]))).rejects.toThrow(TransientError);
    await clock.advance(10_000);
    await waiting;
    expect(binance.requests).toHaveLength(requests);
    await clock.advance(MINUTE_MS);
    expect(await data.prices(new Set(["BTC/USDT"]))).toHaveLength(1);
  });

  it("are silent when an account was told to be, and silence accounts when they are told", async () => {
    governor.keepSilent(clock.wall() + 5_000);
    const requests = binance.requests.length;
    await expect(data.prices(new Set(["BTC/USDT"]))).rejects.toThrow(
      "Binance.com was not asked: the exchange asked for silence for another 5 s",
    );
    expect(binance.requests).toHaveLength(requests);
    await clock.advance(5_000);
    binance.spoil("banned", "/ticker/24hr");
    await expect(data.prices(new Set(["BTC/USDT"]))).rejects.toThrow(TransientError);
    expect(await governor.admit("account", { weight: 1, orders: 1 }, "exit")).toMatchObject({ retryAfterMs: 120_000 });
  });
});

describe("the exchange's clock", () => {
  const reading = (venueLowMs: number, venueHighMs: number, askedMs: number, answeredMs: number) => ({
    venueLowMs,
    venueHighMs,
    askedMs,
    answeredMs,
  });

  it("is known closer with each answer, and less with time", async () => {
    const clock = new FakeClock(NOON_MS);
    const keeper = new VenueTimeKeeper(() => clock.monotonicMs());
    expect(keeper.now()).toBeUndefined();
    keeper.learn(reading(5_000, 6_000, 0, 0));
    expect(keeper.now()).toEqual({ offsetMs: 5_500, uncertaintyMs: 500 });
    await clock.advance(700);
    keeper.learn(reading(6_000, 7_000, 700, 700));
    const { offsetMs, uncertaintyMs } = keeper.now()!;
    expect([Math.round(offsetMs), Math.round(uncertaintyMs)]).toEqual([5_650, 350]);
    await clock.advance(1_000_000);
    expect(keeper.now()!.uncertaintyMs).toBeCloseTo(uncertaintyMs + 100, 0);
  });

  it("is believed anew when an answer contradicts what was known", () => {
    const keeper = new VenueTimeKeeper(() => 0);
    keeper.learn(reading(5_000, 5_001, 0, 0));
    keeper.learn(reading(90_000, 90_001, 0, 100));
    expect(keeper.now()).toEqual({ offsetMs: 89_950.5, uncertaintyMs: 50.5 });
  });
});
