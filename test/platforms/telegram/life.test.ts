import { expect, test } from "vitest";
import { systemClock } from "../../../src/system/clock.ts";
import { FakeDoor, gate, view } from "./fake-door.ts";
import { begin, cleanUpAfterEach, counterpart, desk, until } from "./rig.ts";

cleanUpAfterEach();

test("the menu is the catalog under derived names, and is set only when it differs", async () => {
  const telegram = await counterpart();
  const door = new FakeDoor();
  const info = (path: string, summary: string) => ({ path, summary, args: [] });
  door.commands = [
    info("bot start", `Start ${"x".repeat(300)}`),
    info("panic", ""),
    info("Bad-Name", "No"),
    info("system health", "Well?"),
  ];
  const first = await begin(telegram.apiUrl, telegram.token, {}, door);
  await until(() => telegram.commandsFor().length === 3);
  expect(telegram.commandsFor().map(({ command }) => command)).toEqual(["bot_start", "panic", "system_health"]);
  expect(telegram.commandsFor()[0]?.description).toHaveLength(256);
  await first.platform.stop();
  await begin(telegram.apiUrl, telegram.token, {}, door);
  await until(() => telegram.calls.filter(({ method }) => method === "getMyCommands").length === 2);
  await telegram.ask(telegram.user, "/help");
  expect(telegram.calls.filter(({ method }) => method === "setMyCommands")).toHaveLength(1);
});

test("a menu that cannot be set stops nothing", async () => {
  const telegram = await counterpart();
  telegram.fault({ method: "getMyCommands", status: 500, description: "Internal Server Error" });
  const { notes } = await begin(telegram.apiUrl, telegram.token);
  await telegram.ask(telegram.user, "/help");
  await until(() => notes.lines.some(({ message }) => message === "the Telegram menu could not be set"));
});

test("an API that is away at the start is tried with growing pauses until it is there", async () => {
  const away = await counterpart();
  const port = Number(new URL(away.apiUrl).port);
  await away.stop();
  const { platform, clock, notes, failures } = await begin(away.apiUrl, away.token);
  const failed = () => notes.lines.filter(({ message }) => message.includes("cannot be reached"));
  for (let pauseMs = 1_000, tries = 1; tries <= 8; tries += 1, pauseMs *= 2) {
    await until(() => failed().length === tries && clock.sleeping === 1);
    await clock.advance(Math.min(pauseMs, 60_000));
  }
  expect(
    failed()
      .slice(0, 8)
      .map(({ facts }) => facts.waitMs),
  ).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000));
  expect(platform.reachable).toBe(false);
  await until(() => clock.sleeping === 1);
  const telegram = await counterpart(port);
  await clock.advance(60_000);
  expect(telegram.textOf(await telegram.ask(telegram.user, "/help"))).toContain("done: help");
  expect(platform.reachable).toBe(true);
  expect(failures).toEqual([]);
  expect(JSON.stringify(notes.lines)).not.toContain(away.token);
});

test("an API that goes away is noticed, and its return as well", async () => {
  const { telegram, platform, clock } = await desk();
  expect(platform.reachable).toBe(true);
  telegram.fault({ method: "getUpdates", html: 502, times: 2 });
  telegram.closeAllConnections();
  await until(() => !platform.reachable && clock.sleeping === 1);
  for (const _ of [1, 2, 3]) {
    await clock.advance(4_000);
    await until(() => clock.sleeping === 1 || platform.reachable);
  }
  await until(() => platform.reachable && telegram.isPolled);
});

test("a wrong token ends Telegram with one sentence that names the setting", async () => {
  const telegram = await counterpart();
  const { platform, clock, failures, notes } = await begin(telegram.apiUrl, "123:wrong");
  await until(() => failures.length > 0);
  await clock.advance(600_000);
  expect(failures).toEqual([expect.stringContaining("TELEGRAM_TOKEN")]);
  expect(notes.lines.map(({ level }) => level)).toEqual(["error"]);
  expect(JSON.stringify(notes.lines)).not.toContain("123:wrong");
  expect(platform.reachable).toBe(false);
});

test("a second poller ends the poll with an alert, and a minute later we try again", async () => {
  const { telegram, clock, failures, platform } = await desk();
  telegram.secondPoller();
  await until(() => failures.length === 1 && clock.sleeping === 1);
  expect(failures[0]).toMatch(/second process.*token/);
  expect(telegram.isPolled).toBe(false);
  // Messages still go out: only reading is taken away.
  await platform.send(String(telegram.chat.id), view("alert"), { nonce: "n" });
  await clock.advance(59_000);
  expect(telegram.isPolled).toBe(false);
  await clock.advance(1_000);
  await until(() => telegram.isPolled);
  await telegram.ask(telegram.user, "/help");
  expect(failures).toHaveLength(1);
});

test("numbers of updates that begin anew change nothing", async () => {
  const { telegram, door } = await desk();
  await telegram.ask(telegram.user, "/bot start dip");
  telegram.restartUpdateIds(5);
  await telegram.ask(telegram.user, "/bot start calm");
  await telegram.ask(telegram.user, "/bot start swift");
  expect(door.handled.map(({ args }) => args.rest)).toEqual(["dip", "calm", "swift"]);
});

test("a stop ends the poll at once, also while a command hangs, and what was confirmed does not come again", async () => {
  const { telegram, platform, door } = await desk({ clock: systemClock() });
  await telegram.ask(telegram.user, "/bot_list");
  door.onHandle = () => gate<ReturnType<typeof view>>().opened;
  telegram.say(telegram.user, "/bot start dip");
  await until(() => door.handled.length === 2 && telegram.isPolled);
  const beganMs = performance.now();
  await platform.stop();
  expect(performance.now() - beganMs).toBeLessThan(300);
  await until(() => !telegram.isPolled);
  expect(platform.reachable).toBe(false);
  const next = await begin(telegram.apiUrl, telegram.token);
  await until(() => telegram.isPolled);
  expect(next.door.handled).toEqual([]);
});

test("an answer that is ready at a stop still leaves, and its command is confirmed", async () => {
  const { telegram, platform, door } = await desk({ clock: systemClock() });
  const stored = gate<"new">();
  door.onAccept = () => stored.opened;
  door.mustStore = () => true;
  telegram.say(telegram.user, "/bot_list");
  await until(() => door.accepted.length === 1);
  const stopped = platform.stop();
  stored.open("new");
  await stopped;
  expect(telegram.botMessages(telegram.chat).map(({ text }) => text)).toEqual(["done: bot list"]);
  const next = await begin(telegram.apiUrl, telegram.token);
  await until(() => telegram.isPolled);
  expect(next.door.accepted).toEqual([]);
});
