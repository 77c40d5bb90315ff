import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TransientError } from "../../src/domain/errors.ts";
import { MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { openExchange } from "../../src/feeds/exchange.ts";
import type { Market } from "../../src/ports/market.ts";
import { openCcxtMarketData } from "../../src/venues/ccxt/market-data.ts";
import { Governor } from "../../src/venues/governor.ts";
import type { DoorAnswer } from "../kit/exchange/door.ts";
import { MarketStreams } from "../kit/exchange/market-streams.ts";
import { ScriptedFaults } from "../kit/exchange/scripted-faults.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { spotListing } from "../kit/exchange/spot/listing.ts";
import { SpotCore } from "../kit/exchange/spot-core.ts";
import { SpotDoor } from "../kit/exchange/spot-door.ts";
import type { Tape } from "../kit/exchange/tape.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { BTC, NOON_MS, Warnings } from "./hand-data.ts";

const ONE = new Set([BTC]);
const PRICES = "GET /api/v3/ticker/24hr";
const FOREVER = marketMs(8e15);
/** The price rises by a dollar a second, so that its age can be read from it. */
const RISING: Tape = {
  symbols: ["BTCUSDT"],
  candleAt(_symbol, atMs) {
    const openTimeMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const open = 50_000 + (openTimeMs - NOON_MS) / 1_000;
    return { openTimeMs, open, low: open, high: open + 60, close: open + 60, volume: 10 };
  },
};
const SOCKET_ROUNDS = 40;

let clock: FakeClock;
let core: SpotCore;
let server: ExchangeServer;
let streams: MarketStreams;
let market: Market;
let governor: Governor;
const faults = new ScriptedFaults();

beforeEach(async () => {
  clock = new FakeClock(NOON_MS + 10_000);
  core = new SpotCore({ tape: RISING, listings: [spotListing("BTC", "USDT")], startMs: NOON_MS });
  server = new ExchangeServer({ doors: { "": new SpotDoor(core) }, now: () => clock.wall(), faults });
  streams = new MarketStreams(core, () => clock.wall());
  server.onUpgrade("/", (request, socket, head) => streams.upgrade(request, socket, head));
  const apiUrl = await server.listen();
  governor = new Governor({ clock, weightLimits: [{ limit: 6_000, spanMs: MINUTE_MS }], orderLimits: [] });
  const data = await openCcxtMarketData({ exchangeId: "binance", apiUrl, clock, timeoutMs: 5_000, governor });
  market = await openExchange({ data, clock, logger: new Warnings() });
});
afterEach(async () => {
  faults.clear();
  await market.close();
  for (let times = 0; times < 50 && streams.listeners > 0; times += 1) await settle();
  expect([streams.listeners, clock.sleeping]).toEqual([0, 0]);
  await server.close();
});

const asked = (): number => server.routes().filter((route) => route === PRICES).length;

async function settle(): Promise<void> {
  for (let round = 0; round < SOCKET_ROUNDS; round += 1) await clock.breathe();
}

/** One beat of the watch: a second passes, the exchange pushes, and the age of what the market answers is how far its price is behind. */
async function beat(): Promise<number> {
  await clock.advance(1_000);
  streams.push();
  await settle();
  const [reading] = await market.prices(ONE);
  await settle();
  return clock.wall() - reading!.wallMs;
}

async function streaming(): Promise<void> {
  for (let times = 0; times < 200 && streams.subscribed.length === 0; times += 1) {
    await market.prices(ONE);
    await settle();
  }
  for (let times = 0; times < 3; times += 1) await beat();
}

describe("prices of an exchange over sockets", () => {
  it("come from the stream, with a check every half a minute", async () => {
    await streaming();
    const before = asked();
    for (let second = 0; second < 90; second += 1) expect(await beat()).toBeLessThanOrEqual(1);
    expect(asked() - before).toBe(3);
  });

  it.each(["frozen", "missing"] as const)("are never older than two seconds when the stream's events are %s", async (fault) => {
    await streaming();
    streams.fault = fault;
    for (let second = 0; second < 20; second += 1) expect(await beat()).toBeLessThanOrEqual(1_500);
    streams.fault = undefined;
    await beat();
    const before = asked();
    await beat();
    expect(asked()).toBe(before);
  });

  it.each(["doubled", "reordered"] as const)("never go back when the stream's events are %s", async (fault) => {
    await streaming();
    streams.fault = fault;
    let highest = 0;
    for (let second = 0; second < 20; second += 1) {
      await beat();
      streams.lagMs = second % 3 === 0 ? 900 : 0;
      const [reading] = await market.prices(ONE);
      expect(reading!.price).toBeGreaterThanOrEqual(highest);
      highest = reading!.price;
    }
  });

  it("are asked for when the stream is behind, however promptly it sends", async () => {
    await streaming();
    streams.lagMs = 5_000;
    await beat();
    await beat();
    for (let second = 0; second < 20; second += 1) expect(await beat()).toBeLessThanOrEqual(1_000);
  });

  it.each(["drop", "shutdown"] as const)("are asked for while the stream is away (%s), until it is back", async (how) => {
    await streaming();
    streams[how]();
    for (let second = 0; second < 5; second += 1) expect(await beat()).toBeLessThanOrEqual(1_500);
    expect(streams.opened).toBe(2);
    const before = asked();
    for (let second = 0; second < 5; second += 1) expect(await beat()).toBeLessThanOrEqual(1);
    expect(asked() - before).toBeLessThanOrEqual(1);
  });

  it("are errors that pass while the exchange asks for silence and pushes nothing, and nothing knocks", async () => {
    await streaming();
    streams.fault = "frozen";
    const body = '{"code":-1003,"msg":"Way too much request weight used; IP banned."}';
    const banned: DoorAnswer = { status: 418, headers: { "content-type": "application/json", "retry-after": "120" }, body };
    faults.next(PRICES, { instead: banned });
    await clock.advance(3_000);
    await expect(market.prices(ONE)).rejects.toThrow(TransientError);
    streams.drop();
    streams.refuses = true;
    await settle();
    const requests = server.log.length;
    for (let second = 0; second < 119; second += 1) {
      await clock.advance(1_000);
      await settle();
      await expect(market.prices(ONE)).rejects.toThrow("the exchange asked for silence");
      await market.advance(marketMs(clock.wall() - MINUTE_MS), FOREVER, ONE, 1).catch(() => undefined);
    }
    expect([server.log.length, streams.refused]).toEqual([requests, 0]);
    streams.refuses = false;
    streams.fault = undefined;
    await clock.advance(2_000);
    expect(await market.prices(ONE)).toHaveLength(1);
  });
});

describe("candles of an exchange over sockets", () => {
  /** Closing prices that the market lets through for the minute that began at noon, by seconds after its end. */
  async function seen(seconds: number): Promise<(number | undefined)[]> {
    await clock.advance(NOON_MS + MINUTE_MS - clock.wall());
    const found: (number | undefined)[] = [];
    for (let second = 0; second < seconds; second += 1) {
      await clock.advance(1_000);
      const { steps } = await market.advance(marketMs(NOON_MS), FOREVER, ONE, 1).catch(() => ({ steps: [] }));
      found.push(steps[0]?.candles.get(BTC)?.close);
    }
    return found;
  }

  const sinceClose = (nowMs: number): number => nowMs - NOON_MS - MINUTE_MS;
  const none = (count: number): undefined[] => Array.from({ length: count }, () => undefined);

  it("are taken two seconds after their minute", async () => {
    expect(await seen(4)).toEqual([undefined, 50_060, 50_060, 50_060]);
  });

  it("are waited for when they are late", async () => {
    core.candleFault = (_id, rows, nowMs) => (sinceClose(nowMs) < 5_000 ? rows.filter(([openMs]) => Number(openMs) > NOON_MS) : rows);
    expect(await seen(8)).toEqual([...none(5), 50_060, 50_060, 50_060]);
  });

  it("are taken as they are in the end when they are revised, never as a replica shows them that is behind", async () => {
    core.candleFault = (_id, rows, nowMs) => {
      const openMs = (row: unknown[]) => Number(row[0]);
      if (sinceClose(nowMs) > 6_000) return rows;
      return rows.filter((row) => openMs(row) <= NOON_MS).map((row) => row.with(4, String(50_000 + sinceClose(nowMs) / 1_000)));
    };
    expect(await seen(10)).toEqual([...none(7), 50_060, 50_060, 50_060]);
  });

  it("are given up when they are missing", async () => {
    core.candleFault = (_id, rows) => rows.filter(([openMs]) => openMs !== NOON_MS);
    await clock.advance(NOON_MS + MINUTE_MS - clock.wall());
    await clock.advance(3 * MINUTE_MS);
    const { steps } = await market.advance(marketMs(NOON_MS), FOREVER, ONE, 10);
    expect(steps.map(({ atMs }) => (atMs - NOON_MS) / MINUTE_MS)).toEqual([2, 3]);
  });

  it("count once when they are doubled, and not at all when two of one minute differ", async () => {
    core.candleFault = (_id, rows) => rows.flatMap((row) => [row, row]);
    expect((await seen(4)).at(-1)).toBe(50_060);
    core.candleFault = (_id, rows) => rows.flatMap((row) => [row, row.with(4, "50001")]);
    await clock.advance(MINUTE_MS);
    await expect(market.advance(marketMs(NOON_MS + MINUTE_MS), FOREVER, ONE, 1)).rejects.toThrow("is not after the one before");
  });

  it("are refused when they lie in the future", async () => {
    core.candleFault = (_id, rows) => rows.with(-1, rows.at(-1)!.with(0, NOON_MS + 60 * MINUTE_MS));
    expect(await seen(4)).toEqual(none(4));
    core.candleFault = undefined;
    await clock.advance(2_000);
    expect((await market.advance(marketMs(NOON_MS), FOREVER, ONE, 1)).steps).toHaveLength(1);
  });
});
