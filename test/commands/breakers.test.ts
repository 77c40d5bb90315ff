import { beforeEach, expect, test } from "vitest";
import { type BreakerName, breakerKey, type OpenBreaker } from "../../src/domain/breaker.ts";
import type { RiskScope } from "../../src/domain/limits.ts";
import { HOUR_MS, MINUTE_MS, marketMs } from "../../src/domain/time.ts";
import { textOf } from "../chat/door.ts";
import { VenueDesk } from "./venue-rig.ts";

let at: VenueDesk;
const SINCE = marketMs(Date.UTC(2026, 0, 5, 8, 30));

beforeEach(async () => {
  at = await VenueDesk.open();
  await at.connect("main");
  await at.connect("play", "demo");
});

function opened(account: string, breaker: BreakerName, more: Partial<OpenBreaker> = {}): void {
  const scope: RiskScope = `account:${account}`;
  const reason = "1,240.00 USDT are below the highest result, 12.40% of 10,000; it opens at 10%";
  const open: OpenBreaker = {
    ...{ breaker, scope, reaction: "deny", reason, sinceMs: SINCE, untilMs: undefined, day: undefined },
    ...{ at: 10, reading: 12.4, trips: 1, probing: false, probe: undefined },
    ...more,
  };
  at.engine.books.get(account)!.breakers.open.set(breakerKey(open), open);
}

const openOf = (account: string) => [...at.engine.books.get(account)!.breakers.open.values()].map(({ breaker }) => breaker);
const setAt = (scope: RiskScope) => at.desk.ledger.state.breakers.get(scope);

test("`risk breakers` shows what is open with its numbers, since when and until when, and what opens the others", async () => {
  expect((await at.type("risk breakers")).title).toBe("No breaker is open");
  opened("main", "drawdown");
  opened("play", "volatility", {
    scope: "symbol:BTC/USDT",
    untilMs: marketMs(SINCE + HOUR_MS),
    reason: "a minute of BTC/USDT was 4% wide",
  });
  const shown = await at.type("risk breakers");
  expect(shown.title).toBe("2 breakers are open");
  expect(textOf(shown)).toContain("12.40% of 10,000");
  expect(textOf(shown)).toContain("2026-01-05 08:30");
  expect(textOf(shown)).toContain("somebody resets it");
  expect(textOf(shown)).toContain("2026-01-05 09:30 UTC");
  expect(textOf(shown)).toMatch(/drawdown\W+play \(DEMO\)\W+3%\W+20%, denies entries for 24h/);
  expect(textOf(await at.type("risk show"))).toContain("a breaker is open (drawdown)");
});

test("one on play money is reset after a question with its numbers, and a second time there is nothing to reset", async () => {
  opened("play", "drawdown");
  const asked = await at.type("risk reset breaker:drawdown");
  expect(textOf(asked)).toContain(
    "Reset the drawdown breaker of account play? It has been open since 2026-01-05 08:30 UTC, because 1,240.00 USDT",
  );
  expect((await at.desk.press(asked, "Yes, risk reset")).title).toBe("The drawdown breaker of account play is closed");
  expect(openOf("play")).toEqual([]);
  const again = await at.type("risk reset breaker:drawdown on:account:play");
  expect(again.title).toBe("The drawdown breaker of account play is not open; there is nothing to reset. `risk breakers` shows what is.");
});

test("one that is open in several places is reset where somebody says", async () => {
  opened("play", "errors");
  opened("main", "errors", { reading: 60 });
  expect((await at.type("risk reset breaker:errors")).title).toContain("is open more than once");
  const asked = await at.type("risk reset breaker:errors on:account:play");
  await at.desk.press(asked, "Yes, risk reset");
  expect([openOf("play"), openOf("main")]).toEqual([[], ["errors"]]);
});

test("a bot's name where an account is expected is told how its breaker is reset", async () => {
  await at.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  const { account, state } = at.engine.bot("dip")!;
  expect((await at.type("risk reset dip")).title).toContain('"dip" is a bot, and no breaker of on:bot:dip is open.');
  opened(account, "losses", { scope: `bot:${state.spec.id}` });
  const { title } = await at.type("risk reset dip");
  expect(title).toBe('account: "dip" is a bot. Its open breaker is reset by `risk reset breaker:losses on:bot:dip`.');
});

test("who names nothing on a desk without accounts at exchanges is told how a breaker is closed, and which are open", async () => {
  at = await VenueDesk.open();
  await at.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  const { account, state } = at.engine.bot("dip")!;
  const none = "account: there is no account at an exchange yet; `account connect` makes one.";
  expect((await at.type("risk reset")).title).toBe(
    `${none} An open breaker is closed by \`risk reset breaker:NAME on:SCOPE\`; none is open now.`,
  );
  opened(account, "losses", { scope: `bot:${state.spec.id}` });
  opened(account, "drawdown");
  const lines = ["risk reset breaker:losses on:bot:dip", `risk reset breaker:drawdown on:account:${account}`];
  expect((await at.type("risk reset")).title).toBe(`${none} An open breaker is closed by \`${lines[0]}\` or \`${lines[1]}\`.`);
  for (const line of lines) await at.desk.press(await at.type(line), "Yes, risk reset");
  expect(openOf(account)).toEqual([]);
});

test("a small one on real money takes a second factor, as everything that raises risk", async () => {
  opened("main", "drawdown", { reading: 2 });
  const asked = await at.type("risk reset breaker:drawdown");
  const waiting = await at.desk.press(asked, "Yes, risk reset");
  expect(waiting.title).toContain("second factor");
  expect(openOf("main")).toEqual(["drawdown"]);
  await at.desk.approve(waiting);
  await at.desk.press(waiting, "Continue");
  expect(openOf("main")).toEqual([]);
});

test("a large loss of real money takes a second person who may do it, and nobody else", async () => {
  opened("main", "drawdown");
  await at.desk.grant("discord:2", "admin");
  await at.desk.grant("discord:3", "trader");
  expect((await at.type("risk reset breaker:drawdown")).title).toBe("Resetting the drawdown breaker of account main takes a second person");
  expect(openOf("main")).toEqual(["drawdown"]);
  // The same person, at once and under another of their names.
  expect((await at.type("risk reset breaker:drawdown")).title).toMatch(
    /^You asked for this .* you alone may in 30 min, with typed:"RESET drawdown"\.$/,
  );
  // Somebody who may not: it is not their account.
  expect((await at.type("risk reset breaker:drawdown", "discord:3")).title).toContain("only they or an admin can reset its breakers");
  const asked = await at.type("risk reset breaker:drawdown", "discord:2");
  const waiting = await at.desk.press(asked, "Yes, risk reset", "discord:2");
  await at.desk.ledger.append([{ type: "user-linked", user: "telegram:2", to: "discord:2", by: "discord:2" }]);
  await at.desk.approve(waiting, "telegram:2", { platform: "telegram", id: "telegram:2", direct: true });
  expect((await at.desk.press(waiting, "Continue", "discord:2")).title).toBe("The drawdown breaker of account main is closed");
});

test("alone it takes a wait and the very words; what was asked for another opening does not count", async () => {
  opened("main", "drawdown");
  const type = (line: string) => at.local(line);
  expect((await type("risk reset breaker:drawdown")).title).toContain("takes a second person");
  await at.desk.clock.advance(31 * MINUTE_MS);
  expect((await type('risk reset breaker:drawdown typed:"reset drawdown" confirm:yes')).title).toContain(
    'add typed:"RESET drawdown", exactly so',
  );
  expect((await type("risk reset breaker:drawdown confirm:yes")).title).toContain('add typed:"RESET drawdown", exactly so');
  opened("main", "drawdown", { sinceMs: marketMs(SINCE + 1) });
  expect((await type('risk reset breaker:drawdown typed:"RESET drawdown" confirm:yes')).title).toContain("takes a second person");
  await at.desk.clock.advance(31 * MINUTE_MS);
  expect((await type('risk reset breaker:drawdown typed:"RESET drawdown" confirm:yes')).title).toBe(
    "The drawdown breaker of account main is closed",
  );
  expect(openOf("main")).toEqual([]);
});

test("one that halts the desk takes two even on play money", async () => {
  opened("play", "errors", { reaction: "halt" });
  expect((await at.type("risk reset breaker:errors")).title).toContain("takes a second person");
});

test("setting one tells what it does; to let it stop less is asked about, with a second factor where money is real", async () => {
  const made = await at.type("risk set breaker:drawdown at:10% reaction:flatten for:reset account:main");
  expect(made.title).toBe("The drawdown breaker of account main is set");
  expect(textOf(made)).toContain("It opens at 10%, closes positions and denies entries until somebody resets it.");
  expect(setAt("account:main")).toEqual({ drawdown: { at: 10, reaction: "flatten", span: "reset" } });
  const looser = await at.type("risk set breaker:drawdown at:15% account:main");
  expect(textOf(looser)).toContain("stop less than now (10%, closes positions and denies entries until somebody resets it): 15%");
  expect((await at.desk.press(looser, "Yes, risk set")).title).toContain("second factor");
  const off = await at.type("risk set breaker:drawdown at:off account:play");
  expect((await at.desk.press(off, "Yes, risk set")).title).toBe("The drawdown breaker of account play is off");
  expect(setAt("account:play")).toEqual({ drawdown: "off" });
  await at.type("risk set breaker:drawdown at:default account:play");
  expect(setAt("account:play")).toBeUndefined();
});

test.each([
  ["risk set breaker:nonsense at:5%", "breaker: expected one of daily-loss"],
  ["risk set at:5%", "breaker: say which breaker is meant"],
  ["risk set breaker:drawdown at:0%", "at: for drawdown it is 0.1% to 100%, found 0%"],
  ["risk set breaker:drawdown at:101%", "at: for drawdown it is 0.1% to 100%, found 101%"],
  ["risk set breaker:drawdown at:-5%", "at: expected a number in the unit of the breaker"],
  ["risk set breaker:errors at:50% reaction:flatten", "reaction: errors can deny or halt, found flatten"],
  ["risk set breaker:errors at:50% for:reset", "for: errors is tried again after a span such as 5m, found reset"],
  ["risk set breaker:drawdown on:symbol:BTC/USDT at:5%", "drawdown: it is set for bot, account, all, found symbol BTC/USDT"],
  ["risk set breaker:drawdown at:5% daily_loss:3%", "breaker: it is set alone; leave limits and the ceiling out"],
  ["risk set breaker:daily-loss on:all", "at: say from where on daily-loss opens"],
  ["risk reset breaker:drawdown on:bot:nobody", 'bot: there is no bot "nobody"'],
  ["risk reset breaker:gap", "The gap breaker is not open; there is nothing to reset"],
])("`%s` is one clear sentence", async (line, sentence) => {
  const view = await at.type(line);
  expect(view.title).toContain(sentence);
  expect(at.desk.ledger.state.breakers.size).toBe(0);
});
