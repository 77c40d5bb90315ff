import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MarketData, PriceStream } from "../../../src/ports/marketData.ts";
import { openCcxtMarketData } from "../../../src/venues/ccxt/market-data.ts";
import { openConnection } from "../../../src/venues/ccxt/price-stream/connection.ts";
import { STREAM_DIALECTS } from "../../../src/venues/ccxt/price-stream/dialects.ts";
import { Governor } from "../../../src/venues/governor.ts";
import { MarketStreams } from "../../kit/exchange/market-streams.ts";
import { ExchangeServer } from "../../kit/exchange/server.ts";
import { spotListing } from "../../kit/exchange/spot/listing.ts";
import { SpotCore } from "../../kit/exchange/spot-core.ts";
import { SpotDoor } from "../../kit/exchange/spot-door.ts";
import { WrittenTape } from "../../kit/exchange/written-tape.ts";
import { FakeClock } from "../../kit/fake-clock.ts";

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const BTC = "BTC/USDT";
const ETH = "ETH/USDT";
/** Real time: loading a class of ccxt takes a moment. */
const PATIENCE_MS = 10_000;

let clock: FakeClock;
let server: ExchangeServer;
let streams: MarketStreams;
let data: MarketData;
let stream: PriceStream;
let governor: Governor;
const heard: string[] = [];
const quotes: unknown[] = [];
const lost: string[] = [];

beforeEach(async () => {
  clock = new FakeClock(NOON_MS + 30_000);
  const tape = new WrittenTape().flat("BTCUSDT", 50_000).flat("ETHUSDT", 2_500);
  const core = new SpotCore({ tape, listings: [spotListing("BTC", "USDT"), spotListing("ETH", "USDT")], startMs: NOON_MS });
  server = new ExchangeServer({ doors: { "": new SpotDoor(core) }, now: () => clock.wall() });
  streams = new MarketStreams(core, () => clock.wall());
  server.onUpgrade("/", (request, socket, head) => streams.upgrade(request, socket, head));
  const apiUrl = await server.listen();
  governor = new Governor({ clock, weightLimits: [{ limit: 6_000, spanMs: 60_000 }], orderLimits: [] });
  data = await openCcxtMarketData({ exchangeId: "binance", apiUrl, clock, timeoutMs: 2_000, governor });
  await data.instruments();
  heard.length = 0;
  quotes.length = 0;
  lost.length = 0;
  stream = data.pushes!.open({
    pushed: ({ symbol, price, venueMs, quote }) => {
      heard.push(`${symbol} ${price} ${venueMs - NOON_MS}`);
      quotes.push(quote);
    },
    lost: (reason) => lost.push(reason),
  });
});
afterEach(async () => {
  await stream.close();
  await data.close();
  await server.close();
});

/** Lets sockets work, without any time passing, until something is so. */
async function until(holds: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs) {
    if (holds()) return;
    await clock.breathe();
  }
  throw new Error(`waited in vain for ${what}`);
}

async function watched(...symbols: string[]): Promise<void> {
  stream.watch(new Set(symbols));
  await until(() => streams.subscribed.length === symbols.length, "the subscription");
}

describe("a stream of last prices through the real ccxt", () => {
  it("brings prices with bid, ask and the exchange's own time over one connection without a key", async () => {
    await watched(BTC, ETH);
    streams.push();
    await until(() => heard.length === 2, "prices");
    expect(heard).toEqual([`${BTC} 50000 30000`, `${ETH} 2500 30000`]);
    expect(quotes).toEqual([
      { bid: 49_995, ask: 50_005 },
      { bid: 2_499.75, ask: 2_500.25 },
    ]);
    expect(streams.opened).toBe(1);
    expect(streams.told).toEqual(['{"method":"SUBSCRIBE","params":["btcusdt@ticker","ethusdt@ticker"],"id":1}']);
    expect(lost).toEqual([]);
  });

  it("adds and gives up symbols on the open connection, not more than twice a second", async () => {
    await watched(BTC);
    stream.watch(new Set([ETH]));
    await clock.advance(500);
    stream.watch(new Set([ETH]));
    await until(() => streams.subscribed.join() === "ethusdt@ticker", "the change");
    expect(streams.told.slice(1)).toEqual([
      '{"method":"SUBSCRIBE","params":["ethusdt@ticker"],"id":2}',
      '{"method":"UNSUBSCRIBE","params":["btcusdt@ticker"],"id":3}',
    ]);
    stream.watch(new Set());
    await until(() => streams.listeners === 0, "the end of the connection");
    expect([lost, streams.opened]).toEqual([[], 1]);
    await watched(BTC);
  });

  it.each(["drop", "shutdown"] as const)("notices that it was cut (%s) and connects again after a second", async (how) => {
    await watched(BTC);
    streams.push();
    await until(() => heard.length === 1, "a price");
    streams[how]();
    await until(() => lost.length === 1, "the loss");
    await clock.advance(999);
    expect(streams.opened).toBe(1);
    await clock.advance(1);
    await until(() => streams.subscribed.length === 1, "the new subscription");
    expect(streams.opened).toBe(2);
  });

  it("waits longer and longer while it is refused, up to a minute", async () => {
    streams.refuses = true;
    stream.watch(new Set([BTC]));
    const atMs: number[] = [];
    for (let times = 1; times <= 9; times += 1) {
      await until(() => lost.length === times, `refusal ${times}`);
      atMs.push(clock.monotonicMs());
      for (let second = 0; lost.length === times && streams.refused === times && second < 61; second += 1) await clock.advance(1_000);
    }
    expect(atMs.map((at) => at / 1_000)).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
    expect(lost.join()).not.toMatch(/http|ws:|127/);
  });

  it("connects to nothing while the exchange asks for silence", async () => {
    governor.keepSilent(clock.wall() + 30_000);
    stream.watch(new Set([BTC]));
    await clock.advance(29_999);
    expect(streams.opened).toBe(0);
    await clock.advance(1);
    await until(() => streams.subscribed.length === 1, "the subscription");
  });

  it("takes what is doubled, out of order, torn or of another stream as it comes, and nothing that is no price", async () => {
    await watched(BTC);
    const printed: unknown[] = [];
    const { log } = console;
    console.log = (...words: unknown[]) => printed.push(words);
    const at = (venueMs: number, price = "7") => JSON.stringify({ e: "24hrTicker", E: venueMs, s: "BTCUSDT", c: price });
    for (const text of [
      at(NOON_MS + 2),
      at(NOON_MS + 2),
      at(NOON_MS + 1),
      at(0),
      at(NOON_MS, "-1"),
      at(NOON_MS, "x"),
      '{"e":"24hrTick',
      "[]",
    ])
      streams.say(text);
    streams.say(at(NOON_MS).replace("BTCUSDT", "ETHUSDT"));
    streams.say(at(NOON_MS + 3));
    await until(() => heard.at(-1) === `${BTC} 7 3`, "the last event").finally(() => {
      console.log = log;
    });
    expect(printed).toEqual([]);
    expect(heard).toEqual([`${BTC} 7 2`, `${BTC} 7 2`, `${BTC} 7 1`, `${BTC} 7 3`]);
    expect(lost).toEqual([]);
  });

  it("connects anew when its request is refused", async () => {
    await watched(BTC);
    streams.say('{"error":{"code":2,"msg":"Invalid request"},"id":1}');
    await until(() => streams.listeners === 0, "the end of the connection");
    expect(lost[0]).toBe("the exchange refused the subscription (2)");
    await clock.advance(1_000);
    await until(() => streams.subscribed.length === 1, "the new subscription");
  });

  it.each(["before it is open", "while it is open", "during a pause"])("leaves nothing behind when it is closed %s", async (when) => {
    if (when === "during a pause") streams.refuses = true;
    stream.watch(new Set([BTC]));
    if (when === "while it is open") await until(() => streams.subscribed.length === 1, "the subscription");
    if (when === "during a pause") await until(() => lost.length === 1, "the refusal");
    await stream.close();
    await until(() => streams.listeners === 0, "the end of the connection");
    expect(clock.sleeping).toBe(0);
    stream.watch(new Set([BTC]));
    await clock.advance(120_000);
    expect([streams.opened, streams.refused]).toEqual(when === "while it is open" ? [1, 0] : when === "during a pause" ? [0, 1] : [0, 0]);
  });

  it("measures the exchange's clock, however wrong this machine's is", async () => {
    expect(data.pushes!.time()).toBeUndefined();
    clock.stepWall(0);
    await data.pushes!.measure();
    const time = data.pushes!.time()!;
    expect(Math.abs(time.offsetMs + clock.monotonicMs() - clock.wall())).toBeLessThanOrEqual(1);
    expect(time.uncertaintyMs).toBeLessThanOrEqual(1);
  });
});

describe("the addresses of streams", () => {
  it.each([
    ["binance", "live", "wss://stream.binance.com:9443/ws"],
    ["binance", "demo", "wss://demo-stream.binance.com/ws"],
    ["binanceus", "live", "wss://stream.binance.us:9443/ws"],
    ["blofin", "live", "wss://openapi.blofin.com/ws/public"],
    ["blofin", "demo", "wss://demo-trading-openapi.blofin.com/ws/public"],
  ] as const)("of %s %s are %s", async (exchangeId, environment, address) => {
    const dialect = STREAM_DIALECTS.get(exchangeId)!;
    const open = (more = {}) => openConnection({ exchangeId, environment, dialect, heard: () => {}, ...more });
    expect((await open())?.address).toBe(address);
    const simulated = `ws://127.0.0.1:5${environment === "demo" ? "/demo" : ""}${new URL(address).pathname}`;
    expect((await open({ apiUrl: "http://127.0.0.1:5/" }))?.address).toBe(simulated);
    expect(await open({ dialect: { ...dialect, hosts: { [environment]: "elsewhere.example" } } })).toBeUndefined();
  });

  it("are none for the demo world of Binance.US and for other exchanges", async () => {
    const dialect = STREAM_DIALECTS.get("binanceus")!;
    expect(await openConnection({ exchangeId: "binanceus", environment: "demo", dialect, heard: () => {} })).toBeUndefined();
    const kraken = await openCcxtMarketData({ exchangeId: "kraken", clock, timeoutMs: 1 });
    expect(kraken.pushes).toBeUndefined();
    await kraken.close();
  });
});
