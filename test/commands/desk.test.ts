import { beforeEach, expect, test } from "vitest";
import { FIGURE_NAMES } from "../../src/reports/performance.ts";
import { ChatDesk, HERE, TERMINAL, textOf } from "../chat/door.ts";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
});

test("stats today shows each bot, the whole and the books", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  await desk.type("bot create name:gone symbol:eth strategy:ema-cross timeframe:1m");
  desk.engine.fill("gone", "buy", "1", "2400");
  desk.engine.fill("gone", "sell", "1", "2500");
  desk.engine.fill("dip", "buy", "0.1", "39000");
  await desk.press(await desk.type("bot delete gone"), "Yes, bot delete");
  const view = await desk.type("stats today");
  expect(view.title).toBe("2021-05-19: +91.20 USDT realized, +100.00 USDT unrealized");
  expect(view.table?.rows).toEqual([
    ["dip", "-3.90", "+100.00", "3.90", "1"],
    ["all", "+91.20", "+100.00", "8.80", "3"],
  ]);
  expect(view.lines).toContain("Books of your paper account: cash 6191.2 = start 10000 + entries -3808.8 USDT");
  expect(view.lines).toContain("BTC: position 0.1 = entries 0.1");
  expect(view.lines).toContain("The last row counts deleted bots too.");
  expect(view.lines.filter((line) => line.startsWith("ETH"))).toEqual([]);
  expect(view).toMatchObject({ tableFirst: true });
  expect(view.lines).toContain("The books add up.");
});

test("stats today warns when the books do not add up", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  const [state] = desk.engine.books.values();
  state!.balances.set("USDT", state!.balances.get("USDT")!.plus(1));
  const view = await desk.type("stats today");
  expect(view.tone).toBe("warning");
  expect(textOf(view)).toContain("DO NOT ADD UP");
});

test("stats daily shows as many local days as asked for", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  desk.engine.fill("dip", "buy", "0.1", "39000");
  const view = await desk.type("stats daily 3");
  expect(view.table?.rows.map(([day, realized]) => [day, realized])).toEqual([
    ["2021-05-19", "-3.90"],
    ["2021-05-18", "0.00"],
    ["2021-05-17", "0.00"],
  ]);
  expect((await desk.type("stats daily 999")).title).toContain("expected a whole number from 1 to 60");
});

test("the same script prints the same text twice", async () => {
  const script = [
    "bot create btc ema-cross 1m start:yes",
    "bot list",
    "stats today",
    "account balance",
    "market price btc",
    "system halt news for:2h",
    "help",
  ];
  const run = async (at: ChatDesk) => {
    const views: string[] = [];
    for (const line of script) views.push(textOf(await at.type(line, "terminal:local", TERMINAL)));
    return views;
  };
  const other = await ChatDesk.open();
  await other.clock.advance(86_400_000);
  expect(await run(other)).toEqual(await run(desk));
});

test("a halt ends by itself after the span that was named", async () => {
  expect((await desk.type("system halt news at 12:00 for:1h30m")).title).toBe("The desk is halted for 1 h 30 min on the real clock");
  expect(desk.ledger.state.halt).toMatchObject({ reason: "news at 12:00", untilMs: desk.clock.wall() + 90 * 60_000 });
  expect(textOf(await desk.type("system health"))).toContain("Halt: news at 12:00, for another 1 h 30 min on the real clock");
});

test("spans on a market that moves with the real clock name no clock", async () => {
  const facts = desk.engine.market();
  desk.engine.market = () => ({ ...facts, pace: "live", speed: "1" });
  expect((await desk.type("system halt news for:1h")).title).toBe("The desk is halted for 1 h");
  expect(textOf(await desk.type("system health"))).toContain("Halt: news, for another 1 h");
  await desk.type("lock add on:all for:2h");
  expect((await desk.type("lock list")).table?.rows[0]?.[1]).toMatch(/ UTC$/);
});

test("panic is one word and lists what is sold", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  desk.engine.fill("dip", "buy", "0.1", "39000");
  const view = await desk.type("panic");
  expect(view.title).toBe("Panic: entries are denied");
  expect(textOf(view)).toContain("dip: 0.1 BTC/USDT");
  expect(textOf(view)).toContain("The end comes as an alert.");
});

test("panic with nothing held says that everything is flat, and promises no alert of an end that nothing has", async () => {
  const view = await desk.type("panic");
  expect(view.title).toBe("Panic: entries are denied");
  expect(textOf(view)).toContain("No bot holds anything and no entry was open: everything is flat.");
  expect(textOf(view)).not.toMatch(/alert|selling|canceled/i);
});

test("no reason is too long for a panic", async () => {
  await desk.type(`panic ${"x".repeat(3_900)}`);
  expect(desk.ledger.state.halt?.reason).toHaveLength(500);
});

test("a place subscribes, gets a digest and is left in peace", async () => {
  await desk.type("channel subscribe all");
  expect(desk.ledger.state.channels.get(HERE.id)?.kinds).toEqual(["critical", "fills", "bots", "system"]);
  expect((await desk.type("channel digest 8:30 zone:europe/berlin")).title).toBe("This place gets the digest at 08:30");
  expect(desk.ledger.state.channels.get(HERE.id)?.digest).toMatchObject({ at: "08:30", timeZone: "Europe/Berlin" });
  expect((await desk.type("channel list")).table?.rows).toEqual([[HERE.id, "critical, fills, bots, system", "08:30 Europe/Berlin", "-"]]);
  const weekly = await desk.type("channel digest 9:00 every:week zone:europe/berlin");
  expect(weekly.title).toBe("This place gets the weekly digest at 09:00");
  expect(weekly.lines[0]).toBe("It comes on Mondays, once the week before is over.");
  expect((await desk.type("channel digest 9:00 every:month")).lines[0]).toBe(
    "It comes on the 1st of each month, once the month before is over.",
  );
  expect((await desk.type("channel list")).table?.rows.flat().join(" ")).toContain(
    "08:30 Europe/Berlin, weekly on Mondays 09:00 Europe/Berlin, monthly on the 1st of each month 09:00 UTC",
  );
  expect((await desk.type("channel digest off every:week")).title).toBe("This place gets no weekly digest");
  await desk.type("channel digest off");
  expect(desk.ledger.state.channels.get(HERE.id)?.digest).toBeUndefined();
  await desk.type("channel unsubscribe");
  expect(desk.ledger.state.channels.size).toBe(0);
  expect((await desk.type("channel unsubscribe")).tone).toBe("bad");
});

test("a place has quiet hours until they are switched off", async () => {
  expect(textOf(await desk.type("channel quiet 22:00-07:00"))).toContain("This place gets no alerts");
  await desk.type("channel subscribe");
  const set = await desk.type("channel quiet 22:00-7:00 zone:europe/berlin");
  expect(set.title).toBe("This place is quiet from 22:00 to 07:00");
  expect(textOf(set)).toContain("critical alerts and the digest come at once");
  const quiet = { from: "22:00", to: "07:00", timeZone: "Europe/Berlin" };
  expect(desk.ledger.state.channels.get(HERE.id)?.quiet).toEqual(quiet);
  expect((await desk.type("channel list")).table?.rows).toEqual([[HERE.id, "critical, fills", "-", "22:00-07:00 Europe/Berlin"]]);
  await desk.type("channel subscribe all");
  await desk.type("channel digest 08:00");
  expect(desk.ledger.state.channels.get(HERE.id)?.quiet).toEqual(quiet);
  expect((await desk.type("channel quiet off")).title).toBe("This place has no quiet hours");
  expect(desk.ledger.state.channels.get(HERE.id)?.quiet).toBeUndefined();
  await desk.type("channel quiet 13:00 - 14:00");
  expect(desk.ledger.state.channels.get(HERE.id)?.quiet).toEqual({ from: "13:00", to: "14:00", timeZone: "UTC" });
});

test("quiet hours are asked for, and what is none is refused in one sentence", async () => {
  await desk.type("channel subscribe");
  const asked = await desk.type("channel quiet");
  expect(asked.buttons.map(({ label }) => label)).toEqual(["22:00-07:00", "23:00-08:00", "off", "Cancel"]);
  await desk.press(asked, "23:00-08:00");
  expect(desk.ledger.state.channels.get(HERE.id)?.quiet).toMatchObject({ from: "23:00", to: "08:00" });
  for (const wrong of ["22:00", "22:00-22:00", "25:00-07:00", "22:00-07:00-08:00", "night"])
    expect(textOf(await desk.type(`channel quiet hours:"${wrong}"`)), wrong).toContain("expected two different times of day");
});

test("only an admin ends the alerts of another place", async () => {
  await desk.grant("discord:2", "operator");
  await desk.type("channel subscribe");
  const elsewhere = { ...HERE, id: "discord:200" };
  expect((await desk.type(`channel unsubscribe ${HERE.id}`, "discord:2", elsewhere)).title).toContain("Only an admin");
  expect((await desk.type(`channel unsubscribe ${HERE.id}`, "discord:1", elsewhere)).tone).toBe("good");
});

test("a role is given, shown and taken away", async () => {
  expect((await desk.type("access grant <@42> operator scope:here")).title).toBe("discord:42 is operator");
  expect((await desk.type("access list")).table?.rows).toEqual([["discord:42", "operator", `place:${HERE.id}`]]);
  expect((await desk.type("access revoke discord:42")).title).toBe("discord:42 lost 1 role");
  expect((await desk.type("access revoke discord:42")).tone).toBe("bad");
  expect((await desk.type("access grant ann operator")).title).toContain("expected a person's id");
  expect((await desk.type("access grant discord:42 operator scope:bot:nothing")).title).toContain("there is no bot named nothing");
});

test("help shows every noun, and explains one command with an example", async () => {
  const overview = await desk.type("help");
  expect(overview.lines).toContain("`bot` clone, create, delete, history, list, pause, promote, set, show, start, stop, undo, why");
  expect(overview.table).toBeUndefined();
  const one = await desk.type("help bot create");
  expect(one.lines).toContain(
    "`stop`: Stop loss: percent below the entry, a multiple of the ATR, a price, or none; 2% when not given, dca and grid have their own.",
  );
  expect(one.lines).toContain("`symbol`: What to trade; a list makes one bot for each, in a group.");
  expect(textOf(one)).toContain("`bot create symbol:BTC/USDT strategy:ema-cross timeframe:5m`");
  expect(textOf(await desk.type("help bot"))).toContain("`bot delete`: Deletes bots");
  expect((await desk.type("help bot crate")).title).toContain("bot create");
});

test("every example that help shows is understood", async () => {
  for (const { example } of desk.door.catalog()) expect(desk.door.parse(example), example).toHaveProperty("path");
});

test("a strategy is explained with its parameters", async () => {
  const view = await desk.type("strategy show ema-cross");
  expect(view.table?.rows.map(([name, preset]) => [name, preset])).toEqual([
    ["fast", "12"],
    ["slow", "26"],
  ]);
  expect((await desk.type("strategy list")).table?.rows.length).toBeGreaterThan(1);
});

test("completion offers what fits what was typed", async () => {
  const values = async (path: string, argument: string, typed: string) =>
    (await desk.door.complete(path, argument, typed, "discord:1", {})).map(({ value }) => value);
  expect(await values("bot create", "symbol", "eth")).toEqual(["ETH/USDT"]);
  expect(await values("bot create", "symbol", "BTC/USDT, so")).toEqual(["BTC/USDT, SOL/USDT"]);
  expect(await values("bot create", "strategy", "rsi-")).toEqual(["rsi-reversion"]);
  expect(await values("help", "about", "bot cr")).toEqual(["bot create"]);
  expect(await values("nothing", "at all", "")).toEqual([]);
});

test("an argument that the command does not have is refused on every platform", async () => {
  const request = { ...desk.request("bot list"), args: { colour: "red" } };
  expect((await desk.door.handle(request)).title).toContain("has no argument");
});

test("invisible characters do not get into names or reasons", async () => {
  await desk.type("system halt say \u202eno");
  expect(desk.ledger.state.halt?.reason).toBe("say no");
});

test("prices are shown with the assumptions of the symbols that were asked for", async () => {
  const view = await desk.type("market price btc");
  expect(view.lines).toEqual(expect.arrayContaining(["Spread and fees are modeled.", "BTC/USDT: tick 0.01."]));
  expect(textOf(view)).not.toContain("ETH/USDT");
});

test("a balance is that of your own account, and names what is reserved only when something is", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  const view = await desk.type("account balance");
  expect(view.title).toBe("Your paper account");
  expect(view.table?.rows).toEqual([["USDT", "10,000.00"]]);
  expect(textOf(view)).not.toContain("reserved");
});

test("a reason that nobody gave is not printed", async () => {
  expect(textOf(await desk.type("system halt"))).not.toContain("Reason");
  expect(desk.ledger.state.halt?.reason).toBe("no reason given");
  expect(textOf(await desk.type("system health"))).toContain("Halt: until `system resume`");
  expect(textOf(await desk.type("system resume"))).toContain("The halt ends;");
});

test("a second halt says that the desk was halted, and keeps the reason unless another one is given", async () => {
  const say = async (line: string) => textOf(await desk.type(line));
  expect(await say("system halt news")).not.toContain("already");
  expect(await say("system halt")).toContain("The desk was halted already (news).");
  expect(desk.ledger.state.halt?.reason).toBe("news");
  expect(await say("system halt lunch")).toMatch(/The desk was halted already \(news\)\.\s+Reason from now on: lunch\./);
  expect(await say("system halt for:1h")).toMatch(/halted already \(lunch\)\.\s+That one lasts longer, which stays so\./);
  expect(await say("panic")).toContain("The desk was halted already (lunch).");
  expect(desk.ledger.state.halt).toMatchObject({ reason: "lunch", panic: true });
  expect(await say("panic fire")).toMatch(/A panic was on already \(lunch\)\.\s+Reason from now on: fire\./);
});

test("a halt whose time is over leaves no reason behind", async () => {
  await desk.type("system halt news for:1h");
  await desk.clock.advance(3_600_000);
  expect(textOf(await desk.type("system halt"))).not.toContain("already");
  expect(desk.ledger.state.halt?.reason).toBe("no reason given");
});

test("the one who asks is shown by name beside the id, and others by their whole id", async () => {
  const request = desk.request("access grant user:discord:1 role:operator");
  const view = await desk.door.handle({ ...request, user: { ...request.user, name: "Ada" } });
  expect(view.title).toBe("Ada (discord:1) is operator");
});

test("stats weekly and monthly show as many local weeks and months as asked for", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  desk.engine.fill("dip", "buy", "0.1", "39000");
  const rowsOf = async (line: string) => (await desk.type(line)).table?.rows.map(([period, realized]) => `${period} ${realized}`);
  expect(await rowsOf("stats weekly 2")).toEqual(["2021-W20 -3.90", "2021-W19 0.00"]);
  expect(await rowsOf("stats monthly 2")).toEqual(["2021-05 -3.90", "2021-04 0.00"]);
});

test("stats performance says what cannot be told yet, and then every figure", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  const figure = async (name: string) => (await desk.type("stats performance")).fields.find((field) => field.name === name)?.value;
  expect(await figure("Win rate")).toBe("no closed positions yet");
  expect(await figure("Sharpe")).toBe("-");
  desk.engine.fill("dip", "buy", "0.1", "39000");
  desk.engine.fill("dip", "sell", "0.1", "40000");
  const view = await desk.type("stats performance by:symbol");
  expect(view.fields.map(({ name }) => name)).toEqual(Object.values(FIGURE_NAMES));
  expect(view.table?.rows).toEqual([["BTC/USDT", "+92.10", "7.90", "2", "1 of 1", "+92.10", "-"]]);
  expect(await figure("Win rate")).toBe("100.00% (1 of 1)");
  expect((await desk.type("stats performance since:2021-05-20")).fields[0]?.value).toBe("0.00 USDT");
  expect((await desk.type("stats performance since:2021-02-30")).title).toContain("expected a day such as 2021-05-19");
});
