import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, TransientError } from "../../../src/domain/errors.ts";
import { decimal, plain } from "../../../src/domain/money.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import { pagedBackwards } from "../../../src/venues/ccxt/candle-pages.ts";
import { guardedExchange } from "../../../src/venues/ccxt/guard.ts";
import { loadExchangeClass } from "../../../src/venues/ccxt/load-class.ts";
import { openCcxtMarketData } from "../../../src/venues/ccxt/market-data.ts";
import { BlofinDoor } from "../../kit/exchange/blofin/door.ts";
import { btcContract, PerpetualExchange } from "../../kit/exchange/perpetual/exchange.ts";
import { ScriptedFaults } from "../../kit/exchange/scripted-faults.ts";
import { ExchangeServer } from "../../kit/exchange/server.ts";
import { spotListing } from "../../kit/exchange/spot/listing.ts";
import { SpotCore } from "../../kit/exchange/spot-core.ts";
import { SpotDoor } from "../../kit/exchange/spot-door.ts";
import { WrittenTape } from "../../kit/exchange/written-tape.ts";
import { FakeClock } from "../../kit/fake-clock.ts";

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const SYMBOL = "BTC/USDT:USDT";
const clock = new FakeClock(NOON_MS + 30_000);
const held: { server?: ExchangeServer } = {};
const faults = new ScriptedFaults();
let apiUrl: string;

beforeEach(async () => {
  const tape = new WrittenTape().flat(SYMBOL, 60_000).flat("BTCUSDT", 50_000);
  const blofin = new BlofinDoor(new PerpetualExchange(tape, [btcContract({ contractValue: decimal("0.001") })], NOON_MS), {
    limits: false,
  });
  const demo = new SpotDoor(new SpotCore({ tape, listings: [spotListing("BTC", "USDT")], startMs: NOON_MS }));
  held.server = new ExchangeServer({ doors: { "": blofin, "/demo": demo }, now: () => clock.wall(), faults });
  apiUrl = await held.server.listen();
});
afterEach(async () => {
  faults.clear();
  await held.server?.close();
});

describe("public data of Blofin through the real ccxt", () => {
  const open = () => openCcxtMarketData({ exchangeId: "blofin", apiUrl, clock, timeoutMs: 2_000 });

  it("lists perpetual contracts, with quantities in base", async () => {
    const data = await open();
    const instrument = (await data.instruments()).get(SYMBOL)!;
    expect([instrument.base, instrument.quote, plain(instrument.contract!.size), instrument.contract!.settle]).toEqual([
      "BTC",
      "USDT",
      "0.001",
      "USDT",
    ]);
    expect([instrument.makerFeeBps, instrument.takerFeeBps]).toEqual([2, 6]);
    expect(plain(instrument.lotSize)).toBe(plain(btcContract().lotSize.times("0.001")));
    await data.close();
  });

  it("reads as many candles as are asked for, page by page from the end of the span", async () => {
    const data = await open();
    const fromMs = NOON_MS - 249 * MINUTE_MS;
    const candles = await data.candles(SYMBOL, fromMs, 1_000);
    expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual(Array.from({ length: 250 }, (_, n) => fromMs + n * MINUTE_MS));
    expect(held.server!.routes().filter((route) => route.endsWith("/candles"))).toHaveLength(3);
    expect(await data.candles(SYMBOL, fromMs, 2)).toEqual(candles.slice(0, 2));
    expect(await data.prices(new Set([SYMBOL]))).toEqual([
      { symbol: SYMBOL, price: 60_000, quote: { bid: 60_000, ask: 60_000.1 }, wallMs: clock.wall() },
    ]);
    await data.close();
  });

  it.each(["empty", "torn", "html", "wrong-shape"] as const)("takes an answer that is %s as an error that passes", async (answer) => {
    const data = await open();
    await data.instruments();
    faults.next("GET /api/v1/market/candles", { answer });
    await expect(data.candles(SYMBOL, NOON_MS, 1)).rejects.toThrow(TransientError);
    expect(await data.candles(SYMBOL, NOON_MS, 1)).toHaveLength(1);
    await data.close();
  });
});

describe("the demo world", () => {
  it("has prices of its own, in a folder of a simulator", async () => {
    const data = await openCcxtMarketData({ exchangeId: "binance", environment: "demo", apiUrl, clock, timeoutMs: 2_000 });
    expect((await data.prices(new Set(["BTC/USDT"])))[0]?.price).toBe(50_000);
    expect(held.server!.log.every(({ prefix }) => prefix === "/demo")).toBe(true);
    await data.close();
  });

  it.each([
    ["binance", "https://demo-api.binance.com/api/v3/time", "https://api.binance.com/api/v3/time"],
    ["blofin", "https://demo-trading-openapi.blofin.com/api/v1", "https://openapi.blofin.com/api/v1"],
  ])("of %s asks no host of the real one", async (id, own, real) => {
    const options = { environment: "demo", timeoutMs: 1, closing: AbortSignal.abort() } as const;
    const exchange = guardedExchange(await loadExchangeClass(id), options);
    await expect(exchange.fetch(real)).rejects.toThrow(/^a request to .* was refused/);
    await expect(exchange.fetch(own)).rejects.not.toThrow(/was refused/);
  });

  it("is refused for an exchange that has none", async () => {
    for (const exchangeId of ["binanceus", "kraken"])
      await expect(openCcxtMarketData({ exchangeId, environment: "demo", clock, timeoutMs: 1 })).rejects.toThrow(ConfigError);
  });
});

describe("candles that are read backwards", () => {
  const span = { fromMs: 0, limit: 10, page: 4, nowMs: 100 * MINUTE_MS };
  const rowsBefore = (untilMs: number, rows: number) =>
    Array.from({ length: rows }, (_, n) => [untilMs - (rows - n) * MINUTE_MS, 1, 1, 1, 1, 1]);

  it("come in ascending order, over gaps, and end where the exchange has no more", async () => {
    const asked: [number, number][] = [];
    const rows = await pagedBackwards(async (untilMs, count) => {
      asked.push([untilMs / MINUTE_MS, count]);
      return untilMs <= 2 * MINUTE_MS ? [] : rowsBefore(untilMs, count);
    }, span);
    expect(asked).toEqual([
      [10, 4],
      [6, 4],
      [2, 2],
    ]);
    expect(rows.map(([openTimeMs]) => openTimeMs! / MINUTE_MS)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("are refused when a page repeats itself or is none", async () => {
    await expect(pagedBackwards(async () => rowsBefore(10 * MINUTE_MS, 4), span)).rejects.toThrow("after the instant");
    await expect(pagedBackwards(async () => [["soon"]], span)).rejects.toThrow(TransientError);
  });
});
