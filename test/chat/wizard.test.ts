import { beforeEach, expect, test } from "vitest";
import { ADMIN, ChatDesk, HERE, textOf } from "./door.ts";

let desk: ChatDesk;

beforeEach(async () => {
  desk = await ChatDesk.open();
});

const labels = (view: { buttons: readonly { label: string }[] }) => view.buttons.map(({ label }) => label);

test("/bot create alone makes a bot that runs, without typing", async () => {
  const which = await desk.type("/bot create");
  expect(which.question).toEqual({ argument: "symbol", freeText: true, id: which.buttons[0]?.action.replace(/:0$/, "") });
  expect(labels(which)).toEqual(["BTC/USDT", "ETH/USDT", "SOL/USDT", "Cancel"]);
  const strategy = await desk.press(which, "BTC/USDT");
  expect(labels(strategy)).toContain("ema-cross");
  const timeframe = await desk.press(strategy, "ema-cross");
  expect(labels(timeframe)[0]).toBe("1m");
  const made = await desk.press(timeframe, "1m");
  expect(made.title).toBe("ema-btc is created");
  expect((await desk.press(made, "Start")).title).toBe("ema-btc is running");
});

test("a typed text answers as well as a button", async () => {
  await desk.type("bot create strategy:ema-cross timeframe:5m");
  expect((await desk.say("eth"))?.title).toBe("ema-eth is created");
});

test("a wrong answer is asked again with what is wrong", async () => {
  await desk.type("bot create strategy:ema-cross timeframe:5m");
  const again = await desk.say("DOGE/USDT");
  expect(again?.question?.argument).toBe("symbol");
  expect(textOf(again!)).toContain("this market has no");
  expect((await desk.say("sol"))?.title).toBe("ema-sol is created");
});

test("a bot that does not exist is asked for again, too, and where everybody reads", async () => {
  await desk.type("bot create symbol:eth strategy:ema-cross timeframe:5m name:dip");
  const which = await desk.type("bot show");
  const again = await desk.say("dpi", ADMIN, HERE, which.question?.id);
  expect(textOf(again!)).toContain("did you mean dip?");
  expect(labels(again!)).toEqual(["dip", "Cancel"]);
  expect((await desk.press(again!, "dip")).title).toBe("dip");
  expect(desk.door.isPrivate(desk.request("bot show dpi"))).toBe(false);
  expect(desk.door.isPrivate(desk.request("bot show dpi", "discord:3"))).toBe(true);
});

test("a bot that does not exist is not asked for by whoever named it at once", async () => {
  await desk.type("bot create symbol:eth strategy:ema-cross timeframe:5m name:dip");
  const refused = await desk.type("bot show dpi");
  expect(refused.question).toBeUndefined();
  expect(refused.title).toContain("did you mean dip?");
});

test("a command is never taken for an answer", async () => {
  await desk.type("bot create");
  expect(await desk.say("bot list")).toBeUndefined();
});

test("a question belongs to its person and place", async () => {
  await desk.grant("discord:2", "trader");
  const view = await desk.type("bot create");
  expect((await desk.press(view, "BTC/USDT", "discord:2")).title).toContain("somebody else");
  expect((await desk.press(view, "BTC/USDT", ADMIN, { ...HERE, id: "discord:200" })).title).toContain("somebody else");
  expect(await desk.say("BTC/USDT", "discord:2")).toBeUndefined();
});

test("a question is answered once and can be left", async () => {
  const view = await desk.type("bot create");
  await desk.press(view, "BTC/USDT");
  expect((await desk.press(view, "ETH/USDT")).title).toBe("This question was answered already.");
  const other = await desk.type("bot create");
  expect((await desk.press(other, "Cancel")).title).toContain("nothing was done");
});

test("the same press delivered twice leads to the same next question", async () => {
  const view = await desk.type("bot create");
  const first = await desk.press(view, "BTC/USDT", ADMIN, HERE, "twice");
  const second = await desk.press(view, "BTC/USDT", ADMIN, HERE, "twice");
  const { id, ...same } = first.question!;
  expect(second.question).toMatchObject(same);
  expect([labels(second), second.question?.id === id]).toEqual([labels(first), false]);
});

test("a text that was typed for one question answers that one, however many are open", async () => {
  const first = await desk.type("bot create strategy:ema-cross timeframe:5m");
  const newer = await desk.type("strategy show");
  expect((await desk.say("eth", ADMIN, HERE, first.question?.id))?.title).toBe("ema-eth is created");
  expect((await desk.say("sol", ADMIN, HERE, first.question?.id))?.title).toBe("This question was answered already.");
  expect((await desk.press(newer, "ema-cross")).title).toBe("ema-cross");
});

test("a text that was typed for somebody else's question answers none of one's own", async () => {
  await desk.grant("discord:2", "trader");
  const theirs = await desk.type("bot create strategy:ema-cross timeframe:5m");
  const own = await desk.type("strategy show", "discord:2");
  expect(await desk.say("eth", "discord:2", HERE, theirs.question?.id)).toBeUndefined();
  expect((await desk.press(own, "ema-cross", "discord:2")).title).toBe("ema-cross");
  expect((await desk.say("eth", ADMIN, HERE, theirs.question?.id))?.title).toBe("ema-eth is created");
});

test("a question expires after 15 minutes and with a restart", async () => {
  const view = await desk.type("bot create");
  await desk.clock.advance(15 * 60_000);
  expect((await desk.press(view, "BTC/USDT")).title).toContain("no longer open");
  expect(await desk.say("BTC/USDT")).toBeUndefined();
  const other = await desk.type("bot create");
  desk.restart();
  expect((await desk.press(other, "BTC/USDT")).title).toContain("no longer open");
});

test("the oldest of a thousand open questions makes room", async () => {
  const first = await desk.type("bot create");
  for (let count = 0; count < 1_000; count++) await desk.type("bot create");
  expect((await desk.press(first, "BTC/USDT")).title).toContain("no longer open");
});

test("a missing bot is asked for among those that the person may act on", async () => {
  await desk.type("bot create name:dip symbol:btc strategy:ema-cross timeframe:1m");
  await desk.type("bot create name:top symbol:eth strategy:ema-cross timeframe:1m");
  const view = await desk.type("bot start");
  expect(labels(view)).toEqual(["dip", "top", "all", "Cancel"]);
  expect((await desk.press(view, "top")).title).toBe("top is running");
});

test("a forged or long forgotten button does nothing", async () => {
  for (const action of ["q:zzz:0", "k:zzz", "t:zzz", "nonsense", "q::", "c:bot explode"]) {
    const answer = await desk.door.press({ requestId: "f", action, user: { id: ADMIN, name: "" }, place: HERE });
    expect("view" in answer && answer.view.tone).toBe("bad");
  }
});

test("a command too long for a button goes through a token and still works", async () => {
  const name = `a${"b".repeat(31)}`;
  await desk.type(`bot create name:${name} symbol:btc strategy:ema-cross timeframe:1m`);
  const view = await desk.type(`bot show ${name}`);
  expect(view.buttons.every(({ action }) => Buffer.byteLength(action) <= 60)).toBe(true);
  const long = await desk.type("strategy show bollinger-breakout");
  expect(long.buttons[0]!.action.length).toBeLessThanOrEqual(60);
  expect((await desk.press(long, "Create a bot")).question?.argument).toBe("symbol");
});

test("a question does not say twice what it asks, and the way out stands apart", async () => {
  const view = await desk.type("bot create");
  expect(view.lines).toEqual(["For `bot create`: What to trade; a list makes one bot for each, in a group."]);
  const strategy = await desk.press(view, "BTC/USDT");
  expect(strategy.lines).toEqual(["For `bot create`."]);
  expect(strategy.buttons.at(-1)).toMatchObject({ label: "Cancel", style: "danger" });
});
