import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decimal } from "../../../src/domain/money.ts";
import { openExchange } from "../../../src/feeds/exchange.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import type { Market } from "../../../src/ports/market.ts";
import type { MarketData } from "../../../src/ports/marketData.ts";
import { openCcxtMarketData } from "../../../src/venues/ccxt/market-data.ts";
import { Governor } from "../../../src/venues/governor.ts";
import { BlofinDoor } from "../../kit/exchange/blofin/door.ts";
import { BlofinStreams } from "../../kit/exchange/blofin/streams.ts";
import { btcContract, PerpetualExchange } from "../../kit/exchange/perpetual/exchange.ts";
import { ExchangeServer } from "../../kit/exchange/server.ts";
import { WrittenTape } from "../../kit/exchange/written-tape.ts";
import { FakeClock } from "../../kit/fake-clock.ts";

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const SYMBOL = "BTC/USDT:USDT";
const ONE = new Set([SYMBOL]);
const ROUNDS = 40;
const QUIET: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => QUIET };

let clock: FakeClock;
let server: ExchangeServer;
let streams: BlofinStreams;
let data: MarketData;
let market: Market;

beforeEach(async () => {
  clock = new FakeClock(NOON_MS + 30_250);
  const tape = new WrittenTape().flat(SYMBOL, 60_000);
  const exchange = new PerpetualExchange(tape, [btcContract({ contractValue: decimal("0.001") })], NOON_MS);
  server = new ExchangeServer({ doors: { "": new BlofinDoor(exchange, { limits: false }) }, now: () => clock.wall() });
  streams = new BlofinStreams(exchange, () => clock.wall());
  server.onUpgrade("/ws/", (request, socket, head) => streams.upgrade(request, socket, head));
  const governor = new Governor({ clock, weightLimits: [{ limit: 500, spanMs: 60_000 }], orderLimits: [] });
  data = await openCcxtMarketData({ exchangeId: "blofin", apiUrl: await server.listen(), clock, timeoutMs: 5_000, governor });
  market = await openExchange({ data, clock, logger: QUIET });
});
afterEach(async () => {
  await market.close();
  for (let times = 0; times < 50 && streams.listeners > 0; times += 1) await settle();
  expect([streams.listeners, clock.sleeping]).toEqual([0, 0]);
  await server.close();
});

async function settle(): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await clock.breathe();
}

const asked = (): number => server.routes().filter((route) => route === "GET /api/v1/market/tickers").length;

/** A tenth of a second passes, the exchange pushes, and the market is asked once a second. */
async function second(): Promise<number> {
  for (let tenth = 0; tenth < 10; tenth += 1) {
    await clock.advance(100);
    streams.push();
    await settle();
  }
  const [reading] = await market.prices(ONE);
  await settle();
  return clock.wall() - reading!.wallMs;
}

describe("a stream of Blofin's prices through the real ccxt", () => {
  it("is judged by the `Date` of its answers, for it has no call for its time", async () => {
    expect(data.pushes!.time()!.uncertaintyMs).toBe(500);
    for (let times = 0; times < 20; times += 1) {
      await clock.advance(370);
      await data.pushes!.measure();
    }
    const { offsetMs, uncertaintyMs } = data.pushes!.time()!;
    expect(uncertaintyMs).toBeLessThan(100);
    expect(Math.abs(offsetMs + clock.monotonicMs() - clock.wall())).toBeLessThanOrEqual(uncertaintyMs);
  });

  it("answers prices, with bid and ask, without a request but for the checks", async () => {
    for (let times = 0; times < 4; times += 1) await second();
    expect((await market.prices(ONE))[0]?.quote).toEqual({ bid: 60_000, ask: 60_000.1 });
    expect(streams.told).toEqual(['{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"}]}']);
    const before = asked();
    for (let times = 0; times < 30; times += 1) expect(await second()).toBeLessThanOrEqual(500);
    expect(asked() - before).toBe(1);
  });

  it("is left for requests when it is frozen or cut, and taken up again", async () => {
    for (let times = 0; times < 4; times += 1) await second();
    streams.frozen = true;
    const before = asked();
    for (let times = 0; times < 5; times += 1) expect(await second()).toBeLessThanOrEqual(1_500);
    expect(asked()).toBeGreaterThan(before + 2);
    streams.frozen = false;
    streams.drop();
    await settle();
    for (let times = 0; times < 4; times += 1) await second();
    expect(streams.subscribed).toEqual(["BTC-USDT"]);
    const back = asked();
    for (let times = 0; times < 5; times += 1) await second();
    expect(asked() - back).toBeLessThanOrEqual(1);
  });
});
