import { expect, test } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import type { Button } from "../../../src/ports/view.ts";
import { askingDoor, FakeDoor, view } from "./fake-door.ts";
import { piped, rigOf } from "./rig.ts";

test("a pipe runs its commands one after another and prints each below its line", async () => {
  const door = new FakeDoor();
  let running = 0;
  door.answers.set("bot list", async () => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return view("2 bots, 1 running");
  });
  const text = await piped(["bot list", "", "# a note", "  bot start dip  ", "bot list\r"], door);
  expect(text).toBe("> bot list\n· 2 bots, 1 running\n> bot start dip\n✓ done: bot start\n> bot list\n· 2 bots, 1 running\n");
  expect(door.handled.map(({ args }) => args)).toEqual([{}, { bot: "dip" }, {}]);
});

test("a last line without a line end is a command too", async () => {
  const { terminal, input, text } = rigOf();
  await terminal.start(new FakeDoor());
  input.end("bot list");
  await terminal.ended;
  expect(text()).toBe("· Welcome\n> bot list\n✓ done: bot list\n");
});

test("requests come from the terminal's one person and place, under ids that differ between runs", async () => {
  const ids: string[] = [];
  for (const startMs of [0, 1]) {
    const door = new FakeDoor();
    const { terminal, input, clock } = rigOf();
    clock.stepWall(startMs);
    const again = rigOf({ clock, input });
    await terminal.stop();
    await again.terminal.start(door);
    input.end("bot list\nbot start dip\n");
    await again.terminal.ended;
    expect(door.handled[0]).toMatchObject({
      user: { id: "terminal:local", name: "you" },
      place: { platform: "terminal", id: "terminal:local", direct: true },
    });
    expect(door.accepted.map(({ path }) => path)).toEqual(["bot start"]);
    ids.push(...door.handled.map(({ id }) => id));
  }
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^terminal:[a-z0-9]+:\d+$/);
});

test("a command that could not be stored is not carried out", async () => {
  const door = new FakeDoor();
  door.onAccept = () => Promise.reject(new Error("disk full"));
  expect(await piped(["bot start dip"], door)).toContain("✗ Nothing was done\n");
  expect(door.handled).toEqual([]);
});

test("JSON mode prints one line per view and names the command", async () => {
  const { terminal, input, text } = rigOf({ json: true });
  const door = askingDoor();
  const start: Button = { label: "Start", style: "plain", action: "c:bot start dip" };
  door.answers.set("bot list", () => view("1 bot\u202e", { buttons: [start] }));
  await terminal.start(door);
  await terminal.send("terminal:local", view("A fill"), { nonce: "1" });
  await terminal.send("terminal:local", view("A fill"), { nonce: "1", repeatOf: "1" });
  input.end("bot list\nbot create\n");
  await terminal.ended;
  const lines = text()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines[0]).toEqual({ kind: "welcome", view: view("Welcome") });
  expect(lines[1]).toEqual({ kind: "alert", view: view("A fill") });
  expect(lines[2]).toEqual({ kind: "alert", repeat: true, view: view("A fill") });
  expect(lines[3]).toEqual({ kind: "view", command: "bot list", view: view("1 bot", { buttons: [start] }) });
  expect(lines[4].command).toBe("bot create");
  expect(JSON.stringify(lines[4])).not.toContain("token1");
  expect(lines).toHaveLength(5);
});

test("a failing command does not end the run", async () => {
  const { terminal, input, text } = rigOf();
  await terminal.start(new FakeDoor());
  input.end("nonsense\nbot list\nwait forever\n");
  await terminal.ended;
  expect(text()).toContain('✗ There is no command "nonsense"\n> bot list\n✓ done: bot list\n');
});

test("wait hands its span to the market, and refuses what is no span", async () => {
  const spans: unknown[] = [];
  const wait = async (span: unknown) => {
    spans.push(span);
    return view("Moved");
  };
  const lines = ["wait 2h", "wait 90m", "wait 1d", "wait 1h30m", "wait for:15s", "wait until:end", "/wait end"];
  await piped(lines, new FakeDoor(), { wait });
  const hour = 3_600_000;
  expect(spans).toEqual([
    { forMs: 2 * hour },
    { forMs: 1.5 * hour },
    { forMs: 24 * hour },
    { forMs: 1.5 * hour },
    { forMs: 15_000 },
    "end",
    "end",
  ]);
  const bad = await piped(["wait", "wait 0h", "wait 2 weeks", "wait 99999d"], new FakeDoor(), { wait });
  expect(bad.match(/✗ wait takes a span of market time/g)).toHaveLength(4);
  expect(bad).toContain('found "2 weeks".');
  expect(spans).toHaveLength(7);
});

test("a market that cannot be moved says why", async () => {
  const wait = () => Promise.reject(new UserError("This market runs by itself."));
  expect(await piped(["wait 2h"], new FakeDoor(), { wait })).toBe("> wait 2h\n✗ This market runs by itself.\n");
});

test("exit ends the desk and leaves the rest unread", async () => {
  const door = new FakeDoor();
  const text = await piped(["exit", "bot list"], door, { endsAtEof: false });
  expect(text).toBe("> exit\n");
  expect(door.handled).toEqual([]);
});
