import { expect, test } from "vitest";
import { askingDoor, FakeDoor, view, WHICH_SYMBOL } from "./fake-door.ts";
import { piped, rigOf, until } from "./rig.ts";

const ASKED = "· Which symbol?\n  bot create: what it trades.\n  1) BTC/USDT  2) ETH/USDT  3) Cancel  (or type it)\n";

test("a question is answered by its number", async () => {
  expect(await piped(["bot create", "2"], askingDoor())).toBe(`> bot create\n${ASKED}> 2\n✓ A bot on ETH/USDT is made\n`);
});

test("a question is answered by a typed text", async () => {
  const door = askingDoor();
  expect(await piped(["bot create", "SOL/USDT"], door)).toBe(`> bot create\n${ASKED}> SOL/USDT\n✓ A bot on SOL/USDT is made\n`);
  expect(door.texts).toEqual(["SOL/USDT"]);
});

test("a typed text that the door refuses is answered by its view", async () => {
  const door = askingDoor();
  door.refusal = view("2 requests wait for a second factor", { tone: "warning" });
  expect(await piped(["bot create", "123456"], door)).toContain("2 requests wait for a second factor");
  expect(door.handled.map(({ path }) => path)).toEqual(["bot create"]);
});

test("a question is answered by the words of a button in any case", async () => {
  const door = askingDoor();
  expect(await piped(["bot create", "eth/usdt"], door)).toContain("✓ A bot on ETH/USDT is made\n");
  expect(door.presses.map(({ action }) => action)).toEqual(["q:token1:1"]);
});

test("a blank line or a comment in a pipe answers nothing", async () => {
  const door = askingDoor();
  expect(await piped(["bot create", "", "# which one?", "BTC/USDT"], door)).toContain("> BTC/USDT\n✓ A bot on BTC/USDT is made\n");
  expect(door.presses).toHaveLength(1);
});

test("a command closes the question", async () => {
  const door = askingDoor();
  const text = await piped(["bot create", "bot list", "1", "SOL/USDT"], door);
  expect(text).toContain('> bot list\n✓ done: bot list\n> 1\n✗ There is no command "1"\n> SOL/USDT\n✗ There is no command "SOL/USDT"\n');
  expect(door.presses).toEqual([]);
  expect(door.texts).toEqual([]);
});

test("a market that is moved closes the question", async () => {
  const door = askingDoor();
  await piped(["bot create", "wait 1h", "1"], door);
  expect(door.presses).toEqual([]);
});

test("a text that comes too late for the door is read as a command", async () => {
  const door = askingDoor();
  door.asks = false;
  expect(await piped(["bot create", "SOL/USDT"], door)).toContain('✗ There is no command "SOL/USDT"\n');
});

test("a question that takes no text says what it takes and stays open", async () => {
  const door = askingDoor();
  door.answers.set("bot list", () => ({ ...WHICH_SYMBOL, question: { argument: "symbol", freeText: false } }));
  const text = await piped(["bot list", "maybe", "9", "1"], door);
  expect(text).toContain("1) BTC/USDT  2) ETH/USDT  3) Cancel\n");
  expect(text).toContain('✗ Expected a number from 1 to 3 or a command, found "maybe". The question is still open.\n');
  expect(text).toContain('found "9". The question is still open.\n');
  expect(text).toContain("✓ A bot on BTC/USDT is made\n");
});

test("a dangerous command is confirmed by its number", async () => {
  const door = askingDoor();
  const text = await piped(["bot delete dip", "1"], door);
  expect(text).toBe(
    "> bot delete dip\n! Please confirm\n  dip will be deleted for good.\n  1) Yes, bot delete  2) Cancel\n> 1\n✓ dip is deleted\n",
  );
  expect(door.accepted.map(({ args }) => args.confirm)).toEqual([undefined, "token2"]);
});

test("canceling a dangerous command does nothing", async () => {
  const door = askingDoor();
  expect(await piped(["bot delete dip", "2", "1"], door)).toContain("· Left it at that; nothing was done\n");
  expect(door.presses).toEqual([]);
  expect(door.handled).toHaveLength(1);
});

test("ordinary buttons stay out of a pipe, and its numbers press none of them", async () => {
  const door = new FakeDoor();
  door.answers.set("bot list", () => view("1 bot", { buttons: [{ label: "Stop", style: "plain", action: "c:panic" }] }));
  expect(await piped(["bot list", "1"], door)).toBe('> bot list\n· 1 bot\n> 1\n✗ There is no command "1"\n');
  expect(door.presses).toEqual([]);
});

test("what is typed for a secret is not echoed", async () => {
  const door = askingDoor();
  door.answers.set("bot list", () => view("Which secret?", { question: { argument: "secret", freeText: true } }));
  const text = await piped(["bot list", "hunter2"], door);
  expect(text).toContain("> …\n");
  expect(text.split("\n").filter((line) => line.startsWith(">"))).not.toContain("> hunter2");
});

test("a button that fails at the door is an answer, not the end of the run", async () => {
  const door = askingDoor();
  door.press = () => Promise.reject(new Error("no such thing"));
  const text = await piped(["bot create", "1", "bot list"], door);
  expect(text).toContain("✗ Something went wrong on our side\n");
  expect(text).toContain("✓ done: bot list\n");
});

test("a question in JSON mode is answered by number too", async () => {
  const { terminal, input, text } = rigOf({ json: true });
  await terminal.start(askingDoor());
  input.write("bot create\n1\n");
  await until(() => text().includes("is made"), "the bot is made");
  const last = JSON.parse(text().trimEnd().split("\n").at(-1)!);
  expect(last).toEqual({ kind: "view", command: "1", view: view("A bot on BTC/USDT is made", { tone: "good" }) });
  await terminal.stop();
});
