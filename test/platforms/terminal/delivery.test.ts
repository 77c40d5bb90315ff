import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import { FakeDoor, view } from "./fake-door.ts";
import { piped, rigOf, settle, until } from "./rig.ts";

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

test("interim views of long work are printed as they come", async () => {
  const door = new FakeDoor();
  door.answers.set("panic", (_request, onProgress) => {
    onProgress(view("Selling 2 positions"));
    return view("All flat", { tone: "good" });
  });
  expect(await piped(["panic"], door)).toBe("> panic\n· Selling 2 positions\n✓ All flat\n");
});
