import { beforeEach, expect, test } from "vitest";
import type { View } from "../../src/ports/view.ts";
import { ADMIN, ChatDesk, HERE, TERMINAL } from "./door.ts";

const YES = "Yes, bot delete";
let desk: ChatDesk;
let asked: View;

beforeEach(async () => {
  desk = await ChatDesk.open();
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  asked = await desk.type("bot delete dip");
});

const exists = () => desk.engine.bot("dip") !== undefined;

test("a dangerous command asks first and runs on yes", async () => {
  expect(asked.tone).toBe("warning");
  expect(exists()).toBe(true);
  expect((await desk.press(asked, YES)).title).toBe("dip is deleted");
  expect(exists()).toBe(false);
});

test("another person cannot confirm", async () => {
  await desk.grant("discord:2", "admin");
  expect((await desk.press(asked, YES, "discord:2")).title).toContain("Only the person who was asked");
  expect(exists()).toBe(true);
});

test("a confirmation counts only where it was asked", async () => {
  expect((await desk.press(asked, YES, ADMIN, { ...HERE, id: "discord:200" })).title).toContain("only where it was asked");
  expect(exists()).toBe(true);
});

test("a confirmation counts once", async () => {
  await desk.press(asked, YES);
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  // What the first press did is done: nobody may read that it was not.
  const again = await desk.press(asked, YES);
  expect(again.title).toMatch(/used already.*Look at what came of it/);
  expect(again.title).not.toContain("Nothing was done");
  expect(exists()).toBe(true);
});

test("a confirmation is too late after 60 s, whatever the wall clock does", async () => {
  desk.clock.stepWall(-3_600_000);
  await desk.clock.advance(60_000);
  expect((await desk.press(asked, YES)).title).toContain("older than 60 s");
  expect(exists()).toBe(true);
});

test("a confirmation ends when the state changed", async () => {
  await desk.type("bot start dip");
  expect((await desk.press(asked, YES)).title).toContain("Things have changed");
  expect(exists()).toBe(true);
});

test("a confirmation holds for its own command only", async () => {
  const pressed = await desk.door.press({ requestId: "x", action: asked.buttons[0]!.action, user: { id: ADMIN, name: "" }, place: HERE });
  if (!("request" in pressed)) throw new Error("expected a request");
  await desk.type("bot create name:top symbol:btc strategy:ema-cross timeframe:1m");
  const other = { ...pressed.request, args: { ...pressed.request.args, bot: "top" } };
  expect((await desk.door.handle(other)).title).toContain("another command");
  expect(desk.engine.bot("top")).toBeDefined();
});

test("a right that was lost meanwhile is not used", async () => {
  await desk.grant("discord:2", "trader");
  const mine = await desk.type("bot delete dip", "discord:2");
  await desk.type("access revoke discord:2");
  expect((await desk.press(mine, YES, "discord:2")).title).toBe("You may not do that here");
  expect(exists()).toBe(true);
});

test("confirm:yes counts at the terminal only", async () => {
  expect((await desk.type("bot delete dip confirm:yes")).title).toContain("not known any more");
  expect(exists()).toBe(true);
  expect(asked.lines.at(-1)).toBe("Press the button to confirm. It works once, for 60 s.");
  const there = await desk.type("bot delete dip", "terminal:local", TERMINAL);
  expect(there.lines.at(-1)).toContain("At the terminal, the command with confirm:yes runs at once.");
  expect((await desk.type("bot delete dip confirm:yes", "terminal:local", TERMINAL)).title).toBe("dip is deleted");
});

test("lowering risk never asks", async () => {
  await desk.type("bot start dip");
  desk.engine.fill("dip", "buy", "0.1", "40000");
  for (const line of ["position close dip", "bot stop dip", "system halt", "panic"])
    expect((await desk.type(line)).title).not.toBe("Please confirm");
  const clearing = await desk.type("system resume");
  expect(clearing.title).toBe("Please confirm");
  const proving = await desk.press(clearing, "Yes, system resume");
  expect(proving.title).toBe("One more step: a second factor");
  await desk.approve(proving);
  expect((await desk.press(proving, "Continue")).title).toBe("The desk trades again");
});
