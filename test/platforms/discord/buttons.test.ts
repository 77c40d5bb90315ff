import { describe, expect, test } from "vitest";
import { buttonsOf, textOf } from "../../kit/discord/text.ts";
import { type FakeDoor, gate, requestOf, view } from "./fake-door.ts";
import { cleanUpAfterEach, type Desk, openDesk, until } from "./rig.ts";

const EPHEMERAL = 64;
const DEFER_UPDATE = 6;
const STOP = { label: "Stop", style: "danger", action: "c:bot stop dip" } as const;

function answersWithButtons(door: FakeDoor): void {
  door.onHandle = async ({ path }) => (path === "bot list" ? view("dip is running", { buttons: [STOP] }) : view(`done: ${path}`));
}

async function asksForName({ discord, door }: Desk, path = "bot create") {
  door.onHandle = async ({ args }) =>
    args.name === undefined
      ? view("Which name?", {
          question: { argument: "name", freeText: true },
          buttons: [{ label: "dip", style: "plain", action: "q:dip" }],
        })
      : view(`${args.name} is created`);
  door.open = { userId: `discord:${discord.user.id}`, path };
  return discord.slash(discord.user, "/bot list").settled();
}

describe("A button", () => {
  cleanUpAfterEach();

  test("is acknowledged and answered by an edit of the message that carries it", async () => {
    const { discord, door } = await openDesk();
    answersWithButtons(door);
    const card = await discord.slash(discord.user, "/bot list").settled();
    const pressed = discord.press(discord.user, card, "Stop");
    const answer = await pressed.settled();
    expect(answer.id).toBe(card.id);
    expect(textOf(answer)).toContain("done: bot create");
    expect(buttonsOf(answer)).toEqual([]);
    expect(pressed.ack?.type).toBe(DEFER_UPDATE);
    expect(door.presses[0]).toMatchObject({ requestId: `discord:${pressed.facts.id}`, action: STOP.action });
    expect(door.accepted).toHaveLength(1);
    expect(discord.channelMessages()).toHaveLength(1);
  });

  test("that works no longer for somebody else says so to that person and leaves the message alone", async () => {
    const { discord, door } = await openDesk();
    answersWithButtons(door);
    const card = await discord.slash(discord.user, "/bot list").settled();
    door.onPress = async () => ({ view: view("This button is not yours") });
    const eve = discord.addUser("Eve");
    const answer = await discord.press(eve, card, "Stop").wait("followup");
    expect(textOf(answer)).toContain("This button is not yours");
    expect((answer.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    expect(discord.channelMessages().map(textOf)).toEqual([textOf(card)]);
  });

  test("touched twice while the first touch is at work keeps its result, and says aside what the second one came to", async () => {
    const { discord, door } = await openDesk();
    answersWithButtons(door);
    const card = await discord.slash(discord.user, "/bot list").settled();
    const end = gate<void>();
    door.onHandle = async () => {
      const first = door.handled.length === 2;
      if (first) await end.opened;
      return view(first ? "dip is stopped" : "This confirmation was used already");
    };
    const pressed = discord.press(discord.user, card, "Stop");
    await until(() => door.handled.length === 2);
    const again = await discord.press(discord.user, card, "Stop").wait("followup");
    expect(textOf(again)).toContain("used already");
    expect((again.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    end.open();
    expect(textOf(await pressed.settled())).toContain("dip is stopped");
    expect(discord.channelMessages().map(textOf)).toEqual(["### dip is stopped"]);
  });

  test("whose lookup fails changes nothing and says so", async () => {
    const { discord, door } = await openDesk();
    answersWithButtons(door);
    const card = await discord.slash(discord.user, "/bot list").settled();
    door.onPress = () => Promise.reject(new Error("store is gone"));
    const answer = await discord.press(discord.user, card, "Stop").wait("followup");
    expect(textOf(answer)).toContain("Nothing was done");
    expect(door.handled).toHaveLength(1);
  });

  test("on a message that everyone reads shows a private answer to that person only", async () => {
    const { discord, door } = await openDesk();
    answersWithButtons(door);
    const card = await discord.slash(discord.user, "/bot list").settled();
    door.onPress = async (press) => ({ request: requestOf(press, "account balance") });
    const answer = await discord.press(discord.user, card, "Stop").wait("followup");
    expect(textOf(answer)).toContain("done: account balance");
    expect((answer.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    expect(discord.channelMessages().map(textOf)).toEqual([textOf(card)]);
  });

  test("on a private message edits that private message", async () => {
    const { discord, door } = await openDesk();
    door.onHandle = async ({ path }) => (path === "account balance" ? view("10,000 USDT", { buttons: [STOP] }) : view(`done: ${path}`));
    const card = await discord.slash(discord.user, "/account balance").settled();
    const answer = await discord.press(discord.user, card, "Stop").settled();
    expect(answer.id).toBe(card.id);
    expect((answer.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
  });

  test("pressed twice by a lost acknowledgment runs once", async () => {
    const { discord, door } = await openDesk();
    answersWithButtons(door);
    const card = await discord.slash(discord.user, "/bot list").settled();
    const pressed = discord.press(discord.user, card, "Stop");
    discord.duplicate(pressed);
    await pressed.settled();
    await discord.slash(discord.user, "/help").settled();
    expect(door.presses).toHaveLength(1);
  });
});

describe("A question that takes a typed answer", () => {
  cleanUpAfterEach();

  test("opens a form, and the text typed there answers it in place", async () => {
    const desk = await openDesk();
    const { discord, door } = desk;
    const question = await asksForName(desk);
    expect(buttonsOf(question)).toEqual(["dip", "Type it"]);
    const form = await discord.press(discord.user, question, "Type it").modal();
    const submitted = discord.submit(discord.user, form, { text: "dip_2" });
    const answer = await submitted.settled();
    expect(answer.id).toBe(question.id);
    expect(textOf(answer)).toContain("dip\\_2 is created");
    expect(door.typed).toEqual([
      {
        text: "dip_2",
        requestId: `discord:${submitted.facts.id}`,
        place: { platform: "discord", id: `discord:${discord.channel.id}`, direct: false },
      },
    ]);
    expect(door.accepted.at(-1)?.answerHandle).toContain(submitted.facts.token);
  });

  test("that is no longer open says so to that person only", async () => {
    const desk = await openDesk();
    const { discord, door } = desk;
    const question = await asksForName(desk);
    const form = await discord.press(discord.user, question, "Type it").modal();
    door.open = undefined;
    const answer = await discord.submit(discord.user, form, { text: "late" }).settled();
    expect(textOf(answer)).toContain("This question is no longer open");
    expect((answer.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    expect(discord.channelMessages().map(textOf)).toEqual([textOf(question)]);
  });

  test("tells the door for which question it was typed, and shows that person alone why it answers none", async () => {
    const { discord, door } = await openDesk();
    door.onHandle = async () => view("One more step: a second factor", { question: { argument: "code", freeText: true, id: "s:token" } });
    door.refusal = view("This request was carried out or left already");
    const question = await discord.slash(discord.user, "/bot list").settled();
    const form = await discord.press(discord.user, question, "Type it").modal();
    const answer = await discord.submit(discord.user, form, { text: "123456" }).settled();
    expect(door.typed).toMatchObject([{ text: "123456", question: "s:token" }]);
    expect(textOf(answer)).toContain("carried out or left already");
    expect((answer.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    expect(door.accepted).toEqual([]);
  });

  test("takes 4,000 characters, the most that a form holds", async () => {
    const desk = await openDesk();
    const { discord, door } = desk;
    const question = await asksForName(desk);
    const form = await discord.press(discord.user, question, "Type it").modal();
    await discord.submit(discord.user, form, { text: "y".repeat(4_000) }).settled();
    await until(() => door.typed.length === 1);
    expect(door.typed[0]?.text).toHaveLength(4_000);
  });
});
