import { beforeEach, expect, test } from "vitest";
import { ChatDesk, HERE, textOf } from "../chat/door.ts";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
});

const spec = (name: string) => desk.engine.bot(name)!.state.spec;

test("a bot takes the defaults that the help names", async () => {
  await desk.type("bot create name:dip symbol:btcusdt strategy:ema-cross timeframe:1m");
  expect(spec("dip")).toMatchObject({
    symbol: "BTC/USDT",
    sizing: { kind: "equity-percent", pct: 10 },
    protection: { stopPct: 2, takePct: 4, trailingPct: undefined },
    params: { fast: 12, slow: 26 },
    group: undefined,
  });
});

test("a bot takes what is given", async () => {
  await desk.type(
    'bot create name:dip symbol:BTC-USDT strategy:ema-cross timeframe:1h size:"1,000.50 USDT" stop:1.5 take:none trailing:3% params:"fast=5 slow=9" start:yes',
  );
  expect(spec("dip")).toMatchObject({
    params: { fast: 5, slow: 9 },
    timeframe: "1h",
    protection: { stopPct: 1.5, takePct: undefined, trailingPct: 3 },
  });
  const { sizing } = spec("dip");
  expect(sizing.kind === "notional" && sizing.notional.toFixed()).toBe("1000.5");
  expect(desk.engine.bot("dip")!.state.status).toBe("running");
});

test("a size by risk and its cap are shown with their arithmetic, and a risk level as its numbers", async () => {
  const risky = await desk.type('bot create name:risky symbol:BTC/USDT strategy:ema-cross timeframe:1m size:"risk 1%" max:40%');
  expect(textOf(risky)).toContain("risk 1% of equity at the stop, at most 40% of equity");
  expect(textOf(risky)).toMatch(/1% of 10,000 = 100 USDT to lose .* cut to the bot's own maximum/);
  const level = await desk.type("bot create name:calm symbol:BTC/USDT strategy:ema-cross timeframe:1m risk_level:conservative");
  expect(textOf(level)).toContain("risk 0.25% of equity at the stop, at most 10% of equity");
});

test("a list of symbols makes a group, and the group starts and stops as one", async () => {
  const made = await desk.type("bot create symbol:BTC/USDT,ETH/USDT strategy:ema-cross timeframe:1m");
  expect(made.title).toBe("Created: 2 bots");
  expect(desk.engine.bots().map(({ state }) => [state.spec.name, state.spec.group])).toEqual([
    ["ema-btc", "ema"],
    ["ema-eth", "ema"],
  ]);
  expect((await desk.press(made, "Start all")).title).toBe("Started: 2 bots");
  expect((await desk.type("bot stop ema")).title).toBe("Stopped: 2 bots");
  const shown = await desk.type("bot show ema");
  expect(shown.table?.rows.map(([name, status]) => [name, status])).toEqual([
    ["ema-btc", "stopped"],
    ["ema-eth", "stopped"],
  ]);
});

test("only bots that were started are counted as started", async () => {
  await desk.type("bot create symbol:BTC/USDT,ETH/USDT,SOL/USDT strategy:ema-cross timeframe:1m");
  await desk.type("bot start ema-eth");
  const started = await desk.type("bot start all");
  expect(started).toMatchObject({ title: "Started: 2 of 3 bots", tone: "good" });
  expect(started.table?.rows[1]).toEqual(["ema-eth", "is running already"]);
  expect((await desk.type("bot start all")).title).toBe("Started: 0 of 3 bots");
});

test("a coin that is paid in several currencies is asked back, not called unknown", async () => {
  desk.engine.prices.set("ETH/BTC", desk.engine.prices.get("ETH/USDT")!);
  const { title } = await desk.type("bot create symbol:eth strategy:ema-cross timeframe:1m");
  expect(title).toBe('symbol: "ETH" may be ETH/USDT or ETH/BTC: say which.');
});

test("names that are made up are unique", async () => {
  for (let count = 0; count < 3; count++) await desk.type("bot create btc ema-cross 1m");
  expect(desk.engine.bots().map(({ state }) => state.spec.name)).toEqual(["ema-btc", "ema-btc-2", "ema-btc-3"]);
  await desk.type("bot create btc,eth ema-cross 1m");
  await desk.type("bot create btc,eth ema-cross 1m");
  expect(new Set(desk.engine.bots().map(({ state }) => state.spec.group))).toEqual(new Set([undefined, "ema", "ema-2"]));
});

test.each([
  ["name:dip", 'name: "dip" is taken by a bot or a group; choose another name, such as dip-2.'],
  ["name:storm", 'name: "storm" is taken by a bot or a group'],
  ["name:all", "has a meaning of its own"],
  ["group:dip", 'group: "dip" is the name of a bot'],
  ["name:Äther", "name: expected a name of small letters"],
  ["symbol:BTC/EUR", 'symbol: this market has no "BTC/EUR". It has BTC/USDT, ETH/USDT, SOL/USDT.'],
  ["symbol:BTC/USDC", 'symbol: this market has no "BTC/USDC"; did you mean BTC/USDT? It has BTC/USDT,'],
  ["strategy:ema-cros", 'strategy: there is no strategy "ema-cros"; did you mean ema-cross? There are '],
  ["strategy:ema", 'strategy: there is no strategy "ema"; did you mean ema-cross? There are '],
  ["strategy:nonsense", 'strategy: there is no strategy "nonsense". There are '],
  ["timeframe:7m", "timeframe: expected one of 1m, 3m"],
  ["size:200%", "size: expected a share of equity"],
  ["size:0", "size: expected a share of equity"],
  ['size:"risk 11%"', "size: expected a share of equity"],
  ['size:"vol -1%"', "size: expected a share of equity"],
  ["max:0", "max: expected a share of equity"],
  // A comma that is no thousands' is a decimal point to whoever typed it: fifteen would be bought for one and a half.
  ['size:"1,5 USDT"', "size: expected a share of equity"],
  ['size:"1,00 USDT"', "size: expected a share of equity"],
  ['size:"0,500 USDT"', "size: expected a share of equity"],
  ['max:"12,5 USDT"', "max: expected a share of equity"],
  ["size:5% risk_level:balanced", "size: risk_level balanced is a size of its own"],
  ['size:"100 EUR"', "size: BTC/USDT is traded in USDT, found EUR"],
  ["stop:100%", "stop: expected a percentage above 0 and below 100"],
  ["stop:-1", "stop: expected a percentage"],
  ["params:fast", "params: expected parameters such as"],
  ["params:fast=9,fast=10", "params: expected parameters such as"],
  ["params:speed=9", "params: expected only fast, slow, found speed"],
  ["start:maybe", "start: expected yes or no"],
])("bot create %s is refused in one sentence", async (given, sentence) => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  await desk.type("bot create name:storm symbol:btc,eth strategy:ema-cross timeframe:1m");
  const count = desk.engine.bots().length;
  const rest = ["symbol:BTC/USDT", "strategy:ema-cross", "timeframe:1m"].filter((part) => !given.startsWith(part.split(":")[0]!));
  const view = await desk.type(`bot create ${given} ${rest.join(" ")}`);
  expect(view.tone).toBe("bad");
  expect(view.title).toContain(sentence);
  expect(desk.engine.bots()).toHaveLength(count);
});

test("a bot without a stop says so", async () => {
  const view = await desk.type("bot create btc ema-cross 1m stop:none");
  expect(textOf(view)).toContain("This bot has no stop");
});

test("a stopped bot keeps its position, says so and offers to close it", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m start:yes");
  desk.engine.fill("dip", "buy", "0.1", "40000");
  const view = await desk.type("bot stop dip");
  expect(view.title).toBe("dip is stopped");
  expect(textOf(view)).toContain("It keeps 0.1 BTC bought at 40,000.00 USDT");
  expect((await desk.press(view, "Close now")).title).toBe("dip sells 0.1 BTC bought at 40,000.00 USDT at market");
  expect((await desk.type("position close dip")).title).toBe("dip holds nothing to close.");
});

test("a bot that holds a position is not deleted, which is said before anything is asked", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  const asked = await desk.type("bot delete dip");
  desk.engine.fill("dip", "buy", "0.1", "40000");
  expect((await desk.press(asked, "Yes, bot delete")).title).toContain("Things have changed");
  const view = await desk.type("bot delete dip");
  expect(view).toMatchObject({ tone: "bad", title: "dip holds a position", lines: ["Close it first, then delete the bot."] });
  expect(view.buttons.map(({ label }) => label)).toEqual(["Close dip"]);
});

test("what one bot refuses does not keep the others from it", async () => {
  await desk.type("bot create btc,eth ema-cross 1m");
  desk.engine.fill("ema-btc", "buy", "0.1", "40000");
  const asked = await desk.type("bot delete all");
  expect(asked.lines[0]).toBe("ema-eth will be deleted for good. The history stays in the books. What holds a position stays: ema-btc.");
  const view = await desk.press(asked, "Yes, bot delete");
  expect(view.title).toBe("Deleted: 1 of 2 bots");
  expect(view.tone).toBe("warning");
  expect(textOf(view)).toContain("ema-btc still holds a position");
});

test("starting under a halt says that nothing is opened", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  await desk.type("system halt news for:4h");
  const view = await desk.type("bot start dip");
  expect(view.tone).toBe("warning");
  expect(textOf(view)).toContain("halted (news)");
});

test("lists and cards name the market that their prices come from", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  desk.engine.fill("dip", "buy", "0.1", "39000");
  for (const line of ["bot list", "bot show dip", "position list", "stats today", "stats daily", "account balance", "market price"]) {
    expect(textOf(await desk.type(line, "discord:1", HERE)), line).toContain(
      "simulated market (invented prices), 2021-05-19 12:00 UTC (market)",
    );
  }
  expect(textOf(await desk.type("position list"))).toContain("+100.00 USDT");
});

test("bot list offers at most three next steps", async () => {
  const labels = async () => (await desk.type("bot list")).buttons.map(({ label }) => label);
  expect(await labels()).toEqual(["Create a bot"]);
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m start:yes");
  expect(await labels()).toEqual(["Create a bot", "Stop dip"]);
  await desk.type("bot create name:rise symbol:eth strategy:ema-cross timeframe:1m");
  desk.engine.fill("dip", "buy", "0.1", "40000");
  expect(await labels()).toEqual(["Start rise", "Positions", "Stop dip"]);
  await desk.type("bot start rise");
  expect(await labels()).toEqual(["Positions", "Stop all"]);
});

test.each([
  ["symbol:btcusdt leverage:3", /^leverage: it exists on perpetual contracts.*BTC\/USDT is spot.*Leave leverage out/],
  ["symbol:btcusdt margin:isolated", /^leverage: it exists on perpetual contracts/],
  ["symbol:BTC/USDT:USDT leverage:60", /^leverage: BTC\/USDT:USDT takes a whole number from 1 to 50, found 60/],
  ["symbol:BTC/USDT:USDT leverage:10 stop:9%", /^stop: at leverage 10 a position is liquidated 9\.0% away.*at most 8%/],
  ["symbol:BTC/USDT:USDT leverage:3 stop:none", /^leverage: 3 needs a stop/],
  ["symbol:BTC/USDT:USDT margin:cross", /^margin: the desk trades with isolated margin only, found cross/],
  ["symbol:BTC/USDT:USDT direction:short", /^direction: bots go long only, found short.*`order enter side:sell`/],
  ["symbol:BTC/USDT:USDT direction:both", /^direction: bots go long only, found both/],
  ["symbol:BTC/USDT:USDT leverage:0", /leverage: expected a whole number such as 3/],
])("a bot with %s is refused in a sentence that says what to do", async (wish, sentence) => {
  desk.engine.prices.set("BTC/USDT:USDT", desk.engine.prices.get("BTC/USDT")!);
  expect((await desk.type(`bot create name:dip ${wish} strategy:ema-cross timeframe:1m`)).title).toMatch(sentence);
  expect(desk.engine.bots()).toEqual([]);
});

test("a bot on a perpetual contract shows its leverage, and what paper leaves out", async () => {
  desk.engine.prices.set("BTC/USDT:USDT", desk.engine.prices.get("BTC/USDT")!);
  const made = await desk.type(
    "bot create name:dip symbol:BTC/USDT:USDT strategy:ema-cross timeframe:1m leverage:3x margin:isolated direction:long",
  );
  expect(spec("dip").leverage).toBe(3);
  expect(textOf(made)).toContain("Leverage: 3, isolated margin; funding is not modeled on paper");
  await desk.type("bot create name:plain symbol:btcusdt strategy:ema-cross timeframe:1m");
  expect(textOf(await desk.type("bot show plain"))).not.toContain("Leverage");
});

test("exits are typed in one grammar, and the card says them back", async () => {
  const view = await desk.type(
    'bot create name:dip symbol:btc strategy:ema-cross timeframe:1m stop:"2 atr" take:"50% at 2%, rest at 4%" trailing:"1% after 2%" breakeven:1.5% max_hold:48',
  );
  expect(textOf(view)).toContain("stop 2 ATR, take 50% at 2%, 50% at 4%, trailing 1% after 2%, break-even after 1.5%, at most 48 candles");
  await desk.type('bot create name:deep symbol:btc strategy:ema-cross timeframe:1m stop:"50 USDT" take:none max_hold:2h');
  expect(spec("deep").protection).toMatchObject({ stopPct: undefined, takePct: undefined, holdMax: { kind: "span", spanMs: 7_200_000 } });
  expect(spec("deep").protection.stopPrice?.toFixed()).toBe("50");
});

test.each([
  ["stop:58000", /stop: expected a percentage above 0 and below 100/],
  ['stop:"50 EUR"', /stop: BTC\/USDT is traded in USDT, found EUR/],
  ['take:"2% 50"', /take: expected a percentage/],
  ['trailing:"1% after"', /trailing: expected a percentage/],
  ["breakeven:-1%", /breakeven: expected a percentage/],
  ["max_hold:soon", /max_hold: expected a number of candles/],
])("an exit that is not understood says what it could be: %s", async (typed, said) => {
  expect(textOf(await desk.type(`bot create name:dip symbol:btc strategy:ema-cross timeframe:1m ${typed}`))).toMatch(said);
});
