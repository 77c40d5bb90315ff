import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { LINE_CHARS_MAX } from "../../../src/platforms/terminal/lines.ts";
import { canary } from "../../kit/canary/canary.ts";
import { FakeDoor, view } from "./fake-door.ts";
import { piped, rigOf, settle, until } from "./rig.ts";

test("a line over 10,000 characters gets the door's sentence, and the next line is whole", async () => {
  const door = new FakeDoor();
  const text = await piped([`bot start ${"x".repeat(10_000)}`, "bot list"], door);
  expect(text).toContain("✗ A command has at most 4,000 characters, this one has 10010.\n> bot list\n✓ done: bot list\n");
  expect(text.length).toBeLessThan(1_000);
});

test("an endless line is dropped in one sentence, unless it is a panic", async () => {
  const door = new FakeDoor();
  const endless = "x".repeat(LINE_CHARS_MAX);
  const text = await piped([`bot start ${endless}`, "bot list", `panic ${endless}`], door);
  expect(text).toContain("✗ A line has at most 1,000,000 characters, this one is longer; it was dropped.");
  expect(door.handled.map(({ path }) => path)).toEqual(["bot list", "panic"]);
});

test("a fast writer waits while a command runs", async () => {
  const door = new FakeDoor();
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof view>>();
  door.answers.set("bot list", () => promise);
  const { terminal, input } = rigOf();
  await terminal.start(door);
  input.write("bot list\n");
  await until(() => door.handled.length === 1, "the command runs");
  for (let count = 0; count < 10; count++) input.write("bot start dip\n".repeat(1_000));
  await settle();
  expect(input.isPaused()).toBe(true);
  expect(input.readableLength).toBeGreaterThan(0);
  resolve(view("done"));
  input.end();
  await terminal.ended;
  expect(door.handled).toHaveLength(10_001);
});

test("a character that two chunks share is read whole", async () => {
  const door = new FakeDoor();
  const { terminal, input } = rigOf();
  await terminal.start(door);
  const bytes = Buffer.from("bot start größe\n");
  const at = bytes.indexOf(0xc3) + 1;
  input.write(bytes.subarray(0, at));
  await settle();
  input.end(bytes.subarray(at));
  await terminal.ended;
  expect(door.handled[0]?.args).toEqual({ bot: "größe" });
});

test("a line that holds a secret is not echoed", async () => {
  const lines = [
    `account connect key:${canary("exchange key")} secret:${canary("exchange secret")}`,
    "bot start 0a1b2c3d4e5f60718293a4b5",
    "bot list",
  ];
  const text = await piped(lines, new FakeDoor());
  expect(text.split("\n").filter((line) => line.startsWith(">"))).toEqual(["> account connect …", "> bot start …", "> bot list"]);
});

test("stop ends reading at once", async () => {
  const door = new FakeDoor();
  const { terminal, input } = rigOf();
  await terminal.start(door);
  const startedMs = performance.now();
  await terminal.stop();
  expect(performance.now() - startedMs).toBeLessThan(50);
  input.write("bot list\n");
  await settle();
  expect(door.handled).toEqual([]);
  await terminal.ended;
});

test("nothing is read or printed before the start", async () => {
  const input = new PassThrough();
  const { text } = rigOf({ input });
  input.write("bot list\n");
  await settle();
  expect(text()).toBe("");
});
