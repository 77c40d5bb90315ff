import { describe, expect, test } from "vitest";
import { defineCommand } from "../../src/chat/command.ts";
import { card } from "../../src/chat/view.ts";
import { Secret } from "../../src/domain/secret.ts";
import type { Place } from "../../src/ports/platform.ts";
import { ADMIN, ChatDesk, HERE, TERMINAL, textOf } from "./door.ts";
import { blabs, FormDesk, KEY, SECRET, TWO_FIELDS } from "./secret-forms.rig.ts";

const BOTH = { apiKey: KEY, secret: SECRET };
const PRIVATE_CHAT: Place = { platform: "telegram", id: "telegram:7", direct: true };
const GROUP: Place = { platform: "telegram", id: "telegram:-7", direct: false };
const MINUTE_MS = 60_000;

describe("A form for secrets", () => {
  test("hands its values to the command once, and leaves no trace of them", async () => {
    const rig = await FormDesk.open();
    const asked = await rig.ask();
    expect(asked).toMatchObject({ title: TWO_FIELDS.title, form: { fields: TWO_FIELDS.fields } });
    const answer = await rig.submit(asked, { apiKey: `  ${KEY}\u200b\n`, secret: SECRET });
    expect(textOf(answer)).toBe("main is connected\nIt was entered in chat: rotate it when you can.");
    expect(rig.came).toEqual([{ values: BOTH, enteredBy: "discord" }]);
    expect(rig.registered).toEqual([KEY, SECRET]);
    expect(rig.traces(asked, answer)).not.toContain(KEY);
    expect(rig.traces(asked, answer)).not.toContain(SECRET);
  });

  test("counts its command as done, in the audit and for a repeat, only when it is filled in", async () => {
    const rig = await FormDesk.open();
    const asked = await rig.ask();
    expect(rig.desk.ledger.events).toEqual([]);
    await rig.submit(asked, BOTH);
    expect(rig.desk.ledger.events).toEqual([
      { type: "command-done", path: "account connect", args: {}, user: ADMIN, place: HERE.id, result: "main is connected" },
    ]);
    expect((await rig.desk.door.handle(rig.desk.request("account connect", ADMIN, HERE, "r1"))).title).toBe(
      "Already done: main is connected",
    );
  });

  test("says at the terminal, where no chat sees the key, nothing of rotating", async () => {
    const rig = await FormDesk.open();
    const answer = await rig.submit(await rig.ask(TERMINAL), BOTH, ADMIN, TERMINAL);
    expect([rig.came[0]?.enteredBy, answer.lines]).toEqual(["terminal", []]);
  });

  test("takes its values one after another and says which are left", async () => {
    const rig = await FormDesk.open();
    const asked = await rig.ask(PRIVATE_CHAT);
    const next = await rig.submit(asked, { apiKey: KEY }, ADMIN, PRIVATE_CHAT);
    expect(next).toMatchObject({ tone: "plain", form: { token: asked.form?.token, fields: [TWO_FIELDS.fields[1]] } });
    expect(rig.desk.door.forms.at(ADMIN, PRIVATE_CHAT.id)?.fields).toHaveLength(1);
    expect(rig.registered).toEqual([KEY]);
    await rig.submit(next, { secret: SECRET }, ADMIN, PRIVATE_CHAT);
    expect(rig.came).toEqual([{ values: BOTH, enteredBy: "telegram" }]);
    expect(rig.desk.door.forms.at(ADMIN, PRIVATE_CHAT.id)).toBeUndefined();
  });

  test.each([
    ["too short", { apiKey: "abc", secret: SECRET }, "API key: expected 4 to 512 characters, found 3"],
    ["too long", { apiKey: KEY.repeat(9), secret: SECRET }, "API key: expected 4 to 512 characters, found 576"],
    ["under a name that the form does not have", { [KEY]: "apiKey" }, "Expected apiKey, secret, found something else"],
    ["named like something that every object has", { constructor: KEY }, "Expected apiKey, secret, found something else"],
    ["absent", {}, "Expected apiKey, secret, found nothing"],
  ])("asks again for a value that is %s", async (_what, values, sentence) => {
    const rig = await FormDesk.open();
    const asked = await rig.ask();
    const again = await rig.submit(asked, values);
    expect(again.title).toContain(sentence);
    expect(again).toMatchObject({ tone: "warning", form: { token: asked.form?.token } });
    expect(rig.traces(again)).not.toContain(KEY);
    expect(rig.came).toEqual([]);
    await rig.submit(again, Object.fromEntries(again.form!.fields.map(({ name }) => [name, BOTH[name as keyof typeof BOTH]])));
    expect(rig.came).toHaveLength(1);
  });
});

describe("A form is refused", () => {
  test("for a second submit, also when both come at once", async () => {
    const rig = await FormDesk.open();
    const asked = await rig.ask();
    const [first, second] = await Promise.all([rig.submit(asked, BOTH), rig.submit(asked, BOTH)]);
    expect(first.tone).toBe("good");
    expect(second.title).toContain("This form is closed");
    expect((await rig.submit(asked, BOTH)).tone).toBe("bad");
    expect(rig.came).toHaveLength(1);
  });

  test("to another person and at another place, and stays open for its own", async () => {
    const rig = await FormDesk.open();
    const asked = await rig.ask();
    expect((await rig.submit(asked, BOTH, "discord:2")).title).toBe("Only the person who was asked can fill this in.");
    expect((await rig.submit(asked, BOTH, ADMIN, TERMINAL)).title).toBe("This can be filled in only where it was asked.");
    expect(rig.desk.door.forms.look(asked.form!.token, "discord:2", HERE.id)).toHaveProperty("problem");
    expect(rig.registered).toEqual([]);
    expect((await rig.submit(asked, BOTH)).tone).toBe("good");
  });

  test("after ten minutes, and forgets then what it had", async () => {
    const rig = await FormDesk.open();
    const asked = await rig.ask();
    await rig.submit(asked, { apiKey: KEY });
    await rig.desk.clock.advance(10 * MINUTE_MS);
    const late = await rig.submit(asked, { secret: SECRET });
    expect(textOf(late)).toContain("older than 10 minutes");
    expect(textOf(late)).toContain("Send the command again");
    expect(rig.desk.door.forms.at(ADMIN, HERE.id)).toBeUndefined();
    expect([rig.came, rig.desk.clock.sleeping]).toEqual([[], 0]);
  });

  test("after a restart, with what to do", async () => {
    const rig = await FormDesk.open();
    const asked = await rig.ask();
    rig.desk.restart();
    expect(textOf(await rig.submit(asked, BOTH))).toContain("a restart forgets it");
    expect(rig.came).toEqual([]);
  });

  test("once it was left, or replaced by a newer one", async () => {
    const rig = await FormDesk.open();
    const older = await rig.ask();
    const newer = await rig.ask();
    expect((await rig.submit(older, BOTH)).title).toContain("replaced by a newer one");
    expect((await rig.desk.press(newer, "Cancel")).title).toContain("nothing was done");
    expect((await rig.submit(newer, BOTH)).title).toContain("left");
    expect((await rig.desk.press(newer, "Cancel")).tone).toBe("bad");
    expect([rig.came, rig.desk.clock.sleeping]).toEqual([[], 0]);
  });

  test("to the hundred and first: the oldest is forgotten", async () => {
    const rig = await FormDesk.open({ owners: new Set(Array.from({ length: 101 }, (_, index) => `discord:${index}`)) });
    const asked = [];
    for (let user = 0; user < 101; user++) asked.push(await rig.ask(HERE, `discord:${user}`));
    expect((await rig.submit(asked[0]!, BOTH, "discord:0")).tone).toBe("bad");
    expect((await rig.submit(asked[1]!, BOTH, "discord:1")).tone).toBe("good");
  });

  test("to a person who lost the right to it meanwhile", async () => {
    const rig = await FormDesk.open();
    await rig.desk.grant("discord:2", "admin");
    const asked = await rig.ask(HERE, "discord:2");
    await rig.desk.ledger.append([{ type: "access-revoked", user: "discord:2", scope: "desk", by: ADMIN }]);
    expect((await rig.submit(asked, BOTH, "discord:2")).title).toBe("You may not do that here");
    expect(rig.came).toEqual([]);
    expect(rig.desk.ledger.ofType("access-denied")).toHaveLength(1);
  });

  test("in a Telegram group", async () => {
    const rig = await FormDesk.open();
    const answer = await rig.ask(GROUP);
    expect(answer.title).toBe(
      "Keys are not taken in a group, where everybody reads them: send `account connect` in a private chat with me.",
    );
    expect(answer.form).toBeUndefined();
  });

  test("to a command whose answer others could read, as a fault of that command", async () => {
    const open = defineCommand({
      summary: "Asks in public",
      role: "admin",
      args: {},
      run: ({ secretForm }) => secretForm(TWO_FIELDS, async () => card("done")),
    });
    const desk = await ChatDesk.open({ commands: new Map([["account connect", open]]) });
    expect((await desk.type("account connect")).title).toBe("Something went wrong on our side");
  });
});

describe("A secret that a command blabs", () => {
  test.each(["user-error", "crash", "fact", "fact-and-error", "progress"] as const)("by %s reaches nobody", async (how) => {
    const rig = await FormDesk.open({}, blabs(how));
    const seen: unknown[] = [];
    const request = rig.desk.request("account connect");
    const asked = await rig.desk.door.handle(request, (view) => seen.push(view));
    const answer = await rig.submit(asked, BOTH);
    expect(rig.traces(asked, answer) + JSON.stringify(seen)).not.toContain(KEY);
    expect(JSON.stringify(rig.desk.log)).not.toContain(SECRET);
    expect(rig.came).toHaveLength(1);
    if (how === "user-error") expect(textOf(answer)).toContain("the exchange does not know [secret]\nTo try again");
    if (how === "crash" || how === "fact" || how === "fact-and-error") expect(answer.title).toBe("Something went wrong on our side");
  });

  test("in its answer is masked in every part of it", async () => {
    const leaky = defineCommand({
      summary: "Leaks",
      role: "admin",
      private: true,
      args: {},
      run: ({ secretForm }) =>
        secretForm(TWO_FIELDS, async ({ apiKey }) => {
          const said = apiKey!.reveal();
          return card(said)
            .line(said)
            .fields({ [said]: said })
            .table(["Key"], [[said]])
            .button(said, said);
        }),
    });
    const desk = await ChatDesk.open({ commands: new Map([["account connect", leaky]]) });
    const asked = await desk.type("account connect");
    const submitted = { token: asked.form!.token, values: { apiKey: new Secret(KEY), secret: new Secret(SECRET) } };
    const answer = await desk.door.forms.submit({ ...submitted, user: { id: ADMIN, name: "a" }, place: HERE });
    expect(answer.title).toBe("[secret]");
    expect(JSON.stringify([answer, desk.ledger.events])).not.toContain(KEY);
  });
});

describe("Keys in what a person types as a command", () => {
  test("are refused before anything is stored, and are not repeated", async () => {
    const desk = await ChatDesk.open();
    const line = `bot create name:${KEY} symbol:${SECRET}`;
    const parsed = desk.door.parse(line);
    expect(JSON.stringify(parsed)).toContain("That looks like an API key");
    const request = { ...desk.request("bot create"), args: { name: KEY, symbol: SECRET } };
    expect(desk.door.isPrivate(request)).toBe(true);
    expect(await desk.door.accept(request)).toBe("new");
    const answer = await desk.door.handle(request);
    expect(answer.title).toContain("That looks like an API key");
    const traces = JSON.stringify([parsed, answer, [...desk.inbox.rows], desk.ledger.events, desk.log]);
    expect([traces.includes(KEY), traces.includes(SECRET)]).toEqual([false, false]);
  });

  test("do not keep a panic from happening, and are left out of its reason", async () => {
    const desk = await ChatDesk.open();
    expect(desk.door.parse(`panic ${KEY} ${SECRET}`)).toEqual({ path: "panic", args: {} });
    const request = { ...desk.request("panic"), args: { reason: `${KEY} ${SECRET}` } };
    await desk.door.accept(request);
    await desk.door.handle(request);
    expect(desk.ledger.ofType("halted")).toHaveLength(1);
    expect(JSON.stringify([[...desk.inbox.rows], desk.ledger.events, desk.log])).not.toContain(KEY);
  });
});

describe("The page on the desk's machine", () => {
  const pageOf = () => {
    const entered = Promise.withResolvers<Record<string, Secret>>();
    const opened: AbortSignal[] = [];
    const open = async (_form: unknown, signal: AbortSignal) => {
      opened.push(signal);
      return { url: "http://127.0.0.1:4711/k3y", values: entered.promise };
    };
    return { keyPage: { open }, entered, opened };
  };

  test("is offered beside the form, and what came of it is told where it was asked", async () => {
    const { keyPage, entered, opened } = pageOf();
    const rig = await FormDesk.open({ keyPage });
    const asked = await rig.ask();
    expect(textOf(asked)).toContain("http://127.0.0.1:4711/k3y on the desk's machine");
    entered.resolve({ apiKey: new Secret(KEY), secret: new Secret(SECRET) });
    await rig.desk.clock.advance(1);
    expect(rig.came).toEqual([{ values: BOTH, enteredBy: "page" }]);
    expect(rig.told.map(textOf)).toEqual(["main is connected"]);
    expect(opened[0]?.aborted).toBe(true);
    expect((await rig.submit(asked, BOTH)).title).toContain("This form is closed");
    expect(rig.traces(asked)).not.toContain(KEY);
  });

  test("goes when the form was filled in elsewhere, and what it hands in then is dropped", async () => {
    const { keyPage, entered, opened } = pageOf();
    const rig = await FormDesk.open({ keyPage });
    await rig.submit(await rig.ask(), BOTH);
    expect(opened[0]?.aborted).toBe(true);
    entered.resolve({ apiKey: new Secret(SECRET), secret: new Secret(KEY) });
    await rig.desk.clock.advance(1);
    expect([rig.came.length, rig.told]).toEqual([1, []]);
  });

  test("counts as chat when one of the values came by chat", async () => {
    const { keyPage, entered } = pageOf();
    const rig = await FormDesk.open({ keyPage });
    await rig.submit(await rig.ask(), { apiKey: KEY });
    entered.resolve({ secret: new Secret(SECRET) });
    await rig.desk.clock.advance(1);
    expect(rig.came[0]?.enteredBy).toBe("discord");
  });

  test("that cannot be opened is left out", async () => {
    const rig = await FormDesk.open({ keyPage: { open: () => Promise.reject(new Error("no port")) } });
    expect(textOf(await rig.ask())).not.toContain("http");
    expect(rig.desk.log.map(({ level }) => level)).toEqual(["warn"]);
  });
});
