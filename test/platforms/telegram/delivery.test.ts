import { expect, test } from "vitest";
import { TransientError, UserError } from "../../../src/domain/errors.ts";
import { Secret } from "../../../src/domain/secret.ts";
import { openTelegram } from "../../../src/platforms/telegram.ts";
import { NotSent } from "../../../src/ports/platform.ts";
import { FakeClock } from "../../kit/fake-clock.ts";
import { FakePainter, PICTURE } from "../../kit/fake-painter.ts";
import { view } from "./fake-door.ts";
import { cleanUpAfterEach, desk, Notes, until } from "./rig.ts";

cleanUpAfterEach();

const ONCE = { nonce: "n1" };

test("an alert arrives and its number leads to its edit", async () => {
  const { telegram, platform } = await desk();
  const place = `telegram:${telegram.chat.id}`;
  const id = await platform.send(place, view("Stop hit", { tone: "warning", fields: [{ name: "PnL", value: "-3.2 USDT" }] }), ONCE);
  const [message] = telegram.botMessages(telegram.chat);
  expect(id).toBe(String(message?.message_id));
  expect(telegram.textOf(message!)).toBe("⚠️ Stop hit\nPnL: -3.2 USDT");
  await platform.edit(place, id, view("Stop hit twice"));
  await platform.edit(place, id, view("Stop hit twice"));
  expect(telegram.textOf(telegram.current(message!))).toBe("Stop hit twice");
});

test("a repeat says so visibly", async () => {
  const { telegram, platform } = await desk();
  await platform.send(String(telegram.chat.id), view("Filled"), { nonce: "n1", repeatOf: "n1" });
  expect(telegram.botMessages(telegram.chat)[0]?.text).toBe("Filled (repeat)");
});

test("a place that is gone for good is a UserError", async () => {
  const { telegram, platform } = await desk();
  const group = telegram.addGroup("Desk", [telegram.user]);
  telegram.kick(telegram.user, group);
  telegram.block(telegram.user);
  for (const place of [String(group.id), String(telegram.chat.id), "999", "nowhere"]) {
    await expect(platform.send(place, view("Filled"), ONCE)).rejects.toBeInstanceOf(UserError);
  }
});

test("a message that is gone cannot be edited", async () => {
  const { telegram, platform } = await desk();
  await expect(platform.edit(String(telegram.chat.id), "77", view("Filled"))).rejects.toBeInstanceOf(UserError);
});

test("a cut connection, an HTML page, a server fault and a long ban are TransientErrors, sent once each and without the token", async () => {
  const { telegram, platform } = await desk();
  telegram.fault({ method: "sendMessage", destroy: "before" });
  telegram.fault({ method: "sendMessage", html: 502 });
  telegram.fault({ method: "sendMessage", status: 500, description: "Internal Server Error" });
  telegram.fault({
    method: "sendMessage",
    status: 429,
    description: "Too Many Requests: retry after 900",
    parameters: { retry_after: 900 },
  });
  const surelyNot: boolean[] = [];
  for (let fault = 0; fault < 4; fault++) {
    const error = await platform.send(String(telegram.chat.id), view("Filled"), ONCE).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransientError);
    surelyNot.push(error instanceof NotSent);
    if (error instanceof NotSent) expect(error.retryAfterMs).toBe(900_000);
    expect(String(error)).not.toContain(telegram.token);
  }
  expect(telegram.calls.filter(({ method }) => method === "sendMessage")).toHaveLength(4);
  expect(surelyNot).toEqual([false, false, false, true]);
  await telegram.stop();
  // A connection that was kept open may still be tried once.
  await platform.send(String(telegram.chat.id), view("Filled"), ONCE).catch(() => undefined);
  await expect(platform.send(String(telegram.chat.id), view("Filled"), ONCE)).rejects.toBeInstanceOf(NotSent);
});

test("a short wait that Telegram asks for is obeyed, and the order in a chat is kept", async () => {
  const { telegram, platform } = await desk();
  const place = String(telegram.chat.id);
  telegram.fault({ method: "sendMessage", status: 429, description: "Too Many Requests: retry after 1", parameters: { retry_after: 1 } });
  await Promise.all(["1", "2", "3"].map((title) => platform.send(place, view(title), ONCE)));
  expect(telegram.botMessages(telegram.chat).map(({ text }) => text)).toEqual(["1", "2", "3"]);
});

test("a group that became a supergroup is reached under its new number", async () => {
  const { telegram, platform, notes } = await desk();
  const group = telegram.addGroup("Desk", [telegram.user]);
  const supergroup = telegram.migrate(telegram.user, group);
  await platform.send(String(group.id), view("one"), ONCE);
  await platform.send(String(group.id), view("two"), ONCE);
  expect(telegram.botMessages(supergroup).map(({ text }) => text)).toEqual(["one", "two"]);
  expect(notes.lines.filter(({ message }) => message.includes("became a supergroup"))).toHaveLength(1);
});

test("a migration that is met on a send only is followed as well", async () => {
  const { telegram, platform } = await desk();
  const old = telegram.addGroup("Desk", [telegram.user]);
  const target = telegram.addSupergroup("Desk", [telegram.user]);
  telegram.fault({
    method: "sendMessage",
    status: 400,
    description: "Bad Request: group chat was upgraded to a supergroup chat",
    parameters: { migrate_to_chat_id: target.id },
  });
  await platform.send(String(old.id), view("one"), ONCE);
  expect(telegram.botMessages(target).map(({ text }) => text)).toEqual(["one"]);
});

test("a topic of a forum is a place of its own, and a command in it is answered there", async () => {
  const { telegram, platform, door } = await desk();
  const forum = telegram.addSupergroup("Forum", [telegram.user], { forum: true });
  const url = `${telegram.apiUrl}/bot${telegram.token}/createForumTopic?chat_id=${forum.id}&name=dip`;
  const topic = (await (await fetch(url, { method: "POST" })).json()) as { result: { message_thread_id: number } };
  const threadId = topic.result.message_thread_id;
  await platform.send(`${forum.id}:${threadId}`, view("in the topic"), ONCE);
  expect(telegram.botMessages(forum)[0]?.message_thread_id).toBe(threadId);
  const answer = await telegram.ask(telegram.user, "/bot_list", { chat: forum, threadId });
  expect(answer.message_thread_id).toBe(threadId);
  expect(door.handled[0]?.place.id).toBe(`telegram:${forum.id}:${threadId}`);
});

test("what Telegram cannot read goes out as plain text", async () => {
  const { telegram, platform, notes } = await desk();
  telegram.fault({ method: "sendMessage", status: 400, description: "Bad Request: can't parse entities: Unsupported start tag" });
  await platform.send(String(telegram.chat.id), view("Filled & <done>"), ONCE);
  expect(telegram.botMessages(telegram.chat)[0]?.text).toBe("Filled & <done>");
  expect(notes.lines.filter(({ level }) => level === "error")).toHaveLength(1);
});

test("an answer whose sending failed is tried again and marked", async () => {
  const { telegram, clock } = await desk();
  telegram.fault({ method: "sendMessage", destroy: "after" });
  telegram.say(telegram.user, "/bot_list");
  await telegram.waitForMessage(telegram.chat);
  await expect.poll(() => clock.sleeping).toBe(1);
  await clock.advance(1_000);
  expect((await telegram.waitForMessage(telegram.chat)).text).toBe("done: bot list (repeat)");
});

test("the person of an interrupted request is told in reply to it, or in private", async () => {
  const { telegram, platform, door } = await desk();
  const group = telegram.addGroup("Desk", [telegram.user]);
  await telegram.ask(telegram.user, "/bot_start dip", { chat: group });
  await telegram.ask(telegram.user, "/account_balance", { chat: group });
  const [start, balance] = door.handled;
  await platform.settleInterrupted(start!, view("Interrupted, nothing was done"));
  expect(telegram.botMessages(group).at(-1)).toMatchObject({
    text: "Interrupted, nothing was done",
    reply_to_message: { text: "/bot_start dip" },
  });
  await platform.settleInterrupted(balance!, view("Interrupted: 10 USDT"));
  expect(telegram.botMessages(telegram.chat).at(-1)?.text).toBe("Interrupted: 10 USDT");
  expect(telegram.botMessages(group).at(-1)?.text).toBe("Answered in private");
});

test("before the start nothing can be sent, and that may be tried again", async () => {
  const token = new Secret("1:x");
  const platform = openTelegram({ token, apiUrl: "http://127.0.0.1:1", logger: new Notes(), clock: new FakeClock() });
  expect(platform.reachable).toBe(false);
  await expect(platform.send("1", view("Filled"), ONCE)).rejects.toBeInstanceOf(NotSent);
});

test("a picture stands under the message that speaks of it, with its numbers as its caption", async () => {
  const painter = new FakePainter();
  const { telegram, platform } = await desk({ painter });
  const picture = { ...PICTURE, alt: `${PICTURE.alt} <b>&</b> ${"9".repeat(3_000)}` };
  const id = await platform.send(String(telegram.chat.id), view("Digest & more", { lines: ["One."], picture }), ONCE);
  const [words, photo] = telegram.botMessages(telegram.chat);
  expect(String(words?.message_id)).toBe(id);
  expect(telegram.textOf(words!)).toBe("Digest & more\nOne.");
  expect(photo?.photo?.at(-1)).toMatchObject({ width: 64, height: 48 });
  expect(photo?.reply_to_message?.message_id).toBe(words?.message_id);
  expect(photo?.caption).toMatch(/^Digest & more\nBTC\/USDT, 120 candles .* <b>&<\/b> 9+…$/);
  expect(photo?.caption).toHaveLength(1_024);
  await platform.edit(String(telegram.chat.id), id, view("Digest & more (2 times)"));
  expect(telegram.textOf(telegram.current(words!))).toBe("Digest & more (2 times)");
});

test("a picture that Telegram does not take costs nothing but itself: the message says what it showed", async () => {
  const painter = new FakePainter();
  painter.outcome = { png: new TextEncoder().encode("no image") };
  const { telegram, platform } = await desk({ painter });
  await platform.send(String(telegram.chat.id), view("Digest", { picture: PICTURE }), ONCE);
  const messages = telegram.botMessages(telegram.chat);
  expect(messages).toHaveLength(1);
  expect(telegram.textOf(telegram.current(messages[0]!))).toBe(
    `Digest\nThe chart could not be shown: Telegram did not take it. ${PICTURE.alt}`,
  );
});

test("an answer with a picture shows both, once", async () => {
  const { telegram, door } = await desk({ painter: new FakePainter() });
  door.onHandle = async (_request, onProgress) => {
    onProgress(view("Reading candles"));
    return view("BTC/USDT", { picture: PICTURE });
  };
  telegram.say(telegram.user, "/bot list");
  await until(() => telegram.botMessages(telegram.chat).some(({ photo }) => photo !== undefined));
  const [words, ...photos] = telegram.botMessages(telegram.chat);
  expect(telegram.textOf(telegram.current(words!))).toBe("BTC/USDT");
  expect(photos).toHaveLength(1);
});

const FILE = { name: "fills.csv", contentType: "text/csv" as const, text: "time_utc,bot\n2021-05-19T12:00:00.000Z,dip\n" };

test("a file stands under the answer that speaks of it, once, with the bytes that it has", async () => {
  const { telegram, door } = await desk();
  door.onHandle = async () => view("1 fill", { file: FILE });
  telegram.say(telegram.user, "/bot list");
  await until(() => telegram.botMessages(telegram.chat).some(({ document }) => document !== undefined));
  const [words, ...documents] = telegram.botMessages(telegram.chat);
  expect(telegram.textOf(words!)).toBe("1 fill");
  expect(documents).toHaveLength(1);
  expect(documents[0]?.document?.file_name).toBe("fills.csv");
  expect(documents[0]?.reply_to_message?.message_id).toBe(words?.message_id);
  expect(telegram.fileOf(documents[0]!)?.toString("utf8")).toBe(FILE.text);
});

test("a file that Telegram does not take costs nothing but itself: the message says so", async () => {
  const { telegram, platform } = await desk();
  telegram.fault({ method: "sendDocument", status: 413, description: "Request Entity Too Large" });
  await platform.send(String(telegram.chat.id), view("1 fill", { file: FILE }), ONCE);
  const messages = telegram.botMessages(telegram.chat);
  expect(messages).toHaveLength(1);
  expect(telegram.textOf(telegram.current(messages[0]!))).toBe(
    "1 fill\nfills.csv could not be sent: Telegram did not take it. Ask for it again.",
  );
});
