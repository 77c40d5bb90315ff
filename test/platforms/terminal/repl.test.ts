import { expect, test } from "vitest";
import { askingDoor, FakeDoor, view } from "./fake-door.ts";
import { settle, until } from "./rig.ts";
import { KEYS, personAt } from "./tty.ts";

test("a person types a command and gets the answer and a new prompt", async () => {
  const door = new FakeDoor();
  const { terminal, type, rows } = await personAt(door);
  await type(`bot list${KEYS.enter}`, "✓ done: bot list");
  await until(() => rows().at(-1) === "storm>", "a new prompt");
  expect(rows()).toEqual(["· Welcome", "storm> bot list", "✓ done: bot list", "storm>"]);
  await terminal.stop();
});

test("the buttons of an answer are shown as commands, and their numbers press them", async () => {
  const door = new FakeDoor();
  const buttons = [
    { label: "Start", style: "primary", action: "c:bot start dip" },
    { label: "Delete", style: "plain", action: "c:bot delete dip" },
  ] as const;
  door.answers.set("bot list", () => view("1 bot", { buttons }));
  const { terminal, type } = await personAt(door);
  await type(`bot list${KEYS.enter}`, "  next: bot start dip · bot delete dip\n");
  await type(`2${KEYS.enter}`, "✓ done: bot delete");
  await type(`2${KEYS.enter}`, 'There is no command "2"');
  await terminal.stop();
});

test("Enter takes a question's first choice, and cancels what is dangerous", async () => {
  const door = askingDoor();
  const { terminal, type } = await personAt(door);
  await type(`bot create${KEYS.enter}`, "1) BTC/USDT  2) ETH/USDT  3) Cancel  (or type it; Enter: 1)");
  await type(KEYS.enter, "✓ A bot on BTC/USDT is made");
  await type(`bot delete dip${KEYS.enter}`, "1) Yes, bot delete  2) Cancel  (Enter: 2)");
  await type(KEYS.enter, "Left it at that");
  await type(`bot delete dip${KEYS.enter}`, "1) Yes, bot delete");
  await type(`1${KEYS.enter}`, "✓ dip is deleted");
  await terminal.stop();
});

test("Enter at an empty prompt does nothing", async () => {
  const door = new FakeDoor();
  const { terminal, input, rows } = await personAt(door);
  input.write(KEYS.enter);
  await until(() => rows().filter((row) => row === "storm>").length === 2, "a second prompt");
  expect(door.handled).toEqual([]);
  await terminal.stop();
});

test("an alert is printed above the prompt and the typed line stays, cursor and all", async () => {
  const door = new FakeDoor();
  const { terminal, type, rows } = await personAt(door);
  await type("bot lst", "t");
  await type(KEYS.left + KEYS.left, "\u001b");
  await terminal.send("terminal:local", view("Bought 0.1 BTC", { lines: ["at 50,000"] }), { nonce: "1" });
  expect(rows()).toEqual(["· Welcome", "⚡ · Bought 0.1 BTC", "  at 50,000", "storm> bot lst"]);
  await type(`i${KEYS.enter}`, "✓ done: bot list");
  await terminal.stop();
});

test("a typed line of several rows stays whole below an alert", async () => {
  const { terminal, type, rows } = await personAt(new FakeDoor(), { columns: 20 });
  const long = `bot start ${"abcdefghij".repeat(3)}`;
  await type(long, "j");
  await until(() => rows().join("").includes(long), "the whole line");
  for (const title of ["First", "Second"]) await terminal.send("terminal:local", view(title), { nonce: title });
  expect(rows()[0]).toBe("· Welcome");
  expect(rows().slice(1, 3)).toEqual(["⚡ · First", "⚡ · Second"]);
  expect(rows().slice(3).join("")).toBe(`storm> ${long}`);
  await terminal.stop();
});

test("lines typed ahead wait for their turn", async () => {
  const door = new FakeDoor();
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof view>>();
  door.answers.set("bot list", () => promise);
  const { terminal, input, text } = await personAt(door);
  input.write(`bot list${KEYS.enter}bot start dip${KEYS.enter}`);
  await settle();
  expect(door.handled.map(({ path }) => path)).toEqual(["bot list"]);
  resolve(view("none"));
  await until(() => text().includes("done: bot start"), "both answers");
  await terminal.stop();
});

test("Ctrl+C clears the line and closes the question, the second one ends the desk", async () => {
  const door = askingDoor();
  const { terminal, type, rows, input } = await personAt(door);
  let ended = false;
  void terminal.ended.then(() => {
    ended = true;
  });
  await type(`bot create${KEYS.enter}`, "Which symbol?");
  await type("half a li", "li");
  await type(KEYS.ctrlC, "Press Ctrl+C again to stop the desk.");
  expect(rows().at(-1)).toBe("storm>");
  await type(`1${KEYS.enter}`, 'There is no command "1"');
  await type(KEYS.ctrlC, "Press Ctrl+C again");
  expect(ended).toBe(false);
  input.write(KEYS.ctrlC);
  await terminal.ended;
  expect(input.isRaw).toBe(false);
});

test("Ctrl+C twice ends the desk during a command too", async () => {
  const door = new FakeDoor();
  door.answers.set("bot list", () => new Promise(() => undefined));
  const { terminal, input, type } = await personAt(door);
  input.write(`bot list${KEYS.enter}`);
  await until(() => door.handled.length === 1, "the command runs");
  await type(KEYS.ctrlC, "Press Ctrl+C again");
  input.write(KEYS.ctrlC);
  await terminal.ended;
});

test.each([
  ["Ctrl+D", KEYS.ctrlD],
  ["exit", `exit${KEYS.enter}`],
  ["quit", `quit${KEYS.enter}`],
])("%s ends the desk, also where a script would not", async (_name, keys) => {
  const { terminal, input } = await personAt(new FakeDoor(), { endsAtEof: false });
  expect(input.isRaw).toBe(true);
  input.write(keys);
  await terminal.ended;
  expect(input.isRaw).toBe(false);
});

test("clear clears the screen", async () => {
  const { terminal, type } = await personAt(new FakeDoor());
  await type(`clear${KEYS.enter}`, "\u001b[2J");
  await terminal.stop();
});

test("stop restores the terminal at once", async () => {
  const { terminal, input } = await personAt(new FakeDoor());
  expect(input.isRaw).toBe(true);
  const startedMs = performance.now();
  await terminal.stop();
  expect(performance.now() - startedMs).toBeLessThan(50);
  expect(input.isRaw).toBe(false);
  await terminal.ended;
});

test("a pasted line without an end is dropped in one sentence and holds nothing up", async () => {
  const door = new FakeDoor();
  const { terminal, input, type } = await personAt(door);
  const startedMs = performance.now();
  for (let count = 0; count < 50; count++) input.write("x".repeat(10_000));
  await type(KEYS.enter, "A line has at most 10,000 characters, this one is longer");
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  await type(`bot list${KEYS.enter}`, "✓ done: bot list");
  expect(door.handled).toHaveLength(1);
  await terminal.stop();
});
