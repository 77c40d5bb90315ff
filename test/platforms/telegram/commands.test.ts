import { describe, expect, test } from "vitest";
import { gate, view } from "./fake-door.ts";
import { begin, cleanUpAfterEach, desk, roundTrip, until } from "./rig.ts";

cleanUpAfterEach();

describe("a command", () => {
  test("is stored, run and answered", async () => {
    const { telegram, door } = await desk();
    const answer = await telegram.ask(telegram.user, "/bot start dip");
    expect(telegram.textOf(answer)).toBe("done: bot start dip\n[Start]");
    expect(door.accepted).toEqual(door.handled);
    expect(door.handled[0]).toMatchObject({
      id: `telegram:${telegram.chat.id}:1`,
      path: "bot start",
      user: { id: `telegram:${telegram.user.id}`, name: "ada" },
      place: { platform: "telegram", id: `telegram:${telegram.chat.id}`, direct: true },
    });
  });

  test("from the menu with our name is ours in a group, and one with another name is not", async () => {
    const { telegram, door } = await desk();
    const group = telegram.addGroup("Desk", [telegram.user]);
    telegram.promote(telegram.user, group);
    telegram.say(telegram.user, "/bot_start@other_bot dip", group);
    const answer = await telegram.ask(telegram.user, "/bot_start@scalpstorm_bot calm", { chat: group });
    expect(telegram.textOf(answer)).toContain("done: bot start calm");
    expect(answer.reply_to_message?.text).toBe("/bot_start@scalpstorm_bot calm");
    expect(door.handled).toHaveLength(1);
    expect(door.handled[0]?.place).toEqual({ platform: "telegram", id: `telegram:${group.id}`, direct: false });
  });

  test("that only reads is not stored", async () => {
    const { telegram, door } = await desk();
    await telegram.ask(telegram.user, "/bot_list");
    expect(door.accepted).toEqual([]);
  });

  test("that cannot be read is answered with the problem", async () => {
    const { telegram, door } = await desk();
    expect(telegram.textOf(await telegram.ask(telegram.user, "/nonsense"))).toBe("⛔ There is no command nonsense");
    expect(door.handled).toEqual([]);
  });

  test("is not confirmed before it is stored, and comes again after a crash in between", async () => {
    const first = await desk();
    const { telegram } = first;
    first.door.onAccept = () => gate<"new">().opened;
    telegram.say(telegram.user, "/bot start dip");
    await until(() => first.door.accepted.length === 1);
    await roundTrip(first);
    expect(telegram.isPolled).toBe(false);
    expect(first.door.handled).toEqual([]);
    const stopped = first.platform.stop();
    await first.clock.advance(1_000);
    await stopped;
    const second = await begin(telegram.apiUrl, telegram.token);
    expect(telegram.textOf(await telegram.waitForMessage(telegram.chat))).toContain("done: bot start dip");
    expect(second.door.accepted[0]?.id).toBe(first.door.accepted[0]?.id);
  });

  test("is confirmed as soon as it is stored, however long it runs", async () => {
    const { telegram, door } = await desk();
    const result = gate<ReturnType<typeof view>>();
    door.onHandle = () => result.opened;
    telegram.say(telegram.user, "/bot start dip");
    await until(() => door.handled.length === 1 && telegram.isPolled);
    result.open(view("at last"));
    await telegram.waitForMessage(telegram.chat, ({ text }) => text === "at last");
  });

  test("that another chat's slow store or slow work precedes is run all the same", async () => {
    const { telegram, door } = await desk();
    const bob = telegram.addUser("Bob");
    const store = gate<"new">();
    const work = gate<ReturnType<typeof view>>();
    telegram.privateChat(bob);
    door.onHandle = ({ user, args }) => (user.name === "ada" ? work.opened : Promise.resolve(view(`for ${args.rest}`)));
    telegram.say(telegram.user, "/bot start dip");
    await until(() => door.handled.length === 1);
    expect(telegram.textOf(await telegram.ask(bob, "/bot start calm"))).toBe("for calm");
    door.onAccept = ({ user }) => (user.name === "ada" ? store.opened : Promise.resolve("new"));
    const running = gate<ReturnType<typeof view>>();
    door.onHandle = () => running.opened;
    telegram.say(bob, "/bot start swift");
    await until(() => door.handled.length === 3);
    telegram.say(telegram.user, "/bot start slow");
    await until(() => door.accepted.length === 4);
    running.open(view("stored before"));
    await telegram.waitForMessage(telegram.privateChat(bob), ({ text }) => text === "stored before");
    store.open("new");
    work.open(view("first"));
    await telegram.waitForMessage(telegram.chat, ({ text }) => text === "stored before");
  });

  test("that comes twice is run once", async () => {
    const first = await desk();
    const { telegram, door } = first;
    await telegram.ask(telegram.user, "/bot start dip");
    telegram.duplicate();
    await telegram.ask(telegram.user, "/bot start calm");
    expect(door.handled.map(({ args }) => args.rest)).toEqual(["dip", "calm"]);
  });

  test("that was stored by an earlier process is not run again", async () => {
    const { telegram, door } = await desk();
    door.onAccept = async ({ args }) => (args.rest === "old" ? "seen" : "new");
    telegram.say(telegram.user, "/bot start old");
    await telegram.ask(telegram.user, "/bot start new");
    expect(door.handled.map(({ args }) => args.rest)).toEqual(["new"]);
  });

  test("that cannot be stored is not run, and the person is told", async () => {
    const { telegram, door } = await desk();
    door.onAccept = () => Promise.reject(new Error("disk full"));
    expect(telegram.textOf(await telegram.ask(telegram.user, "/bot start dip"))).toContain("Nothing was done");
    expect(door.handled).toEqual([]);
  });

  test("that its person may not do passes no full queue, a panic neither", async () => {
    const { telegram, door } = await desk();
    const work = gate<ReturnType<typeof view>>();
    door.forbidden = "panic";
    door.onHandle = () => work.opened;
    for (let count = 0; count < 20; count++) telegram.say(telegram.user, `/bot start ${count}`);
    telegram.say(telegram.user, "/panic");
    expect((await telegram.waitForMessage(telegram.chat)).text).toContain("One at a time");
    work.open(view("done"));
    await until(() => telegram.botMessages(telegram.chat).length === 21);
    expect(door.handled.some(({ path }) => path === "panic")).toBe(false);
  });

  test("keeps its order in its chat, is turned away once when too many wait, and panic passes them all", async () => {
    const { telegram, door } = await desk();
    const work = gate<ReturnType<typeof view>>();
    door.onHandle = ({ path }) => (path === "panic" ? Promise.resolve(view("halted")) : work.opened);
    for (let count = 0; count < 23; count++) telegram.say(telegram.user, `/bot start ${count}`);
    expect((await telegram.waitForMessage(telegram.chat)).text).toContain("One at a time");
    expect(telegram.textOf(await telegram.ask(telegram.user, "/panic"))).toBe("halted");
    work.open(view("done"));
    await until(() => telegram.botMessages(telegram.chat).length === 22);
    const rests = door.handled.filter(({ path }) => path !== "panic").map(({ args }) => args.rest);
    expect(rests).toEqual(Array.from({ length: 20 }, (_, count) => String(count)));
  });

  test("of long work shows its progress in one message, at most once a second", async () => {
    const { telegram, door, clock } = await desk();
    const result = gate<ReturnType<typeof view>>();
    let progress: (shown: ReturnType<typeof view>) => void = () => undefined;
    door.onHandle = (_, onProgress) => {
      progress = onProgress;
      return result.opened;
    };
    telegram.say(telegram.user, "/bot start dip");
    await until(() => door.handled.length === 1);
    progress(view("10 %"));
    const shown = await telegram.waitForMessage(telegram.chat);
    expect(shown.text).toBe("10 %");
    progress(view("20 %"));
    progress(view("30 %"));
    await until(() => clock.sleeping === 1);
    await clock.advance(1_000);
    expect((await telegram.waitForEdit(shown)).text).toBe("30 %");
    result.open(view("all"));
    await telegram.waitForEdit(shown, ({ text }) => text === "all");
    expect(telegram.botMessages(telegram.chat)).toHaveLength(1);
    expect(telegram.calls.filter(({ method }) => method === "editMessageText")).toHaveLength(2);
  });
});

describe("a typed text", () => {
  test("answers the question that is open for that person", async () => {
    const { telegram, door } = await desk();
    door.openFor = `telegram:${telegram.user.id}`;
    expect(telegram.textOf(await telegram.ask(telegram.user, "BTC/USDT"))).toContain("done: bot start answered BTC/USDT");
    expect(door.accepted).toHaveLength(1);
  });

  test("that replies to a question is for that one, and for the newest one when it replies to something else", async () => {
    const { telegram, door } = await desk();
    door.onHandle = async () => view("Which bot?", { buttons: [{ label: "dip", style: "plain", action: "q:token:0" }] });
    const question = await telegram.ask(telegram.user, "/bot_list");
    door.onHandle = async () => view("dip", { buttons: [{ label: "Stop", style: "danger", action: "c:bot stop dip" }] });
    const card = await telegram.ask(telegram.user, "/bot_list");
    await telegram.ask(telegram.user, "dip", { replyTo: question });
    await telegram.ask(telegram.user, "dip", { replyTo: card });
    await telegram.ask(telegram.user, "dip");
    expect(door.typedFor).toEqual(["q:token", undefined, undefined]);
  });

  test("that answers none of several is told why, and nothing is run", async () => {
    const { telegram, door } = await desk();
    door.refusal = view("2 requests wait for a second factor");
    expect(telegram.textOf(await telegram.ask(telegram.user, "123456"))).toContain("2 requests wait");
    expect([door.accepted, door.handled]).toEqual([[], []]);
  });

  test("without a question gets a hint in private and silence in a group", async () => {
    const { telegram, door } = await desk();
    const group = telegram.addGroup("Desk", [telegram.user]);
    telegram.promote(telegram.user, group);
    telegram.say(telegram.user, "hello all", group);
    expect(telegram.textOf(await telegram.ask(telegram.user, "hello"))).toContain("/help");
    expect(telegram.botMessages(group)).toEqual([]);
    expect(door.handled).toEqual([]);
  });

  test("that is a command without its slash is not run, and is one touch away from it", async () => {
    const { telegram, door } = await desk();
    const hint = await telegram.ask(telegram.user, "bot start dip");
    expect(telegram.textOf(hint)).toBe(
      "⚠️ Nothing was done: commands begin with a slash here\nPress the button if you mean it.\n[bot start]",
    );
    expect(door.handled).toEqual([]);
    telegram.press(telegram.user, hint, "bot start");
    await until(() => door.presses.length === 1);
    expect(door.presses[0]?.action).toBe("c:bot start dip");
    expect(telegram.textOf(await telegram.ask(telegram.user, `bot start ${"d".repeat(60)}`))).toContain("/help");
  });

  test("of 10,000 characters, which the app cuts in pieces, gets one clear sentence and is not run", async () => {
    const desktop = await desk();
    const { telegram, door } = desktop;
    const text = `/bot start ${"x".repeat(9_989)}`;
    for (let from = 0; from < text.length; from += 4_096) telegram.say(telegram.user, text.slice(from, from + 4_096));
    await telegram.waitForMessage(telegram.chat, ({ text: said }) => said?.includes("at most 3,500 characters") === true);
    await telegram.ask(telegram.user, "/bot_list");
    expect(telegram.botMessages(telegram.chat)).toHaveLength(2);
    expect(door.handled.map(({ path }) => path)).toEqual(["bot list"]);
    expect(door.typed).toEqual([]);
  });
});

describe("nobody in particular", () => {
  test("an anonymous admin and a channel in a group change nothing", async () => {
    const { telegram, door } = await desk();
    const group = telegram.addGroup("Desk", [telegram.user]);
    telegram.sayAsAnonymousAdmin(group, "/bot_start dip");
    expect(telegram.textOf(await telegram.waitForMessage(group))).toContain("write as yourself");
    telegram.sayAsChannel("Signals", "/bot_start dip", group);
    await telegram.waitForMessage(group, ({ text }) => text?.includes("write as yourself") === true);
    expect([door.accepted, door.handled, door.typed]).toEqual([[], [], []]);
  });

  test("a forwarded command is not run", async () => {
    const { telegram, door } = await desk();
    const bob = telegram.addUser("Bob");
    const said = telegram.say(bob, "/bot_list");
    await telegram.waitForMessage(telegram.privateChat(bob));
    telegram.forward(telegram.user, said);
    expect(telegram.textOf(await telegram.waitForMessage(telegram.chat))).toContain("forwarded");
    expect(door.handled.map(({ user }) => user.name)).toEqual(["bob"]);
  });

  test("an edited command is not run", async () => {
    const { telegram, door } = await desk();
    const said = telegram.say(telegram.user, "/bot_list");
    await telegram.waitForMessage(telegram.chat);
    telegram.edit(telegram.user, said, "/bot start dip");
    await telegram.ask(telegram.user, "/help");
    expect(door.handled.map(({ path }) => path)).toEqual(["bot list", "help"]);
  });
});

describe("an answer for one person only", () => {
  test("goes to the private chat, and the group hears only that", async () => {
    const { telegram } = await desk();
    const group = telegram.addGroup("Desk", [telegram.user]);
    expect(telegram.textOf(await telegram.ask(telegram.user, "/account_balance", { chat: group }))).toBe("Answered in private");
    expect(telegram.textOf(await telegram.waitForMessage(telegram.chat))).toContain("done: account balance");
    expect(telegram.botMessages(group)).toHaveLength(1);
  });

  test("is not shown at all when the private chat is closed", async () => {
    const { telegram } = await desk();
    const group = telegram.addGroup("Desk", [telegram.user]);
    telegram.block(telegram.user);
    const told = telegram.textOf(await telegram.ask(telegram.user, "/account_balance", { chat: group }));
    expect(told).toContain("cannot write to you in private");
    expect(told).not.toContain("done");
  });
});
