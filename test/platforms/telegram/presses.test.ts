import { expect, test } from "vitest";
import { gate, view } from "./fake-door.ts";
import { cleanUpAfterEach, desk, until } from "./rig.ts";

cleanUpAfterEach();

test("a press is answered at once, stored, run, and its message becomes the answer", async () => {
  const { telegram, door } = await desk();
  const card = await telegram.ask(telegram.user, "/bot_list");
  const stored = gate<"new">();
  door.onAccept = () => stored.opened;
  const press = telegram.press(telegram.user, card, "Start");
  expect(await press.answer).toMatchObject({ text: undefined });
  expect(door.handled).toHaveLength(1);
  stored.open("new");
  expect(telegram.textOf(await telegram.waitForEdit(card))).toContain("done: bot start by button");
  expect(door.presses[0]).toMatchObject({ requestId: `telegram:cb:${press.queryId}`, action: "c:bot start dip" });
  expect(door.accepted[0]?.answerHandle).toBe(JSON.stringify({ edit: card.message_id }));
  expect(telegram.botMessages(telegram.chat)).toHaveLength(1);
});

test("a button touched twice before the first touch is answered keeps that answer, and a message of its own has the second", async () => {
  const { telegram, door } = await desk();
  const card = await telegram.ask(telegram.user, "/bot_list");
  const end = gate<void>();
  door.onHandle = async () => {
    const first = door.handled.length === 2;
    if (first) await end.opened;
    return view(first ? "dip is stopped" : "This confirmation was used already");
  };
  telegram.press(telegram.user, card, "Start");
  await until(() => door.handled.length === 2);
  telegram.press(telegram.user, card, "Start");
  await until(() => door.presses.length === 2);
  end.open();
  await telegram.waitForMessage(telegram.chat, ({ text }) => text === "This confirmation was used already");
  expect(telegram.textOf(telegram.current(card))).toBe("dip is stopped");
  expect(telegram.botMessages(telegram.chat)).toHaveLength(2);
});

test("an edit that changes nothing is no failure", async () => {
  const { telegram, door, notes } = await desk();
  const card = await telegram.ask(telegram.user, "/bot_list");
  door.onHandle = async () => view("done: bot list", { buttons: [{ label: "Start", style: "primary", action: "c:bot start dip" }] });
  telegram.press(telegram.user, card, "Start");
  await until(() => telegram.calls.some(({ description }) => description?.includes("not modified") === true));
  await telegram.ask(telegram.user, "/help");
  expect(notes.lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
});

test("a button that works no longer says why in a small window, or in a message when that is too long", async () => {
  const { telegram, door } = await desk();
  const card = await telegram.ask(telegram.user, "/bot_list");
  door.onPress = async () => ({ view: view("This question was answered already", { tone: "warning" }) });
  expect(await telegram.press(telegram.user, card, "Start").answer).toMatchObject({
    text: "⚠️ This question was answered already",
    show_alert: true,
  });
  door.onPress = async () => ({ view: view("Too late", { lines: ["why ".repeat(60)] }) });
  expect(telegram.textOf(await telegram.pressAndSee(telegram.user, card, "Start"))).toContain("Too late");
  expect(door.accepted).toEqual([]);
});

test("a press whose look-up is slow or fails is answered all the same", async () => {
  const { telegram, door, clock } = await desk();
  const card = await telegram.ask(telegram.user, "/bot_list");
  const found = gate<{ view: ReturnType<typeof view> }>();
  door.onPress = () => found.opened;
  const press = telegram.press(telegram.user, card, "Start");
  await until(() => door.presses.length === 1);
  await clock.advance(1_000);
  expect(await press.answer).toMatchObject({ text: undefined });
  found.open({ view: view("Too late") });
  await telegram.waitForMessage(telegram.chat, ({ text }) => text === "Too late");
  door.onPress = () => Promise.reject(new Error("broken"));
  expect((await telegram.press(telegram.user, card, "Start").answer).text).toContain("could not be looked up");
});

test("forged button data reaches nothing but the door, with the person who really pressed", async () => {
  const { telegram, door, platform } = await desk();
  const eve = telegram.addUser("Eve");
  const forged = view("x", { buttons: [{ label: "Go", style: "danger", action: "c:bot delete all" }] });
  await platform.send(String(telegram.privateChat(eve).id), forged, { nonce: "n" });
  door.onPress = async ({ user }) => ({ view: view(`You may not do that, ${user.name}`) });
  const [message] = telegram.botMessages(telegram.privateChat(eve));
  expect((await telegram.press(eve, message!, "Go").answer).text).toBe("You may not do that, eve");
  expect(door.presses[0]).toMatchObject({ user: { id: `telegram:${eve.id}` }, action: "c:bot delete all" });
  expect([door.accepted, door.handled]).toEqual([[], []]);
});

test("the answer to a press whose message is gone is a new message", async () => {
  const { telegram, door } = await desk();
  const card = await telegram.ask(telegram.user, "/bot_list");
  telegram.fault({ method: "editMessageText", status: 400, description: "Bad Request: message to edit not found" });
  expect((await telegram.pressAndSee(telegram.user, card, "Start")).message_id).toBeGreaterThan(card.message_id);
  expect(door.handled).toHaveLength(2);
});
