import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { looksPrivate } from "../../../src/platforms/terminal/private-lines.ts";
import { canary } from "../../kit/canary/canary.ts";
import { discard, temporaryFolder } from "../../kit/canary/watch.ts";
import { askingDoor, FakeDoor, view } from "./fake-door.ts";
import { KEYS, personAt } from "./tty.ts";

let folder = "";
let historyFile = "";

beforeEach(async () => {
  folder = temporaryFolder("history");
  historyFile = join(folder, "data", "history");
});

afterEach(async () => {
  discard(folder);
});

test("typed commands are kept for the next day, for their owner only", async () => {
  const first = await personAt(new FakeDoor(), { historyFile });
  await first.type(`bot list${KEYS.enter}`, "done: bot list");
  await first.type(`bot start dip${KEYS.enter}`, "done: bot start");
  await first.terminal.stop();
  expect(await readFile(historyFile, "utf8")).toBe("bot list\nbot start dip\n");
  expect((await stat(historyFile)).mode & 0o777).toBe(0o600);
  const second = await personAt(new FakeDoor(), { historyFile });
  await second.type(KEYS.up, "bot start dip");
  await second.type(KEYS.up, "bot list");
  await second.terminal.stop();
});

test("secrets, answers and numbers are never kept, in memory neither", async () => {
  const door = askingDoor();
  door.answers.set("bot list", () => view("Which secret?", { question: { argument: "secret", freeText: true } }));
  const { terminal, type } = await personAt(door, { historyFile });
  await type(`panic${KEYS.enter}`, "done: panic");
  await type(`account connect key:${canary("exchange key")} secret:${canary("exchange secret")}${KEYS.enter}`, "done: account connect");
  await type(`bot start 0a1b2c3d4e5f60718293a4b5${KEYS.enter}`, "done: bot start");
  await type(`1${KEYS.enter}`, "no command");
  await type(`bot list${KEYS.enter}`, "Which secret?");
  await type(`${canary("other secret", 16)}${KEYS.enter}`, `A bot on ${canary("other secret", 16)}`);
  await type(KEYS.up, "bot list");
  await type(KEYS.up, "panic");
  await terminal.stop();
  expect(await readFile(historyFile, "utf8")).toBe("panic\nbot list\n");
});

test("at most 500 lines are kept", async () => {
  historyFile = join(folder, "history");
  const old = Array.from({ length: 700 }, (_, index) => `bot show old${index}`);
  await writeFile(historyFile, `${old.join("\n")}\n`);
  const { terminal, type } = await personAt(new FakeDoor(), { historyFile });
  await type(`bot list${KEYS.enter}`, "done: bot list");
  await terminal.stop();
  const lines = (await readFile(historyFile, "utf8")).trimEnd().split("\n");
  expect(lines).toHaveLength(500);
  expect(lines[0]).toBe("bot show old201");
  expect(lines.at(-1)).toBe("bot list");
});

test("a history that cannot be kept is no fault", async () => {
  await writeFile(join(folder, "data"), "a file where a folder should be");
  const { terminal, type } = await personAt(new FakeDoor(), { historyFile });
  await type(`bot list${KEYS.enter}`, "done: bot list");
  await terminal.stop();
});

test.each([
  "account connect",
  "/account_connect x",
  "x api_key:1",
  "x SECRET = y",
  "access link code:AB12",
  "run 4f9c1d2e3b4a5968778695a4",
])("looks secret: %s", (line) => {
  expect(looksPrivate(line)).toBe(true);
});

test.each([
  "bot create symbol:BTC/USDT,ETH/USDT name:dip",
  "strategy show bollinger-breakout",
  "help",
  "bot why a-long-name-without-digits",
])("looks harmless: %s", (line) => {
  expect(looksPrivate(line)).toBe(false);
});
