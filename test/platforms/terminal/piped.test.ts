import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import { LINE_CHARS_MAX } from "../../../src/platforms/terminal/lines.ts";
import { askingDoor, FakeDoor, view } from "./fake-door.ts";
import { piped, rigOf, settle, until } from "./rig.ts";

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
  door.answers.set("bot list", () => view("1 bot\u202e", { buttons: [{ label: "Start", style: "plain", action: "c:bot start dip" }] }));
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
  const start = { label: "Start", style: "plain", action: "c:bot start dip" };
  expect(lines[3]).toEqual({ kind: "view", command: "bot list", view: view("1 bot", { buttons: [start] }) });
  expect(lines[4].command).toBe("bot create");
  expect(JSON.stringify(lines[4])).not.toContain("token1");
  expect(lines).toHaveLength(5);
});

test("a failing command does not end the run, and is counted", async () => {
  const { terminal, input, text } = rigOf();
  await terminal.start(new FakeDoor());
  input.end("nonsense\nbot list\nwait forever\n");
  await terminal.ended;
  expect(text()).toContain('✗ There is no command "nonsense"\n> bot list\n✓ done: bot list\n');
  expect(terminal.failures).toBe(2);
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

test("the alerts of a moved market come before its answer, without holding it up", async () => {
  const rig = rigOf({
    wait: async () => {
      await rig.terminal.send("terminal:local", view("Bought"), { nonce: "1" });
      return view("Moved");
    },
  });
  await rig.terminal.start(new FakeDoor());
  rig.input.end("wait 2h\n");
  await rig.terminal.ended;
  expect(rig.text()).toBe("· Welcome\n> wait 2h\n⚡ · Bought\n· Moved\n");
});

test("the alerts that a command sets off come after its answer and before the next line", async () => {
  const rig = rigOf();
  const door = new FakeDoor();
  const sent: Promise<string>[] = [];
  door.answers.set("bot start", () => {
    for (const title of ["Bought", "Sold"]) sent.push(rig.terminal.send("terminal:local", view(title), { nonce: title }));
    return view("Started");
  });
  await rig.terminal.start(door);
  rig.input.end("bot start dip\nbot list\n");
  await rig.terminal.ended;
  expect(rig.text()).toBe("· Welcome\n> bot start dip\n· Started\n⚡ · Bought\n⚡ · Sold\n> bot list\n✓ done: bot list\n");
  const ids = await Promise.all(sent);
  expect(new Set(ids).size).toBe(2);
});

test("an alert does not wait longer than 2 s for a slow command", async () => {
  const { terminal, input, text, clock } = rigOf();
  const door = new FakeDoor();
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof view>>();
  door.answers.set("bot list", () => promise);
  await terminal.start(door);
  input.write("bot list\n");
  await until(() => door.handled.length === 1, "the command runs");
  const sent = terminal.send("terminal:local", view("Critical"), { nonce: "1" });
  await clock.advance(1_999);
  expect(text()).not.toContain("Critical");
  await clock.advance(1);
  await sent;
  expect(text()).toContain("⚡ · Critical");
  resolve(view("At last"));
  await until(() => text().includes("At last"), "the answer is printed");
  expect(clock.sleeping).toBe(0);
  await terminal.stop();
});

test("repeats, updates and interrupted requests say what they are", async () => {
  const { terminal, text } = rigOf();
  await terminal.start(new FakeDoor());
  await terminal.send("terminal:local", view("A fill"), { nonce: "1", repeatOf: "1" });
  await terminal.edit("terminal:local", "x", view("3 fills"));
  const request = {
    id: "1",
    path: "bot start",
    args: {},
    user: { id: "u", name: "u" },
    place: { platform: "terminal", id: "terminal:local", direct: true },
  };
  await terminal.settleInterrupted(request, view("Interrupted, nothing was done"));
  expect(text()).toBe("· Welcome\n⚡ · A fill (repeat)\n⚡ · 3 fills (updated)\n· Interrupted, nothing was done\n");
  await expect(terminal.send("terminal:elsewhere", view("x"), { nonce: "1" })).rejects.toThrow(UserError);
  await terminal.stop();
});

test("at the end of its input a desk that runs on still prints alerts", async () => {
  const { terminal, input, text } = rigOf({ endsAtEof: false });
  let ended = false;
  void terminal.ended.then(() => {
    ended = true;
  });
  await terminal.start(new FakeDoor());
  input.end("bot list\n");
  await until(() => text().includes("done"), "the line is answered");
  await settle();
  expect(ended).toBe(false);
  await terminal.send("terminal:local", view("Still here"), { nonce: "1" });
  expect(text()).toContain("Still here");
  await terminal.stop();
  await terminal.ended;
});

test("exit ends the desk and leaves the rest unread", async () => {
  const door = new FakeDoor();
  const text = await piped(["exit", "bot list"], door, { endsAtEof: false });
  expect(text).toBe("> exit\n");
  expect(door.handled).toEqual([]);
});

test("a reader that went away ends no desk: commands run on, alerts are refused as never sent", async () => {
  const output = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    },
  });
  const door = new FakeDoor();
  const { terminal, input } = rigOf({ output });
  await terminal.start(door);
  input.write("bot list\n");
  await until(() => door.handled.length === 1, "the command runs");
  expect(terminal.reachable).toBe(false);
  await expect(terminal.send("terminal:local", view("x"), { nonce: "1" })).rejects.toThrow("Nobody reads");
  input.end("bot start dip\n");
  await terminal.ended;
  expect(door.handled).toHaveLength(2);
});

test("an alert counts as sent only when it was flushed", async () => {
  const flushes: (() => void)[] = [];
  const output = new Writable({ write: (_chunk, _encoding, done) => void flushes.push(done) });
  const { terminal } = rigOf({ output });
  await terminal.start(new FakeDoor());
  let sent = false;
  void terminal.send("terminal:local", view("x"), { nonce: "1" }).then(() => {
    sent = true;
  });
  await settle();
  flushes.shift()?.();
  await settle();
  expect(sent).toBe(false);
  flushes.shift()?.();
  await until(() => sent, "the alert is sent");
  const lost = terminal.send("terminal:local", view("y"), { nonce: "2" });
  await settle();
  output.destroy();
  await expect(lost).rejects.toThrow("closed before");
  await terminal.stop();
});

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
  const lines = ["account connect key:AKIA123 secret:hunter2", "bot start 0a1b2c3d4e5f60718293a4b5", "bot list"];
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

test("interim views of long work are printed as they come", async () => {
  const door = new FakeDoor();
  door.answers.set("panic", (_request, onProgress) => {
    onProgress(view("Selling 2 positions"));
    return view("All flat", { tone: "good" });
  });
  expect(await piped(["panic"], door)).toBe("> panic\n· Selling 2 positions\n✓ All flat\n");
});

test("nothing is read or printed before the start", async () => {
  const input = new PassThrough();
  const { text } = rigOf({ input });
  input.write("bot list\n");
  await settle();
  expect(text()).toBe("");
});
