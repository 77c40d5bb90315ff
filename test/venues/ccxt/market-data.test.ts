import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, TransientError } from "../../../src/domain/errors.ts";
import { plain } from "../../../src/domain/money.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import type { MarketData } from "../../../src/ports/marketData.ts";
import { guardedExchange } from "../../../src/venues/ccxt/guard.ts";
import { loadExchangeClass } from "../../../src/venues/ccxt/load-class.ts";
import { openCcxtMarketData } from "../../../src/venues/ccxt/market-data.ts";
import { BinancePublic, type Fault } from "../../kit/exchange-counterpart/binance-public.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { recordedOrSkip } from "../../kit/recorded.ts";

const TIMEOUT_MS = 400;
const NOON_MS = Date.UTC(2026, 0, 1, 12);
let clock: FakeClock;
let binance: BinancePublic;
let apiUrl: string;
let data: MarketData;

beforeEach(async () => {
  clock = new FakeClock(NOON_MS + 30_000);
  binance = new BinancePublic(() => clock.wall());
  apiUrl = await binance.listen();
  data = await openCcxtMarketData({ exchangeId: "binance", apiUrl, clock, timeoutMs: TIMEOUT_MS });
});
afterEach(async () => {
  await data.close();
  await binance.close();
});

async function failure(attempt: Promise<unknown>): Promise<Error> {
  const thrown: unknown = await attempt.then(
    (answer) => new Error(`expected a failure, found ${JSON.stringify(answer)}`),
    (cause: unknown) => cause,
  );
  if (!(thrown instanceof Error)) throw new Error(`expected an Error, found ${String(thrown)}`);
  return thrown;
}

describe("public data of binance through the real ccxt", () => {
  it("reads the spot instruments with one request and no key", async () => {
    const instruments = await data.instruments();
    const btc = instruments.get("BTC/USDT")!;
    expect([...instruments.keys()]).toEqual(["BTC/USDT", "ETH/USDT", "SHIB/USDT"]);
    expect([plain(btc.tickSize), plain(btc.lotSize), plain(btc.notionalMin)]).toEqual(["0.01", "0.00001", "5"]);
    expect([btc.makerFeeBps, btc.takerFeeBps, btc.halfSpreadBps]).toEqual([10, 10, 0]);
    expect(plain(instruments.get("SHIB/USDT")!.tickSize)).toBe("0.00000001");
    expect(binance.requests).toEqual(["/api/v3/exchangeInfo"]);
  });

  it("reads candles from an instant on, the last one forming", async () => {
    const candles = await data.candles("BTC/USDT", NOON_MS - 3 * MINUTE_MS, 10);
    expect(candles.map(({ openTimeMs }) => (openTimeMs - NOON_MS) / MINUTE_MS)).toEqual([-3, -2, -1, 0]);
    expect(candles[0]!.close).toBe(candles[1]!.open);
    expect(binance.requests.at(-1)).toBe(`/api/v3/klines?interval=1m&limit=10&symbol=BTCUSDT&startTime=${NOON_MS - 3 * MINUTE_MS}`);
    expect(await data.candles("BTC/USDT", NOON_MS + 9 * MINUTE_MS, 10)).toEqual([]);
  });

  it("reads the prices of several symbols and their bid and ask with one request, and says when it asked", async () => {
    await data.instruments();
    const readings = await data.prices(new Set(["ETH/USDT", "BTC/USDT"]));
    expect(readings.map(({ symbol, wallMs }) => [symbol, wallMs])).toEqual([
      ["ETH/USDT", clock.wall()],
      ["BTC/USDT", clock.wall()],
    ]);
    for (const { price, quote } of readings)
      expect(quote).toEqual({ bid: expect.closeTo(price * 0.9999, 1), ask: expect.closeTo(price * 1.0001, 1) });
    expect(binance.requests.slice(1)).toEqual(["/api/v3/ticker/24hr?symbols=%5B%22ETHUSDT%22%2C%22BTCUSDT%22%5D"]);
    expect(await data.prices(new Set())).toEqual([]);
  });

  const faults: Fault[] = ["empty", "torn", "html", "stall", "reset", "unavailable", "wrong-shape"];
  it.each(faults)("takes an answer that is spoilt (%s) as an error that passes, never as `nothing there`", async (fault) => {
    await data.instruments();
    for (const [path, ask] of [
      ["/klines", () => data.candles("BTC/USDT", NOON_MS - MINUTE_MS, 5)],
      ["/ticker/24hr", () => data.prices(new Set(["BTC/USDT"]))],
    ] as const) {
      binance.spoil(fault, path);
      const thrown = await failure(ask());
      expect(thrown).toBeInstanceOf(TransientError);
      expect(thrown.message).toMatch(/^Binance\.com /);
      expect(thrown.message).not.toMatch(/http|127\.0\.0\.1|\?/);
      expect(await ask()).not.toEqual([]);
    }
  });

  it("recovers when its first reading of the instruments fails", async () => {
    binance.spoil("wrong-shape", "/exchangeInfo");
    expect(await failure(data.instruments())).toBeInstanceOf(TransientError);
    expect(await data.candles("BTC/USDT", NOON_MS, 1)).toHaveLength(1);
    expect((await data.instruments()).size).toBe(3);
  });

  it.each([
    ["limit", 7],
    ["banned", 120],
  ] as const)("asks nothing more after %s until the exchange's waiting time has passed", async (fault, seconds) => {
    await data.instruments();
    binance.spoil(fault, "/klines");
    expect(await failure(data.candles("BTC/USDT", NOON_MS, 1))).toBeInstanceOf(TransientError);
    const asked = binance.requests.length;
    await clock.advance(seconds * 1_000 - 1_000);
    expect((await failure(data.candles("BTC/USDT", NOON_MS, 1))).message).toBe(
      "Binance.com was not asked: the exchange asked for silence for another 1 s",
    );
    expect(binance.requests).toHaveLength(asked);
    await clock.advance(1_000);
    expect(await data.candles("BTC/USDT", NOON_MS, 1)).toHaveLength(1);
  });

  it("gives up by its own deadline, whatever ccxt waits for", async () => {
    const patient = await openCcxtMarketData({ exchangeId: "binance", apiUrl, clock, timeoutMs: 60_000 });
    binance.spoil("stall", "/exchangeInfo");
    const attempt = failure(patient.instruments());
    while (binance.requests.length === 0) await clock.breathe();
    await clock.advance(60_000);
    expect((await attempt).message).toBe("Binance.com did not answer instruments within 1 min");
    await patient.close();
    expect(clock.sleeping).toBe(0);
  });

  it("suggests the nearest id for an unknown exchange", async () => {
    const thrown = await failure(openCcxtMarketData({ exchangeId: "binnance", clock, timeoutMs: TIMEOUT_MS }));
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(thrown.message).toBe('MARKET: the exchange "binnance" is not known. Did you mean "binance"?');
    expect((await failure(loadExchangeClass("../binance"))).message).toMatch(/is not known/);
    expect((await failure(loadExchangeClass("zzzzzzzzzzzz"))).message).toMatch(/Write its ccxt id/);
  });

  it.each([
    ["coinmate", "one-minute candles"],
    ["bullish", "prices of several symbols at once"],
  ])("refuses %s, which does not offer %s", async (exchangeId, lack) => {
    const thrown = await failure(openCcxtMarketData({ exchangeId, clock, timeoutMs: TIMEOUT_MS }));
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(thrown.message).toMatch(`MARKET: ${exchangeId} does not offer ${lack}. Name another exchange`);
  });

  it.each(["binance", "binanceus", "kraken"])("finds the class of %s alone in the installed package", async (id) => {
    const Base = await loadExchangeClass(id);
    expect(new Base().id).toBe(id);
  });
});

describe("the guard around an exchange object", () => {
  it.each([
    ["binanceus", "https://api.binance.com/api/v3/time"],
    ["binance", "https://fapi.binance.com/fapi/v1/time"],
    ["binance", "https://127.0.0.1:9/"],
  ])("lets %s not ask %s", async (id, url) => {
    const exchange = guardedExchange(await loadExchangeClass(id), { timeoutMs: TIMEOUT_MS, closing: new AbortController().signal });
    expect((await failure(exchange.fetch(url))).message).toMatch(/^a request to .* was refused/);
  });

  it("follows no redirect", async () => {
    const elsewhere = createServer((_request, response) => response.writeHead(302, { location: `${apiUrl}/api/v3/exchangeInfo` }).end());
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const led = await openCcxtMarketData({ exchangeId: "binance", apiUrl: `http://127.0.0.1:${port}`, clock, timeoutMs: TIMEOUT_MS });
    expect(await failure(led.instruments())).toBeInstanceOf(TransientError);
    expect(binance.requests).toEqual([]);
    elsewhere.closeAllConnections();
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  it("ends requests in flight when it is closed", async () => {
    const patient = await openCcxtMarketData({ exchangeId: "binance", apiUrl, clock, timeoutMs: 60_000 });
    binance.spoil("stall", "/exchangeInfo");
    const attempt = failure(patient.instruments());
    while (binance.requests.length === 0) await clock.breathe();
    await patient.close();
    expect(await attempt).toBeInstanceOf(TransientError);
    expect(clock.sleeping).toBe(0);
  });
});

describe("the counterpart of binance", () => {
  it.for([
    ["rest-api--kline-candlestick-data--10.json", "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1"],
    ["rest-api--24hr-ticker-price-change-statistics--14.json", "/api/v3/ticker/24hr"],
    ["rest-api--exchange-information--3.json", "/api/v3/exchangeInfo"],
  ] as const)("answers in the shape of the documentation's %s", async ([example, path], context) => {
    const file = recordedOrSkip(context, `specs/exchange-examples/binance-docs/${example}`);
    const documented: unknown = JSON.parse(readFileSync(file, "utf8"));
    const served: unknown = await (await fetch(`${apiUrl}${path}`)).json();
    expect(differences(documented, served)).toEqual([]);
  });

  it("refuses what binance does not know", async () => {
    const status = async (path: string): Promise<number> => (await fetch(`${apiUrl}${path}`)).status;
    expect(await status("/api/v3/klines?symbol=BTCUSDT&interval=1m&since=5")).toBe(400);
    expect(await status("/api/v3/klines?symbol=NOPE&interval=1m")).toBe(400);
    expect(await status("/api/v3/account")).toBe(400);
    expect((await fetch(`${apiUrl}/api/v3/time`, { headers: { "X-MBX-APIKEY": "k" } })).status).toBe(400);
  });
});

/** Where an answer's keys and JSON types differ from the documented ones. Lists are compared by their first element, rows of mixed types by each; what the documentation leaves empty is open. */
function differences(documented: unknown, served: unknown, at = "answer"): string[] {
  if (Array.isArray(documented)) {
    if (!Array.isArray(served)) return [`${at}: expected a list, found ${typeof served}`];
    if (documented.length === 0) return [];
    const isRow = new Set(documented.map((element) => typeof element)).size > 1;
    if (isRow && documented.length !== served.length) return [`${at}: expected ${documented.length} elements, found ${served.length}`];
    const compared: unknown[] = isRow ? documented : documented.slice(0, 1);
    return compared.flatMap((element, index) => differences(element, served[index], `${at}[${index}]`));
  }
  if (typeof documented !== typeof served) return [`${at}: expected ${typeof documented}, found ${typeof served}`];
  if (typeof documented !== "object" || documented === null || typeof served !== "object" || served === null) return [];
  const expected = new Map<string, unknown>(Object.entries(documented));
  const found = new Map<string, unknown>(Object.entries(served));
  if (expected.size === 0) return [];
  const extra = [...found.keys()].filter((key) => !expected.has(key)).map((key) => `${at}.${key}: not in the documentation`);
  return [...extra, ...[...expected].flatMap(([key, inner]) => differences(inner, found.get(key), `${at}.${key}`))];
}
