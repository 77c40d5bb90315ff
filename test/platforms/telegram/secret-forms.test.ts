import type { Chat, Message, User } from "@grammyjs/types";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../src/system/clock.ts";
import { FIELDS, KEY, PASSPHRASE, SECRET } from "../fake-forms.ts";
import { gate, view } from "./fake-door.ts";
import { begin, cleanUpAfterEach, counterpart, type Desk, desk, until } from "./rig.ts";

cleanUpAfterEach();

const THREE = [...FIELDS, { name: "passphrase", label: "Passphrase" }];
const PROMPT = "🔑 Send now: ";

/** Asks for a form in the private chat and waits for its question. */
async function askedFor({ telegram, door }: Desk, fields = FIELDS): Promise<Message> {
  door.onHandle = async ({ user, place }) => door.forms.ask(user.id, place.id, fields);
  return telegram.ask(telegram.user, "/account_balance", { that: isPrompt });
}

function isPrompt({ text }: Message): boolean {
  return text?.startsWith(PROMPT) === true;
}

/** Says something that must be gone from the chat in the end, and returns what the bot says to it. */
async function confide({ telegram }: Desk, text: string, that?: (message: Message) => boolean): Promise<string> {
  const said = telegram.say(telegram.user, text);
  const answer = await telegram.waitForMessage(
    telegram.chat,
    (message) => message.message_id > said.message_id && (that?.(message) ?? true),
  );
  await telegram.waitForDelete(said);
  return telegram.textOf(answer);
}

/** Everything that the platform sent, stored, logged or left in the chats, as text. */
function traces({ telegram, door, notes }: Desk, ...chats: Chat[]): string {
  const kept = [door.accepted, door.handled, door.typed, door.presses, door.forms.submissions];
  return JSON.stringify([telegram.calls, kept, notes.lines, [telegram.chat, ...chats].map((chat) => telegram.messages(chat))]);
}

function expectNoTrace(rig: Desk, ...chats: Chat[]): void {
  for (const canary of [KEY, SECRET, PASSPHRASE]) expect(traces(rig, ...chats)).not.toContain(canary);
}

describe("A form in a private chat", () => {
  test("asks for one value after the other, takes each message away and leaves no trace of them", async () => {
    const rig = await desk();
    const { telegram, door } = rig;
    const prompt = await askedFor(rig);
    expect(telegram.textOf(telegram.botMessages(telegram.chat)[0]!)).toContain("The key of main");
    expect([prompt.text?.split("\n")[0], telegram.pendingReply()?.placeholder]).toEqual([`${PROMPT}API key`, "API key"]);
    expect(await confide(rig, KEY)).toBe(`${PROMPT}Secret`);
    expect(await confide(rig, SECRET)).toContain("main is connected");
    expect([...door.forms.entered]).toEqual([
      ["apiKey", KEY],
      ["secret", SECRET],
    ]);
    const place = { platform: "telegram", id: `telegram:${telegram.chat.id}`, direct: true };
    expect(door.forms.submissions).toMatchObject([{ user: { id: `telegram:${telegram.user.id}` }, place }, { place }]);
    expect(door.typed).toEqual([]);
    expectNoTrace(rig);
  });

  test.each([
    ["separated by a space", `${KEY} ${SECRET}`],
    ["one a line", `${KEY}\n  ${SECRET}`],
  ])("takes all values of one message, %s", async (_how, text) => {
    const rig = await desk();
    await askedFor(rig);
    expect(await confide(rig, text)).toContain("main is connected");
    expect([...rig.door.forms.entered.values()]).toEqual([KEY, SECRET]);
    expectNoTrace(rig);
  });

  test("takes a passphrase with spaces, alone or on its own line", async () => {
    for (const texts of [[KEY, SECRET, PASSPHRASE], [`${KEY}\n${SECRET}\n${PASSPHRASE}`]]) {
      const rig = await desk();
      await askedFor(rig, THREE);
      for (const text of texts.slice(0, -1)) await confide(rig, text, isPrompt);
      expect(await confide(rig, texts.at(-1)!)).toContain("main is connected");
      expect([...rig.door.forms.entered.values()]).toEqual([KEY, SECRET, PASSPHRASE]);
      expectNoTrace(rig);
    }
  });

  test.each([
    ["of another number", `${KEY} ${SECRET} and more`, "Nothing was taken: expected one value, or all 2 of them one a line, found 4"],
    ["that begins with a slash", `/${KEY}`, "Nothing was taken: a value does not begin with a slash"],
    ["that is too long", KEY.repeat(10), "expected 4 to 512 characters"],
  ])("takes away words %s, and asks again", async (_what, text, sentence) => {
    const rig = await desk();
    await askedFor(rig);
    expect(await confide(rig, text)).toContain(sentence);
    const prompts = () => rig.telegram.botMessages(rig.telegram.chat).filter(isPrompt);
    await until(() => prompts().length === 2);
    expect(rig.door.forms.entered.size).toBe(0);
    expectNoTrace(rig);
  });

  test("reads values that come faster than it answers in their order", async () => {
    const rig = await desk();
    await askedFor(rig);
    rig.telegram.say(rig.telegram.user, KEY);
    rig.telegram.say(rig.telegram.user, SECRET);
    await rig.telegram.waitForMessage(rig.telegram.chat, ({ text }) => text?.includes("main is connected") === true);
    expect([...rig.door.forms.entered.values()]).toEqual([KEY, SECRET]);
    expectNoTrace(rig);
  });

  test("lets commands through, a panic above all", async () => {
    const rig = await desk();
    await askedFor(rig);
    rig.door.onHandle = async ({ path }) => view(`done: ${path}`);
    expect(rig.telegram.textOf(await rig.telegram.ask(rig.telegram.user, "/panic"))).toContain("done: panic");
    expect(rig.door.forms.submissions).toEqual([]);
    expect(await confide(rig, `${KEY} ${SECRET}`)).toContain("main is connected");
  });

  test("that a press leads to takes the place of the button's message, and asks below it", async () => {
    const rig = await desk();
    const { telegram, door } = rig;
    const confirm = await telegram.ask(telegram.user, "/bot_list");
    door.onHandle = async ({ user, place }) => door.forms.ask(user.id, place.id);
    const card = await telegram.pressAndSee(telegram.user, confirm, "Start");
    expect([card.message_id, telegram.textOf(card)]).toEqual([confirm.message_id, expect.stringContaining("The key of main")]);
    await telegram.waitForMessage(telegram.chat, isPrompt);
    expect(await confide(rig, `${KEY} ${SECRET}`)).toContain("main is connected");
    expectNoTrace(rig);
  });

  test("leaves what others write alone", async () => {
    const rig = await desk();
    const eve = rig.telegram.addUser("Eve");
    rig.telegram.privateChat(eve);
    await askedFor(rig);
    expect(rig.telegram.textOf(await rig.telegram.ask(eve, "hello"))).toContain("I read commands");
    expect(rig.door.forms.submissions).toEqual([]);
  });

  test("says so when Telegram does not let it delete a message, and goes on", async () => {
    const rig = await desk();
    await askedFor(rig);
    rig.telegram.fault({ method: "deleteMessage", status: 400, description: "Bad Request: message can't be deleted" });
    rig.telegram.say(rig.telegram.user, KEY);
    const warned = await rig.telegram.waitForMessage(rig.telegram.chat, ({ text }) => text?.includes("delete it yourself") === true);
    expect(rig.telegram.textOf(warned)).toContain("I could not delete your message with the secret");
    await rig.telegram.waitForMessage(rig.telegram.chat, ({ text }) => text === `${PROMPT}Secret`);
    expect(JSON.stringify([rig.notes.lines, rig.telegram.calls])).not.toContain(KEY);
  });

  test("tries again to delete while Telegram is away", async () => {
    const rig = await desk();
    await askedFor(rig);
    rig.telegram.fault({ method: "deleteMessage", html: 502 });
    const said = rig.telegram.say(rig.telegram.user, KEY);
    await until(() => rig.notes.lines.some(({ message }) => message.includes("could not be deleted")));
    await rig.clock.advance(500);
    await rig.telegram.waitForDelete(said);
    await rig.telegram.waitForMessage(rig.telegram.chat, ({ text }) => text === `${PROMPT}Secret`);
    expectNoTrace(rig);
  });
});

describe("Keys that nobody asked for", () => {
  const exposed = "That looked like an API key";

  test("are taken out of a private chat, as words, as a command, forwarded or as a caption", async () => {
    const rig = await desk();
    const { telegram } = rig;
    expect(await confide(rig, `${KEY} ${SECRET}`)).toContain(exposed);
    expect(await confide(rig, `/account_connect key:${KEY} secret:${SECRET}`)).toContain(exposed);
    expect(await confide(rig, `here it is: ${KEY}`)).toContain(exposed);
    // One key alone may be the answer to a question, so the door is asked first, from memory.
    expect(rig.door.typed.splice(0)).toEqual([`here it is: ${KEY}`]);
    const file = telegram.sendFile(telegram.user, "keys.txt", Buffer.from("x"), telegram.chat, `${KEY} ${SECRET}`);
    await telegram.waitForDelete(file);
    const eve = telegram.addUser("Eve");
    const group = telegram.addGroup("Desk", [telegram.user, eve]);
    telegram.promote(telegram.user, group);
    const posted = telegram.say(eve, `${KEY} ${SECRET}`, group);
    const forwarded = telegram.forward(telegram.user, posted);
    await Promise.all([telegram.waitForDelete(posted), telegram.waitForDelete(forwarded)]);
    await until(() => telegram.botMessages(telegram.chat).filter(({ text }) => text?.includes(exposed)).length === 5);
    expect(telegram.botMessages(group).map(({ text }) => text)).toEqual([expect.stringContaining(exposed)]);
    expectNoTrace(rig, group);
  });

  test("stay in a group where the bot may not delete, and the person is told to", async () => {
    const rig = await desk();
    const { telegram } = rig;
    const group = telegram.addGroup("Desk", [telegram.user]);
    telegram.say(telegram.user, `/account_connect ${KEY} ${SECRET}`, group);
    await until(() => telegram.botMessages(group).length === 2);
    const [first, second] = telegram.botMessages(group).map(({ text }) => text);
    expect(first).toContain("delete it yourself");
    expect(second).toContain(exposed);
    expect(rig.door.accepted).toEqual([]);
    expect(JSON.stringify([telegram.calls, rig.notes.lines])).not.toContain(KEY);
  });

  test("do not hold up a panic", async () => {
    const rig = await desk({ clock: systemClock() });
    rig.door.onHandle = async ({ path }) => view(`done: ${path}`);
    rig.telegram.fault({ method: "deleteMessage", hang: "before" });
    rig.telegram.say(rig.telegram.user, `/panic ${KEY} ${SECRET}`);
    await until(() => rig.door.handled.some(({ path }) => path === "panic"));
  });

  test("are not looked for in what a question asked", async () => {
    const rig = await desk();
    rig.door.onHandle = async ({ path }) => view(`done: ${path}`);
    rig.door.openFor = `telegram:${rig.telegram.user.id}`;
    expect(rig.telegram.textOf(await rig.telegram.ask(rig.telegram.user, KEY))).toContain("done: bot start");
  });
});

describe("After a crash", () => {
  /** A person answers a form, and the process dies before Telegram hears that the message was taken. */
  async function crashedOver(text: string, fields = FIELDS) {
    const telegram = await counterpart();
    const first = { telegram, ...(await begin(telegram.apiUrl, telegram.token)) };
    await until(() => telegram.isPolled);
    await askedFor(first, fields);
    telegram.fault({ method: "deleteMessage", hang: "before", times: 9 });
    const said = telegram.say(telegram.user, text);
    await until(() => first.clock.sleeping > 0);
    const stopped = first.platform.stop();
    await first.clock.advance(150);
    await stopped;
    telegram.clearFaults();
    const second = { telegram, ...(await begin(telegram.apiUrl, telegram.token)) };
    return { first, second, said };
  }

  test.each([
    ["one value", KEY],
    ["all values", `${KEY}\n${SECRET}`],
    ["a short passphrase, known by the question that it answers,", PASSPHRASE],
  ])("the message with %s comes again, is stored nowhere, leaves the chat, and the person is asked to start again", async (_what, text) => {
    const { first, second, said } = await crashedOver(text);
    await second.telegram.waitForDelete(said);
    const answer = await second.telegram.waitForMessage(second.telegram.chat, ({ message_id }) => message_id > said.message_id);
    expect(answer.text).toMatch(/send the command again|delete that key at the exchange/);
    expect([second.door.accepted, second.door.handled, second.door.typed, second.door.forms.submissions]).toEqual([[], [], [], []]);
    expectNoTrace(first);
    expectNoTrace(second);
  });

  test("an answer that was deleted before the crash is not missed", async () => {
    const rig = await desk();
    await askedFor(rig);
    await confide(rig, `${KEY} ${SECRET}`);
    await until(() => rig.telegram.isPolled);
    await rig.platform.stop();
    rig.telegram.duplicate();
    const again = { telegram: rig.telegram, ...(await begin(rig.telegram.apiUrl, rig.telegram.token)) };
    const answer = await rig.telegram.waitForMessage(rig.telegram.chat, ({ text }) => text?.includes("delete that key") === true);
    expect(answer.text).not.toContain("could not delete");
    expect(again.door.accepted).toEqual([]);
    expectNoTrace(again);
  });
});

test("A form that is filled in while the desk stops leaves nothing behind", async () => {
  const rig = await desk();
  await askedFor(rig);
  const done = gate<ReturnType<typeof view>>();
  rig.door.forms.onComplete = () => done.opened;
  const said = rig.telegram.say(rig.telegram.user as User, `${KEY} ${SECRET}`);
  await rig.telegram.waitForDelete(said);
  await until(() => rig.door.forms.submissions.length === 1);
  const stopped = rig.platform.stop();
  await rig.clock.advance(150);
  await stopped;
  const sent = rig.telegram.calls.length;
  done.open(view(`connected with ${KEY}`));
  await rig.clock.advance(10_000);
  expect(rig.telegram.calls.slice(sent).map(({ method }) => method)).toEqual([]);
  expectNoTrace(rig);
});
