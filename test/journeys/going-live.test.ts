import { describe, expect, it } from "vitest";
import { leaksOf } from "../kit/canary/watch.ts";
import type { DeskExchange } from "../kit/desk-exchange.ts";
import { connect, KEYS, type LiveStage, proven, setLiveStage } from "../kit/desk-live.ts";
import { cleanUpAfterEach, PLATFORMS, storeFile } from "../kit/desk-stage.ts";
import { ENTRY_MINUTE } from "../kit/exchange/round-tape.ts";
import { leakedNothing } from "../kit/live-leaks.ts";

cleanUpAfterEach();

const DIP = 'bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:dip size:"20 USDT" params:"fast=2 slow=5" start:yes';

/** Seconds into the minute by which an entry has been made, and by which a target of 4% was met. */
const ENTERED_S = 6;
const TAKEN_S = 45;

/** What is on the card before a live bot: 53,000 is the price, 0.5% above it the worst one, and 12 of the smallest lots there are worth more than 6 USDT. */
const CARD = [
  "Promote dip to real (LIVE)?",
  "New bot dip-live (LIVE) ema-cross on BTC/USDT, every 1m, flat at first",
  "Account real (LIVE) at Binance.com, REAL MONEY",
  "Size 20 USDT",
  "One order 20.00 USDT; the exchange takes 6.39 USDT and more",
  "Fees of a round trip 5.0% of the target's gain",
  "Loss at the stop 0.44 USDT",
  "Levels stop 2%, take 4%",
  "Protection stops and targets rest at the exchange",
  "Daily loss limit 10.00 USDT",
  "Position cap 50.00 USDT",
  "Ceiling 100.00 USDT, 0.00 USDT of it at risk now",
];
const RECORD = /Paper record \+0\.[789]\d USDT after fees, 2 fills in 1 day/;

describe("a trader with 100 USDT", () => {
  it.each(PLATFORMS)("goes from a key to the first protected fill in %s", async (platform) => {
    const file = storeFile();
    const stage = await setLiveStage(platform, { file });
    const { person, exchange } = stage;
    expect(await connect(stage, "try", "demo")).toContain("try (DEMO) is connected");
    expect(await person.run("account test account:try")).toMatch(/try \(DEMO\) works .*Holds 1,000 USDT/);

    await makesAPaperRecord(stage);
    expect(exchange.trading()).toEqual([]);
    expect(await person.run("bot promote bot:dip account:try")).toMatch(
      /Account try \(DEMO\) at Binance\.com, test money .*\+0\.[789]\d USDT/,
    );
    expect(await person.press("Yes, bot promote")).toContain("dip-demo (DEMO) is running in try (DEMO)");

    expect(await connect(stage, "real", "live")).toContain("real (LIVE) is connected");
    await promotesIt(stage);
    await stage.skipTo(ENTRY_MINUTE, ENTERED_S);
    await isProtected(stage);
    judge(exchange);
    await leakedNothing(stage, file);
  });

  it("who only trades on paper sends no key and no signature", async () => {
    const stage = await setLiveStage("terminal");
    await makesAPaperRecord(stage);
    expect(stage.exchange.server.log.length).toBeGreaterThan(0);
    expect([stage.exchange.signed(), stage.exchange.trading(), stage.exchange.violations()]).toEqual([[], [], []]);
  });

  it("asks in a Telegram group and goes on in the private chat, where no one reads along", async () => {
    const stage = await setLiveStage("telegram");
    const [inGroup, inPrivate] = [stage.person, stage.person.inPrivate()];
    const line = "account connect exchange:binance environment:demo acknowledge:yes";
    expect(await inGroup.run(line)).toContain("What to call it");
    inPrivate.lookAt(inGroup);
    const asked = await inPrivate.type("try");
    expect(await proven(stage, inPrivate, asked)).toContain("Key of try (DEMO) at Binance.com");
    expect(await inPrivate.enter(KEYS.demo)).toContain("try (DEMO) is connected");
    expect(leaksOf("what went out", Buffer.from(stage.outgoing()))).toEqual([]);
  });
});

async function makesAPaperRecord(stage: LiveStage): Promise<void> {
  const { person } = stage;
  expect(await person.run(DIP)).toContain("dip is running");
  await stage.skipTo(ENTRY_MINUTE, ENTERED_S);
  expect(await person.nextAlert(/^dip bought/)).toContain("0.00039 BTC at 50,510.10 USDT");
  await stage.passTo(ENTRY_MINUTE, TAKEN_S);
  expect(await person.nextAlert(/^Take profit dip sold/)).toContain("0.00039 BTC");
}

async function promotesIt(stage: LiveStage): Promise<void> {
  const { person } = stage;
  const card = await person.run("bot promote bot:dip account:real");
  for (const fact of CARD) expect(card).toContain(fact);
  expect(card).toMatch(RECORD);
  const confirmed = await person.press("Yes, bot promote");
  expect(confirmed.includes("One more step a second factor")).toBe(person !== stage.rig.admin);
  expect(await proven(stage, person, confirmed)).toContain("dip-live (LIVE) is running in real (LIVE)");
}

async function isProtected({ person, exchange, pass }: LiveStage): Promise<void> {
  const bought = await person.nextAlert(/^dip-live \(LIVE\) bought/);
  expect(bought).toContain("0.00039 BTC at 50,505.05 USDT");
  // The fill is told as soon as it is known; its stop is confirmed by a request of its own.
  await pass(2);
  expect(await person.run("position list")).toContain(
    "dip-live (LIVE) stop at 49,544.49 USDT, take at 52,577.82 USDT, resting at the LIVE venue.",
  );
  for (const world of ["demo", "live"] as const) {
    const orders = exchange
      .account(world)
      .orders.map(({ clientOrderId, draft, now }) => ({ id: clientOrderId.slice(0, 2), ...shown(draft), status: now.status }));
    expect([world, orders]).toEqual([
      world,
      [
        { id: "ss", side: "BUY", type: "LIMIT", quantity: "0.00039", stop: undefined, status: "FILLED" },
        { id: "ss", side: "SELL", type: "STOP_LOSS_LIMIT", quantity: "0.00038", stop: "49544.49", status: "NEW" },
        { id: "ss", side: "SELL", type: "LIMIT_MAKER", quantity: "0.00038", stop: undefined, status: "NEW" },
      ],
    ]);
  }
}

function shown({ side, type, quantity, stopPrice }: Draft) {
  return { side, type, quantity: quantity?.toFixed(), stop: stopPrice?.toFixed() };
}

type Draft = ReturnType<DeskExchange["account"]>["orders"][number]["draft"];

/** The exchange objected to nothing, and each key was seen in its own world only. */
function judge(exchange: DeskExchange): void {
  expect(exchange.violations()).toEqual([]);
  const seen = new Set(exchange.signed().map(({ prefix, request }) => `${prefix} ${request.headers.get("x-mbx-apikey")}`));
  expect([...seen].sort()).toEqual([` ${KEYS.live.apiKey}`, `/demo ${KEYS.demo.apiKey}`]);
}
