import { beforeAll, expect, test } from "vitest";
import { LINE_MAX, parseLine } from "../../src/chat/line.ts";
import type { CommandInfo } from "../../src/ports/platform.ts";
import { ChatDesk } from "./door.ts";

let catalog: readonly CommandInfo[];

beforeAll(async () => {
  catalog = (await ChatDesk.open()).door.catalog();
});

const read = (line: string) => parseLine(line, catalog);
const refused = (line: string) => {
  const answer = read(line);
  if ("path" in answer) throw new Error(`${line} was read as ${answer.path}`);
  return [answer.problem.title, ...answer.problem.lines].join(" ");
};

test.each([
  ["bot start dip", "bot start", { bot: "dip" }],
  ["/bot start dip", "bot start", { bot: "dip" }],
  ["/bot_start@ScalpStormBot dip", "bot start", { bot: "dip" }],
  ["Bot Start  bot:dip", "bot start", { bot: "dip" }],
  ["bot start bot: dip", "bot start", { bot: "dip" }],
  ["/", "help", {}],
  ["help bot create", "help", { about: "bot create" }],
  ["/start", "help", {}],
  ["/start abcdef123456", "access link", { code: "abcdef123456" }],
  ["stats daily 14", "stats daily", { days: "14" }],
  ["access grant discord:42 operator scope:bot:dip", "access grant", { user: "discord:42", role: "operator", scope: "bot:dip" }],
  ["channel digest 08:30 zone:Europe/Berlin", "channel digest", { at: "08:30", zone: "Europe/Berlin" }],
  ["channel quiet 22:00-07:00 zone:Europe/Berlin", "channel quiet", { hours: "22:00-07:00", zone: "Europe/Berlin" }],
  ["bot create BTC/USDT ema-cross 5m name:dip", "bot create", { symbol: "BTC/USDT", strategy: "ema-cross", timeframe: "5m", name: "dip" }],
  ['bot create params:"fast=9 slow=21"', "bot create", { params: "fast=9 slow=21" }],
  ["bot create params:\u201cfast=9 slow=21\u201d", "bot create", { params: "fast=9 slow=21" }],
  ["bot create params:'fast=9 slow=21' start:yes", "bot create", { params: "fast=9 slow=21", start: "yes" }],
  ['system halt reason:"say \\"no\\"" for:4h', "system halt", { reason: 'say "no"', for: "4h" }],
  ["system halt news at 12:00 for:4h", "system halt", { reason: "news at 12:00", for: "4h" }],
  ["panic", "panic", {}],
  ["PANIC everything: it burns", "panic", { reason: "everything: it burns" }],
  ["panic reason: it burns", "panic", { reason: "it burns" }],
])("reads %s", (line, path, args) => {
  expect(read(line)).toEqual({ path, args });
});

test("suggests the nearest command for an unknown one", () => {
  expect(refused("bot strat dip")).toContain("`bot start`");
  expect(refused("bto list")).toContain("`bot list`");
});

test.each([
  ["halt", "Did you mean `system halt`?"],
  ["halt news", "Did you mean `system halt`?"],
  ["resume", "Did you mean `system resume`?"],
  ["positions", "Did you mean `position list`?"],
  ["positions close", "Did you mean `position close`?"],
  ["stop a", "Did you mean `bot stop`?"],
  ["sart a", "Did you mean `bot start`?"],
  ["close all", "Did you mean `position close`?"],
  ["balance", "Did you mean `account balance`?"],
  ["pnl", "Did you mean `stats today`?"],
  ["bots", "Did you mean `bot list`?"],
  ["list bots", "Did you mean `bot list`?"],
  ["strategies", "Did you mean `strategy list`?"],
  ["halp", "Did you mean `help`?"],
  ["hlep bot set", "Did you mean `help`?"],
  ["cancel", "Did you mean `backtest cancel` or `order cancel`?"],
  ["remove a1", "Did you mean `account remove`, `alert remove` or `lock remove`?"],
  ["lend", "`help` shows all commands."],
])("finds the command that %s is a part or a slip of", (line, answer) => {
  expect(refused(line)).toContain(answer);
});

test("offers the commands that a word may mean as buttons, and lists them where they are many", () => {
  const buttons = (line: string) => {
    const answer = read(line);
    return "path" in answer ? [] : answer.problem.buttons.map(({ label, action }) => [label, action]);
  };
  expect(buttons("halt")).toEqual([
    ["system halt", "c:system halt"],
    ["Help", "c:help"],
  ]);
  expect(refused("list")).toContain("With `list` there are: access list, account list,");
  expect(buttons("list")).toHaveLength(5);
});

test("lists the verbs of a noun that stands alone", () => {
  expect(refused("channel")).toContain("channel digest, channel list, channel quiet, channel subscribe, channel unsubscribe");
});

test("suggests the nearest argument for an unknown one", () => {
  expect(refused("bot create symbl:BTC/USDT")).toContain("Did you mean symbol: ?");
  expect(refused("system version colour:red")).toContain("It takes none.");
});

test("refuses a line of 10,000 characters in one sentence", () => {
  const sentence = refused(`bot start ${"x".repeat(9_990)}`);
  expect(sentence).toBe("A command has at most 4,000 characters, this one has 10,000; send a shorter one.");
});

test("reads a panic of any length", () => {
  expect(read(`panic ${"x".repeat(9_994)}`)).toEqual({ path: "panic", args: { reason: "x".repeat(LINE_MAX - "panic ".length) } });
});

test("says which quote is never closed", () => {
  expect(refused('bot create params:"fast=9')).toContain("never closed");
});

test("refuses an argument that is given twice and words that fit nowhere", () => {
  expect(refused("bot start bot:dip bot:top")).toContain("given twice");
  expect(refused("bot create BTC/USDT ema-cross 5m now")).toContain('I do not know what "now" is for');
});
