import { describe, expect, it } from "vitest";
import type { DeskBlofin } from "../kit/desk-blofin.ts";
import { BLOFIN_KEYS, connectBlofin, type PlatformStage, proven, setBlofinStage } from "../kit/desk-live.ts";
import { cleanUpAfterEach, PLATFORMS, storeFile } from "../kit/desk-stage.ts";
import { ENTRY_MINUTE } from "../kit/exchange/round-tape.ts";
import { leakedNothing } from "../kit/live-leaks.ts";

cleanUpAfterEach();

type BlofinStage = PlatformStage<DeskBlofin>;

const DIP =
  'bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:dip size:"20 USDT" params:"fast=2 slow=5" leverage:3 margin:isolated direction:long start:yes';
/** Seconds into the minute by which an entry has been made, and by which a target of 4% was met. */
const ENTERED_S = 6;
const TAKEN_S = 45;
/** Within that the settings of an account were read again, by a reading that is no older than what was set. */
const RECONCILED_S = 80;
/** A desk that has just begun leaves most of ten seconds' requests to what an earlier one may have used. */
const CAREFUL_S = 11;

/** What is on the card before a live bot of three times its margin. */
const CARD = [
  "Promote dip to real (LIVE)?",
  "New bot dip-live (LIVE) ema-cross on BTC/USDT:USDT, every 1m, flat at first",
  "Account real (LIVE) at Blofin, REAL MONEY",
  "One order 20.00 USDT",
  "Loss at the stop 0.42 USDT",
  "Leverage 3, isolated margin of 6.67 USDT for one order",
  "Position cap 50.00 USDT",
];

describe("a trader with 100 USDT at Blofin", () => {
  it.each(PLATFORMS)("goes from a key to the first protected fill with leverage in %s", async (platform) => {
    const file = storeFile();
    const stage = await setBlofinStage(platform, { file });
    const { person, exchange } = stage;
    expect(await connectBlofin(stage, "try", "demo")).toContain("try (DEMO) is connected");
    expect(await person.run("account test account:try")).toMatch(/try \(DEMO\) works .*Holds 1,000 USDT/);

    await makesAPaperRecord(stage);
    expect(exchange.trading()).toEqual([]);
    expect(await person.run("bot promote bot:dip account:try")).toContain("Account try (DEMO) at Blofin, test money");
    expect(await person.press("Yes, bot promote")).toContain("dip-demo (DEMO) is running in try (DEMO)");

    expect(await connectBlofin(stage, "real", "live")).toContain("real (LIVE) is connected");
    const card = await person.run("bot promote bot:dip account:real");
    for (const fact of CARD) expect(card).toContain(fact);
    expect(card).toMatch(/Liquidation near 3\d,\d{3}\.\d\d USDT, before funding; the stop at \d\d,\d{3}\.\d\d comes before/);
    expect(await proven(stage, person, await person.press("Yes, bot promote"))).toContain("dip-live (LIVE) is running in real (LIVE)");

    await stage.skipTo(ENTRY_MINUTE, ENTERED_S);
    await isProtected(stage);
    judge(exchange);
    await leakedNothing(stage, file);
  });

  it("is refused leverage that the account or the symbol does not take, and a stop beyond the liquidation, each with numbers", async () => {
    const stage = await setBlofinStage("terminal");
    const { person, exchange } = stage;
    await connectBlofin(stage, "real", "live");
    const order = "order enter account:real symbol:btc side:buy amount:20";
    expect(await person.run(`${order} stop:2% leverage:4`)).toContain("leverage real takes a leverage of at most 3, found 4");
    expect(await person.run("risk set account:real leverage:20")).toContain("Let real (LIVE) take a leverage of up to 20 instead of 3?");
    expect(await proven(stage, person, await person.press("Yes, risk set"))).toContain("real (LIVE) takes a leverage of at most 20 now");
    expect(await person.run(`${order} stop:4% leverage:20`)).toContain(
      "stop at leverage 20 a position is liquidated 4.0% away from its entry, and its stop must come at least 1% before that, found 4% use a stop of at most 3% or less leverage",
    );
    expect(await person.run("bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:far leverage:126")).toContain(
      "leverage BTC/USDT:USDT takes a whole number from 1 to 125, found 126",
    );
    expect(await person.run("risk set account:real leverage:2")).toContain("real (LIVE) takes a leverage of at most 2 now");
    // Who wished to lower it from 3 in the moment in which it was lowered to 2 would raise it without being asked.
    const late = { user: "terminal:local", requestId: "late" };
    await expect(stage.rig.desk.opened.front.limitLeverage("real", 3, late, 3)).rejects.toThrow("Somebody else has set this limit to 2");
    await person.run('bot create symbol:BTC/USDT strategy:ema-cross timeframe:1m name:dip size:"20 USDT" leverage:3');
    expect(await person.run("bot promote bot:dip account:real")).toContain("real takes a leverage of at most 2, found 3");
    expect([exchange.trading(), exchange.violations()]).toEqual([[], []]);
  });
});

describe("leverage that somebody changes in the exchange's own app", () => {
  it("pauses the account with both numbers, is changed back by no one but a start, and never for another bot", async () => {
    const stage = await setBlofinStage("terminal");
    const { person, exchange } = stage;
    await connectBlofin(stage, "try", "demo");
    await stage.pass(CAREFUL_S);
    const set = () => exchange.account("demo").leverage("BTC-USDT", "isolated");
    for (const [name, leverage] of [
      ["dip", 3],
      ["top", 2],
    ] as const) {
      await person.run(`bot create symbol:BTC/USDT strategy:ema-cross timeframe:1h name:${name} size:"20 USDT" leverage:${leverage}`);
      await person.run(`bot promote bot:${name} account:try`);
      expect(await person.press("Yes, bot promote")).toContain(`${name}-demo (DEMO) is running`);
      if (name === "dip") expect(await person.run("bot stop bot:dip-demo")).toContain("is stopped");
    }
    expect(set()).toBe(2);
    expect(await person.run("bot start bot:dip-demo confirm:yes")).toContain("top-demo trades BTC/USDT:USDT in try already");
    expect(set()).toBe(2);

    exchange.account("demo").setLeverage("BTC-USDT", "isolated", 20, exchange.clock.wall());
    await stage.pass(RECONCILED_S);
    expect(await person.nextAlert(/^try \(DEMO\) is paused/)).toContain(
      "the leverage of BTC/USDT:USDT at the exchange is 20, and its bot was made for 2",
    );
    expect(set()).toBe(20);
    await person.run("bot stop bot:top-demo");
    expect(await person.run("bot start bot:top-demo confirm:yes")).toContain("top-demo (DEMO) is running");
    expect(set()).toBe(2);
    await person.run("risk reset account:try confirm:yes");
    await stage.pass(RECONCILED_S);
    expect(await person.run("account test account:try")).toContain("try (DEMO) works");
  });
});

async function makesAPaperRecord(stage: BlofinStage): Promise<void> {
  const { person } = stage;
  expect(await person.run(DIP)).toMatch(/dip is running .*Leverage 3, isolated margin; funding is not modeled on paper/);
  await stage.skipTo(ENTRY_MINUTE, ENTERED_S);
  expect(await person.nextAlert(/^dip bought/)).toContain("0.0003 BTC at");
  await stage.passTo(ENTRY_MINUTE, TAKEN_S);
  expect(await person.nextAlert(/^Take profit dip sold/)).toContain("0.0003 BTC");
}

/** One TP/SL order of each bot rests at the exchange, for exactly what its entry bought, under the leverage that it was made with. */
async function isProtected({ person, exchange, pass }: BlofinStage): Promise<void> {
  expect(await person.nextAlert(/^dip-live \(LIVE\) bought/)).toContain("0.0003 BTC at");
  await pass(2);
  expect(await person.run("position list")).toMatch(
    /dip-live \(LIVE\) stop at [\d,.]+ USDT, take at [\d,.]+ USDT, resting at the LIVE venue\./,
  );
  expect(await person.run("bot show bot:dip-live")).toMatch(/Leverage 3, isolated margin, liquidated near 3\d,\d{3}\.\d\d USDT/);
  for (const world of ["demo", "live"] as const) {
    const account = exchange.account(world);
    const [position, ...others] = account.positions();
    expect(others).toEqual([]);
    expect({ ...position, contracts: position?.contracts.toFixed() }).toMatchObject({
      leverage: 3,
      marginMode: "isolated",
      contracts: "0.3",
    });
    const resting = account.tpsl.live().map(({ side, reduceOnly, size, slTriggerPrice, tpTriggerPrice }) => ({
      ...{ side, reduceOnly, size: size.toFixed() },
      isAround: slTriggerPrice?.isLessThan(position!.averagePrice) && tpTriggerPrice?.isGreaterThan(position!.averagePrice),
    }));
    expect([world, resting]).toEqual([world, [{ side: "sell", reduceOnly: true, size: "0.3", isAround: true }]]);
  }
}

/** The exchange objected to nothing, and each key was seen in its own world only. */
function judge(exchange: DeskBlofin): void {
  expect(exchange.violations()).toEqual([]);
  const seen = new Set(exchange.signed().map(({ prefix, request }) => `${prefix} ${request.headers.get("access-key")}`));
  expect([...seen].sort()).toEqual([` ${BLOFIN_KEYS.live.apiKey}`, `/demo ${BLOFIN_KEYS.demo.apiKey}`]);
}
