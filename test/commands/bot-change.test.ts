import { beforeEach, describe, expect, test } from "vitest";
import { minuteText } from "../../src/domain/time.ts";
import { ChatDesk, HERE, textOf } from "../chat/door.ts";
import { scripted } from "../kit/engine-market.ts";
import { type EngineRig, openRig } from "../kit/engine-rig.ts";

const BTC = "BTC/USDT";
const ETH = "ETH/USDT";
const UP = [100, 102, 102, 102, 102, 102, 102, 102, 102, 102];
const YES = "Yes, bot set";

let rig: EngineRig;
let desk: ChatDesk;

beforeEach(async () => {
  rig = await openRig({ market: scripted({ [BTC]: UP, [ETH]: UP }) });
  desk = await ChatDesk.open({ engine: rig.engine, desk: rig.desk });
  await desk.type('bot create name:dip symbol:btc strategy:ema-cross timeframe:1m params:"fast=2 slow=5" size:20% take:none start:yes');
  await rig.move(1);
});

const spec = () => rig.engine.bot("dip")?.state.spec;

describe("bot set", () => {
  test("makes smaller at once, and shows what was and what is with its effect on risk", async () => {
    const view = await desk.type("bot set dip size:10%");
    expect(view.title).toBe("dip is changed");
    expect(view.table?.rows).toEqual([["Size", "20% of equity", "10% of equity"]]);
    expect(view.lines[0]).toMatch(
      /^An entry would be 1,000\.00 USDT and lose 2\d\.\d\d USDT at its stop instead of 2,000\.00 USDT and lose 4\d\.\d\d USDT/,
    );
  });

  test("asks before it makes larger, with the difference in money, and changes nothing until then", async () => {
    const asked = await desk.type("bot set dip size:30%");
    expect(textOf(asked)).toContain("Size | 20% of equity | 30% of equity");
    expect(textOf(asked)).toContain("dip: an entry would lose more at its stop; an entry would be larger.");
    expect(spec()?.sizing).toEqual({ kind: "equity-percent", pct: 20 });
    expect((await desk.press(asked, YES)).title).toBe("dip is changed");
    expect(spec()?.sizing).toEqual({ kind: "equity-percent", pct: 30 });
  });

  test("changes what it names of the exits and leaves the others", async () => {
    await desk.press(await desk.type("bot set dip take:4% stop:3%"), YES);
    await desk.type("bot set dip trailing:1%");
    expect(spec()?.protection).toEqual({ stopPct: 3, takePct: 4, trailingPct: 1 });
  });

  test("changes parameters and rules of a bot that is stopped", async () => {
    expect((await desk.type('bot set dip params:"slow=9"')).title).toMatch(/^dip runs, and params is set while it is stopped/);
    await desk.type("bot stop dip");
    await desk.press(await desk.type('bot set dip params:"slow=9"'), YES);
    expect(spec()?.params).toEqual({ fast: 2, slow: 9 });
    await desk.press(await desk.type('bot set dip enter:"close > 101" exit:"close < 90"'), YES);
    expect(spec()?.rules).toEqual({ enter: "close > 101", exit: "close < 90" });
  });

  test("changes a whole group, and says of each what keeps it from changing", async () => {
    await desk.type('bot create name:two symbol:"btc,eth" strategy:ema-cross timeframe:1m size:20%');
    const view = await desk.type("bot set two size:5%");
    expect(view.title).toBe("Changed: 2 bots");
    expect(rig.engine.bots().map(({ state }) => state.spec.sizing)).toEqual([
      { kind: "equity-percent", pct: 20 },
      { kind: "equity-percent", pct: 5 },
      { kind: "equity-percent", pct: 5 },
    ]);
    const partly = await desk.type("bot set all size:5%");
    expect([partly.title, textOf(partly)]).toEqual(["Changed: 1 of 3 bots", expect.stringContaining("two-btc is so already")]);
  });

  test.each([
    ["bot set dip", /^Say what is to be set/],
    ["bot set dip size:0%", /^size: expected a share of equity/],
    ["bot set dip size:5% risk_level:balanced", /^size: risk_level balanced is a size of its own/],
    ['bot set dip size:"5 EUR"', /^size: BTC\/USDT is traded in USDT, found EUR/],
    ['bot set dip stop:none size:"risk 1%"', /^Size: risk 1% is what may be lost at the stop/],
    ["bot set dip leverage:3", /^leverage: it exists on perpetual contracts/],
    ['bot set dip strategy:ema-cross enter:"close > 1"', /^enter: a bot follows a strategy or rules of its own/],
    ['bot set dip exit:"close > 1"', /^enter: dip has no rules yet/],
    ["bot set ghost size:5%", /^There is no bot or group with that name/],
    ["bot undo dip", /^dip was not changed since it was made/],
    ["bot undo all", /^(dip was not changed|bot: all is)/],
  ])("refuses %s in one sentence", async (line, sentence) => {
    const before = spec();
    expect((await desk.type(line)).title).toMatch(sentence);
    expect(spec()).toEqual(before);
  });
});

test("bot undo takes the newest change back, and asks where that makes larger", async () => {
  await desk.type("bot set dip size:10%");
  const asked = await desk.type("bot undo dip");
  expect(textOf(asked)).toContain("Size | 10% of equity | 20% of equity");
  expect((await desk.press(asked, "Yes, bot undo")).title).toBe("dip is as it was before");
  expect(spec()?.sizing).toEqual({ kind: "equity-percent", pct: 20 });
});

test("bot history tells what became of a bot, newest first, with who changed what", async () => {
  await desk.type("bot set dip size:10%");
  await desk.type("bot pause dip reason:news");
  await desk.type("bot stop dip");
  const { table } = await desk.type("bot history dip");
  expect(table?.columns.map(({ name }) => name)).toEqual(["Time (UTC)", "Market", "What", "Details"]);
  expect(table?.rows[0]?.[1]).toBe(minuteText(rig.engine.market().atMs));
  const rows = table?.rows.map((row) => row.slice(2).join(" | "));
  expect(rows).toEqual([
    "stopped | stopped by discord:1",
    "paused by discord:1 | news",
    "changed by discord:1 | Size: 20% of equity -> 10% of equity",
    "started | ",
    "made | ema-cross on BTC/USDT 1m, for discord:1",
  ]);
});

describe("bot pause", () => {
  test("keeps a bot from entering until it is started again; its exits go on", async () => {
    expect((await desk.type("bot pause dip")).title).toBe("dip is paused and holds nothing");
    expect((await desk.type("bot list")).table?.rows[0]?.[1]).toBe("paused");
    await rig.move(2);
    expect(await rig.eventsOf("discord:1", "intent")).toEqual([]);
    expect((await rig.eventsOf("discord:1", "wish-denied"))[0]).toMatchObject({
      code: "locked",
      because: expect.stringContaining("paused until it is started again"),
    });
    expect((await desk.type("bot pause dip")).title).toMatch(/^dip is paused already/);
    expect((await desk.type("bot start dip")).title).toBe("dip is no longer paused");
    expect(rig.engine.bot("dip")?.locked).toBeUndefined();
  });

  test("lets what is held be sold", async () => {
    await rig.move(3);
    expect(rig.engine.bot("dip")?.state.position.quantity.isGreaterThan(0)).toBe(true);
    expect((await desk.type("bot pause dip for:2h")).lines[0]).toMatch(/^Until .* UTC on the real clock, or until `bot start`\.$/);
    await desk.type("position close dip");
    await rig.move(2);
    expect(rig.engine.bot("dip")?.state.position.quantity.isZero()).toBe(true);
  });

  test("is not ended by starting a bot that somebody locked otherwise", async () => {
    await desk.type("lock add on:bot:dip reason:audit");
    expect((await desk.type("bot pause dip")).title).toMatch(/^Entries of dip are locked already/);
    await desk.type("bot start dip");
    expect(rig.engine.bot("dip")?.locked).toContain("audit");
    expect((await desk.type("bot list")).table?.rows[0]?.[1]).toBe("running, no entries");
  });
});

test("bot clone makes the same on another symbol, flat and stopped, and names itself", async () => {
  await rig.move(3);
  const view = await desk.type("bot clone dip symbol:eth", "discord:1", HERE);
  expect(view.title).toBe("ema-eth is made like dip");
  expect(view.lines).toContain("It is flat, on paper and not started; nothing of what the other one holds or has made is carried over.");
  const made = rig.engine.bot("ema-eth")?.state;
  expect([made?.status, made?.position.quantity.isZero(), made?.spec.symbol]).toEqual(["created", true, ETH]);
  expect(made?.spec).toMatchObject({
    params: { fast: 2, slow: 5 },
    sizing: { kind: "equity-percent", pct: 20 },
    protection: { stopPct: 2 },
  });
  expect((await desk.type("bot clone dip name:dip")).title).toMatch(/^name: "dip" is taken/);
});

describe("A size that the market refuses", () => {
  test("is warned of with one that works when the bot is made, alone or in a group", async () => {
    const made = await desk.type("bot create name:tiny symbol:btc strategy:ema-cross timeframe:1m size:3 start:yes");
    expect([made.tone, made.title]).toEqual(["warning", "tiny is running"]);
    const line = made.lines.find((each) => each.startsWith("tiny cannot enter with this size: minimum notional: "));
    const size = /`bot set tiny (size:[\d.]+)` works at this price\.$/.exec(line ?? "")?.[1];
    const group = await desk.type("bot create name:both symbol:btc,eth strategy:ema-cross timeframe:1m size:3");
    expect(group.tone).toBe("warning");
    expect(group.lines.filter((each) => each.includes("cannot enter with this size"))).toHaveLength(2);
    const smaller = await desk.type("bot set tiny size:2");
    expect([smaller.tone, textOf(smaller)]).toEqual(["warning", expect.stringContaining("tiny cannot enter with this size")]);
    const better = await desk.press(await desk.type(`bot set tiny ${size}`), YES);
    expect([better.tone, textOf(better)]).toEqual(["good", expect.not.stringContaining("cannot enter")]);
  });
});
