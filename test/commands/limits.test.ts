import { beforeEach, expect, test } from "vitest";
import { decimal } from "../../src/domain/money.ts";
import { textOf } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

let at: VenueDesk;
const limitsOf = (scope: "all" | `account:${string}`) => at.desk.ledger.state.limits.get(scope);

beforeEach(async () => {
  at = await VenueDesk.open();
  at.exchanges.ceilingSetting = decimal(100);
});

test("tightening limits never asks; loosening one asks, and wants a second factor where real money is concerned", async () => {
  await at.connect("main");
  await at.connect("play", "demo");
  const made = await at.type('risk set on:all exposure:"500 USDT" daily_loss:3% session:08:00-20:00');
  expect(made.title).toBe("Limits of the whole desk are set");
  expect(made.lines[0]).toBe("What holds there: exposure 500 USDT; daily loss 3%; session 08:00-20:00.");
  expect(limitsOf("all")).toMatchObject({ dailyLossPct: 3, session: { from: "08:00", to: "20:00" } });
  expect((await at.type("risk set daily_loss:2%")).title).toBe("Limits of the whole desk are set");
  const asked = await at.type("risk set daily_loss:5%");
  expect(textOf(asked)).toContain("Allow more than now on the whole desk: daily loss?");
  expect((await at.desk.press(asked, "Yes, risk set")).title).toContain("second factor");
  expect(limitsOf("all")).toMatchObject({ dailyLossPct: 2 });
  await at.type("risk set account:play losses:2");
  const play = await at.type("risk set account:play losses:none");
  expect((await at.desk.press(play, "Yes, risk set")).title).toBe("Limits of account play are set");
  expect(limitsOf("account:play")).toBeUndefined();
});

test.each([
  ['risk set position:"900 USDT" exposure:"500 USDT"', "position: one position may be 900 USDT, which is more than the exposure"],
  ["risk set allow:BTC/USDT deny:BTC/USDT", "allow: BTC/USDT is on both lists"],
  ["risk set on:symbol:BTC/USDT losses:2", "losses: it is limited for bot, account, found symbol BTC/USDT"],
  ["risk set on:bot:nobody losses:2", 'bot: there is no bot "nobody"'],
  ["risk set daily_loss:0", "daily_loss: expected a percentage above 0"],
  ["risk set exposure:500", "exposure: expected an amount with its currency"],
  ["risk set orders:0", "orders: expected a whole number from 1"],
  ["risk set session:08:00-08:00", "session: expected two different times of day"],
  ["risk set on:all", "Say which limit is to be set"],
  ["risk set ceiling:5 entries:2", "ceiling: it is set alone"],
])("%s is refused in one sentence", async (line, sentence) => {
  const view = await at.type(line);
  expect(view.tone).toBe("bad");
  expect(view.title).toContain(sentence);
  expect(at.desk.ledger.state.limits.size).toBe(0);
});

test("a lock is added, shown, never shortened, and removed after a question", async () => {
  await at.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  expect((await at.type("lock list")).title).toBe("No entries are locked");
  const added = await at.type("lock add on:bot:dip for:2h reason:news");
  expect(added.title).toBe("Entries of bot dip are locked");
  expect(added.lines[0]).toMatch(/^Until .* UTC on the real clock\.$/);
  expect((await at.type("lock add on:bot:dip for:1h")).title).toContain("locked for longer than that already");
  expect((await at.type("lock list")).table?.rows).toMatchObject([
    ["bot dip", expect.stringContaining("UTC on the real clock"), expect.anything(), "news"],
  ]);
  expect((await at.type("lock remove all")).title).toContain("are not locked");
  const asked = await at.type("lock remove on:bot:dip");
  expect(textOf(asked)).toContain("Let bot dip enter again?");
  expect((await at.desk.press(asked, "Yes, lock remove")).title).toBe("Entries of bot dip are no longer locked");
});

test("`risk show` tells the limits that the settings bring, before anybody sets one", async () => {
  const text = textOf(await at.type("risk show"));
  expect(text).toContain("One position may be 50% of its account's equity at most (the setting POSITION_CAP).");
  expect(text).toContain("An account that has lost 10% in a day enters nothing for the rest of it (the setting DAILY_LOSS_LIMIT");
});

test.each([
  ["lock add mom", '"mom"; did you mean bot:mom?'],
  ["lock add on:mmo", '"mmo"; did you mean bot:mom?'],
  ["risk set on:mom positions:1", '"mom"; did you mean bot:mom?'],
  ["lock add sol", '"sol"; did you mean symbol:SOL/USDT?'],
  ["lock remove SOL/USDT", '"SOL/USDT"; did you mean symbol:SOL/USDT?'],
  ["lock add main", '"main"; did you mean account:main?'],
  ["lock add dip", '"dip"; did you mean bot:dip or account:dip?'],
  ["lock add everything", '"everything".'],
])("%s is told what it may mean", async (line, end) => {
  await at.connect("main");
  await at.connect("dip", "demo");
  for (const name of ["mom", "dip"]) await at.type(`bot create name:${name} symbol:btc strategy:ema-cross timeframe:1m`);
  expect((await at.type(line)).title).toBe(`on: expected all, account:NAME, symbol:BTC/USDT or bot:NAME, found ${end}`);
});

test("a bare word as the answer to the question of a lock is asked again with what it may mean", async () => {
  await at.type("bot create name:mom symbol:btc strategy:ema-cross timeframe:1m");
  const asked = await at.type("lock add");
  expect(asked.buttons.map(({ label }) => label)).toEqual(["bot:mom", "all", "Cancel"]);
  const { user, place, id } = at.desk.request("bot list");
  const answered = at.desk.door.answer("mom", id, user, place);
  if (!answered || !("request" in answered)) throw new Error("the answer stands for no request");
  const again = await at.desk.door.handle(answered.request);
  expect(again.title).toContain("On what?");
  expect(textOf(again)).toContain("did you mean bot:mom?");
});
