import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Request } from "../../../src/ports/platform.ts";
import { discard, temporaryFolder } from "../../kit/canary/watch.ts";
import { KEY, SECRET } from "../fake-forms.ts";
import { FakeDoor, view } from "./fake-door.ts";
import { piped, settle, until } from "./rig.ts";
import { KEYS, personAt, type TtyRig } from "./tty.ts";

const LOCAL = "terminal:local";
const NEXT_KEY = "API key (not shown): ";
const NEXT_SECRET = "Secret (not shown): ";

/** A door whose `account connect` asks for a key and its secret. */
function keyDoor(): FakeDoor {
  const door = new FakeDoor();
  door.answers.set("account connect", () => door.forms.ask(LOCAL, LOCAL));
  return door;
}

function submitted(door: FakeDoor): unknown {
  return Object.fromEntries(door.forms.entered);
}

function doorTraces({ accepted, handled, presses, texts, forms }: FakeDoor): string {
  return JSON.stringify([accepted, handled, presses, texts, forms.submissions]);
}

describe("At the prompt", () => {
  async function asked(door: FakeDoor, historyFile?: string): Promise<TtyRig & { all(): string }> {
    let all = "";
    const rig = await personAt(door, { historyFile });
    rig.output.on("data", (chunk: Buffer) => {
      all += chunk.toString();
    });
    await rig.type(`account connect${KEYS.enter}`, NEXT_KEY);
    return { ...rig, all: () => all };
  }

  test("a person enters a key that no screen, no history and no request shows", async () => {
    const door = keyDoor();
    const folder = temporaryFolder("history");
    const historyFile = join(folder, "lines");
    const { terminal, type, input, rows, all } = await asked(door, historyFile);
    expect(rows().slice(1)).toEqual([
      "storm> account connect",
      "· The key of main",
      "  Within 600000 ms.",
      "  What you type next is not shown and not remembered. Enter alone leaves.",
      NEXT_KEY.trimEnd(),
    ]);
    await type(KEY + KEYS.enter, NEXT_SECRET);
    await type(SECRET + KEYS.enter, "✓ main is connected");
    await until(() => rows().at(-1) === "storm>", "the prompt");
    expect(rows().slice(-4)).toEqual([NEXT_KEY.trimEnd(), NEXT_SECRET.trimEnd(), "✓ main is connected", "storm>"]);
    await type(`bot list${KEYS.enter}`, "done: bot list");
    // Past the oldest line that is remembered the prompt is empty.
    for (const remembered of ["storm> bot list", "storm>"]) {
      input.write(KEYS.up);
      await settle();
      expect(rows().at(-1)).toBe(remembered);
    }
    await terminal.stop();
    expect(submitted(door)).toEqual({ apiKey: KEY, secret: SECRET });
    const traces = all() + doorTraces(door) + readFileSync(historyFile, "utf8");
    for (const canary of [KEY, SECRET, KEY.slice(0, 12)]) expect(traces).not.toContain(canary);
    discard(folder);
  });

  test("a paste of both values with lines too many shows nothing of them and runs none of the rest but a panic", async () => {
    const door = keyDoor();
    const { terminal, input, rows, all } = await asked(door);
    input.write(`${KEY}\r${SECRET}\r${SECRET}\rbot start dip\rpanic\r`);
    await until(() => rows().includes("✓ done: panic"), "the panic");
    expect(submitted(door)).toEqual({ apiKey: KEY, secret: SECRET });
    expect(door.handled.map(({ path }) => path)).toEqual(["account connect", "panic"]);
    expect([all().includes(KEY), all().includes(SECRET)]).toEqual([false, false]);
    await terminal.stop();
  });

  test("Tab completes nothing where nothing is shown", async () => {
    const door = keyDoor();
    const { terminal, input, all, type } = await asked(door);
    input.write(`bot l${KEYS.tab}${KEYS.tab}`);
    await settle();
    expect(all()).not.toContain("list");
    await type(KEYS.enter, NEXT_SECRET);
    await terminal.stop();
  });

  test("an alert comes between, and the question is asked again below it", async () => {
    const door = keyDoor();
    const { terminal, type, rows, all } = await asked(door);
    const [first, rest] = [KEY.slice(0, 40), KEY.slice(40)];
    await type(first, "");
    await settle();
    await terminal.send(LOCAL, view("Bought 0.1 BTC"), { nonce: "1" });
    expect(rows().slice(-2)).toEqual(["⚡ · Bought 0.1 BTC", NEXT_KEY.trimEnd()]);
    await type(rest + KEYS.enter, NEXT_SECRET);
    expect(submitted(door)).toEqual({ apiKey: KEY });
    expect([all().includes(first), all().includes(rest)]).toEqual([false, false]);
    await terminal.stop();
  });

  test("Enter alone leaves the form, and Ctrl+C does too", async () => {
    const door = keyDoor();
    const { terminal, type, input, rows, all } = await asked(door);
    await type(KEYS.enter, "nothing was done");
    expect(door.presses.map(({ action }) => action)).toEqual(["f:f0rmt0ken"]);
    await type(`account connect${KEYS.enter}`, NEXT_KEY);
    input.write(KEY);
    await settle();
    await type(KEYS.ctrlC, "Press Ctrl+C again");
    await type(`bot list${KEYS.enter}`, "done: bot list");
    expect(rows().at(-1)).toBe("storm>");
    expect(all()).not.toContain(KEY);
    expect(door.forms.submissions).toEqual([]);
    await terminal.stop();
  });

  test("a panic is one there too", async () => {
    const door = keyDoor();
    const { terminal, type } = await asked(door);
    await type(`panic${KEYS.enter}`, "✓ done: panic");
    expect(door.forms.submissions).toEqual([]);
    await terminal.stop();
  });

  test("a form that is gone says so and gives the prompt back", async () => {
    const door = keyDoor();
    const { terminal, type, rows, all } = await asked(door);
    door.forms.forget();
    await type(KEY + KEYS.enter, "✗ This form is not known any more");
    await until(() => rows().at(-1) === "storm>", "the prompt");
    expect(all()).not.toContain(KEY);
    await terminal.stop();
  });

  test("a form that was filled in on the desk's page gives the prompt back with its answer", async () => {
    const door = keyDoor();
    const { terminal, input, rows, type } = await asked(door);
    input.write("half a ke");
    await settle();
    door.forms.forget();
    const request: Request = { id: "r", path: "account connect", args: {}, user: { id: LOCAL, name: "you" }, place: PLACE };
    await terminal.settleInterrupted(request, view("main is connected", { tone: "good" }));
    expect(rows().slice(-2)).toEqual(["✓ main is connected", "storm>"]);
    await type(`bot list${KEYS.enter}`, "done: bot list");
    await terminal.stop();
  });

  test("a value that is not taken is asked for again", async () => {
    const door = keyDoor();
    const { terminal, type } = await asked(door);
    await type("k".repeat(600) + KEYS.enter, "expected 4 to 512 characters");
    await type(KEY + KEYS.enter, NEXT_SECRET);
    await terminal.stop();
  });

  test("a desk that stops at the hidden prompt ends at once", async () => {
    const door = keyDoor();
    const { terminal, input, all } = await asked(door);
    input.write(KEY);
    await settle();
    await terminal.stop();
    await terminal.ended;
    expect(all()).not.toContain(KEY);
  });
});

describe("From a script", () => {
  const LINES = ["account connect", `secret apiKey ${KEY}`, "bot list", `secret secret ${SECRET}`];

  test("each value comes on a line of its own by the field's name, and is not printed", async () => {
    const door = keyDoor();
    const text = await piped(LINES, door);
    expect(submitted(door)).toEqual({ apiKey: KEY, secret: SECRET });
    expect(text).toContain("  secret apiKey VALUE\n  secret secret VALUE\n");
    expect(text).toContain("> secret …\n· The key of main\n");
    expect(text).toMatch(/> secret …\n✓ main is connected\n$/);
    for (const canary of [KEY, SECRET]) expect(text + doorTraces(door)).not.toContain(canary);
  });

  test("in JSON the form's fields are told, and neither its token nor a value", async () => {
    const door = keyDoor();
    const text = await piped(LINES, door, { json: true });
    const lines = text.trimEnd().split("\n");
    const views = lines.map((line) => JSON.parse(line) as { command: string; view: { title: string; form?: unknown } });
    expect(views[0]?.view.form).toEqual({ title: "The key of main", fields: [{ name: "apiKey", label: "API key" }, expect.anything()] });
    expect(views.map(({ command }) => command)).toEqual(["account connect …", "secret …", "bot list", "secret …"]);
    expect(views.at(-1)?.view.title).toBe("main is connected");
    for (const canary of [KEY, SECRET, "f0rmt0ken"]) expect(text).not.toContain(canary);
  });

  test("without an open form, or written otherwise, a line is dropped and not repeated", async () => {
    const door = keyDoor();
    const text = await piped([`secret apiKey ${KEY}`, "account connect", `secret ${KEY}`, `secret ${KEY} apiKey`], door);
    expect(text).toContain("No form is open here, so the line was dropped");
    expect(text).toContain("Expected secret NAME VALUE on one line");
    expect(door.handled.map(({ path }) => path)).toEqual(["account connect"]);
    expect(text + doorTraces({ ...door, forms: new FakeDoor().forms } as FakeDoor)).not.toContain(KEY);
  });

  test("a script that ends before its form is filled in just ends", async () => {
    const door = keyDoor();
    await piped(LINES.slice(0, 2), door);
    expect(door.forms.submissions).toHaveLength(1);
  });
});

const PLACE = { platform: "terminal", id: LOCAL, direct: true };
