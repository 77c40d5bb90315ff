import { beforeEach, expect, test } from "vitest";
import { strategyNames } from "../../src/strategies/registry.ts";
import { ChatDesk, textOf } from "../chat/door.ts";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
});

const spec = (name: string) => desk.engine.bot(name)!.state.spec;

test("two rules make a bot, which keeps their canonical text and shows it", async () => {
  const made = await desk.type(
    'bot create symbol:btc timeframe:5m enter:"RSI(14)<30 and close>ema(200)" exit:"rsi(14) > 60 or bars_held >= 48"',
  );
  expect(made.title).toBe("rules-btc is created");
  expect(spec("rules-btc")).toMatchObject({
    strategy: "rules",
    params: {},
    rules: { enter: "rsi(14) < 30 and close > ema(200)", exit: "rsi(14) > 60 or bars_held >= 48" },
  });
  expect(textOf(made)).toContain(
    "Strategy: rules of its own\nEnter: rsi(14) < 30 and close > ema(200)\nExit: rsi(14) > 60 or bars_held >= 48",
  );
});

test("what is missing is asked for: the strategy may be rules, then each of them, and a wrong answer is asked again", async () => {
  const strategy = await desk.type("bot create name:dip symbol:btc timeframe:1m");
  expect(strategy.title).toBe("Which strategy? (rules: your own)");
  expect(strategy.buttons.map(({ label }) => label)).toEqual([...strategyNames(), "rules", "Cancel"]);
  expect((await desk.press(strategy, "rules")).title).toContain("When does it buy?");
  const again = await desk.say("rsi(14) < 30 and pnl_pct > 2%");
  expect(textOf(again!)).toContain("enter: column 18: expected nothing about a position");
  const exit = await desk.say("rsi(14) < 30");
  expect(exit!.title).toContain("When does it sell?");
  expect((await desk.press(exit!, "none")).title).toBe("dip is created");
  expect(spec("dip").rules).toEqual({ enter: "rsi(14) < 30", exit: undefined });
  expect(textOf(await desk.type("bot show dip"))).toContain("Exit: none: only its stop and target");
});

test("with one rule only the other one is asked for", async () => {
  expect((await desk.type('bot create symbol:btc timeframe:1m enter:"close > 1"')).title).toContain("When does it sell?");
  expect((await desk.type('bot create symbol:btc timeframe:1m exit:"close > 1"')).title).toContain("When does it buy?");
});

test.each([
  ['enter:"rsi(14) <" exit:none', "enter: column 10: expected a value"],
  ['enter:"rsi(14) < 0" exit:none', "enter: column 9: expected a rule that can be true, and rsi(14) < 0 never holds"],
  ['enter:"close > 1" exit:"close < 0"', "exit: column 7: expected a rule that can be true"],
  ['strategy:ema-cross enter:"close > 1"', "enter: a bot follows a strategy or rules of its own, found both"],
  ['strategy:ema-cross exit:"close > 1"', "exit: a bot follows a strategy or rules of its own, found both"],
  ['enter:"close > 1" exit:none params:fast=9', "params: rules of its own take no parameters"],
])("bot create %s is refused in one sentence", async (given, sentence) => {
  const view = await desk.type(`bot create symbol:btc timeframe:1m ${given}`);
  expect(view.tone).toBe("bad");
  expect(view.title).toContain(sentence);
  expect(desk.engine.bots()).toEqual([]);
});

test("rules are completed as they are typed", async () => {
  const offered = async (argument: string, typed: string) =>
    (await desk.door.complete("bot create", argument, typed, "discord:1", {})).map(({ value }) => value);
  expect(await offered("enter", "rs")).toEqual(["rsi"]);
  expect(await offered("exit", "n")).toEqual(["none", "not"]);
  expect(await offered("strategy", "ru")).toEqual(["rules"]);
});
