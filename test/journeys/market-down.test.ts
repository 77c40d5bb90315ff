import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { discard, temporaryFolder } from "../kit/canary/watch.ts";
import { type DeskRig, openDeskRig } from "../kit/desk-rig.ts";
import { MarketStreams } from "../kit/exchange/market-streams.ts";
import { ExchangeServer } from "../kit/exchange/server.ts";
import { spotListing } from "../kit/exchange/spot/listing.ts";
import { SpotCore } from "../kit/exchange/spot-core.ts";
import { SpotDoor } from "../kit/exchange/spot-door.ts";
import { WrittenTape } from "../kit/exchange/written-tape.ts";
import { FakeClock } from "../kit/fake-clock.ts";
import { processStage } from "../kit/process-stage.ts";

const NOON_MS = Date.UTC(2026, 0, 5, 12);
const MINUTE_MS = 60_000;
const DOWN = /its symbols are not known yet:? Binance\.com could not be asked for instruments \(no connection\)/;
const BOT = 'bot create name:dip symbol:BTC/USDT strategy:ema-cross timeframe:1m params:"fast=3 slow=8" size:10% stop:2% start:yes';
/** Macrotasks in which sockets carry what one beat asked for. */
const ROUNDS = 60;
const BEATS_MAX = 400;

const process = processStage();
const held: { server?: ExchangeServer; rig?: DeskRig; port: number; folder: string } = { port: 0, folder: "" };
let clock: FakeClock;
let tape: WrittenTape;

beforeEach(async () => {
  clock = new FakeClock(NOON_MS + 30_000);
  tape = new WrittenTape().flat("BTCUSDT", 50_000);
  held.folder = temporaryFolder("down");
  const probe = new ExchangeServer({ doors: {}, now: () => 0 });
  held.port = Number(new URL(await probe.listen()).port);
  await probe.close();
});
afterEach(async () => {
  await held.rig?.stop();
  await held.server?.close();
  delete held.rig;
  delete held.server;
  discard(held.folder);
});

/** The exchange comes up where it was asked for in vain. */
async function up(now: () => number): Promise<MarketStreams> {
  const core = new SpotCore({ tape, listings: [spotListing("BTC", "USDT")], startMs: NOON_MS });
  held.server = new ExchangeServer({ doors: { "": new SpotDoor(core) }, now });
  const streams = new MarketStreams(core, now);
  held.server.onUpgrade("/", (request, socket, head) => streams.upgrade(request, socket, head));
  await held.server.listen(held.port);
  return streams;
}

async function open(): Promise<DeskRig> {
  const environment = { MARKET: "exchange:binance", MARKET_SPEED: "1", BINANCE_API_URL: `http://127.0.0.1:${held.port}` };
  held.rig = await openDeskRig({ environment, market: "as set", clock, file: join(held.folder, "desk.sqlite") });
  return held.rig;
}

/** One beat a second, each with all the time that sockets need, until an answer says what it should. */
async function beatsUntil(rig: DeskRig, command: string, wanted: RegExp, streams?: MarketStreams): Promise<string> {
  let answer = "";
  for (let beat = 0; beat < BEATS_MAX; beat += 1) {
    await clock.advance(1_000);
    streams?.push();
    await rig.beat();
    for (let round = 0; round < ROUNDS; round += 1) await clock.breathe();
    answer = await rig.admin.run(command);
    if (wanted.test(answer)) return answer;
  }
  throw new Error(`waited in vain for ${wanted} from ${command}: ${answer}\n${rig.complaints.slice(-5).join("\n")}`);
}

it("a desk whose exchange is down starts, says so, trades once it is up, and watches its stops again after a start without it", async () => {
  const rig = await open();
  await rig.beat();
  expect(await rig.admin.run("system health")).toMatch(DOWN);
  expect(await rig.admin.run(BOT)).toMatch(/the market has not said yet what trades on it/);
  for (let minute = 0; minute < 3; minute += 1)
    tape.minute("BTCUSDT", NOON_MS + (10 + minute) * MINUTE_MS, [
      50_000 + minute * 100,
      50_000 + minute * 100,
      50_100 + minute * 100,
      50_100 + minute * 100,
    ]);
  const streams = await up(() => clock.wall());
  await beatsUntil(rig, "system health", /All is well/, streams);
  expect(await rig.admin.run(BOT)).toMatch(/dip/);
  await clock.advance(8 * MINUTE_MS);
  await beatsUntil(rig, "position list", /dip/, streams);
  expect(streams.subscribed).toEqual(["btcusdt@ticker"]);
  expect(rig.fatal).toEqual([]);

  await rig.stop();
  await held.server?.close();
  for (let minute = 20; minute < 60; minute += 1) tape.minute("BTCUSDT", NOON_MS + minute * MINUTE_MS, [48_000, 48_000, 48_000, 48_000]);
  clock.stepWall(NOON_MS + 25 * MINUTE_MS - clock.wall());
  const again = await open();
  await again.beat();
  expect(await again.admin.run("system health")).toMatch(DOWN);
  expect(await again.admin.run("position list")).toMatch(/dip/);
  await beatsUntil(again, "position list", /^(?!.*dip)/s, await up(() => clock.wall()));
  expect(again.fatal).toEqual([]);
}, 60_000);

it("a process whose exchange is down says so in chat and answers prices once it is up", async () => {
  const desk = await process.startUp({ MARKET: "exchange:binance", BINANCE_API_URL: `http://127.0.0.1:${held.port}` });
  expect(await process.run(desk, "system health")).toMatch(DOWN);
  await up(Date.now);
  const priced = () => desk.shown.find(({ kind, view }) => kind === "view" && JSON.stringify(view).includes("50,000"));
  for (let times = 0; times < 40 && !priced(); times += 1) {
    desk.type("market price symbol:BTC/USDT");
    await desk.until(priced, "a price", 500).catch(() => undefined);
  }
  expect(priced()?.command).toBe("market price symbol:BTC/USDT");
  await process.expectCleanEnd(desk, "SIGTERM");
}, 60_000);
