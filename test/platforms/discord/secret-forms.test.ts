import { describe, expect, test } from "vitest";
import type { Interaction } from "../../kit/discord/interaction.ts";
import { buttonsOf, textOf } from "../../kit/discord/text.ts";
import { KEY, SECRET } from "../fake-forms.ts";
import { gate, view } from "./fake-door.ts";
import { calls, cleanUpAfterEach, type Desk, openDesk, until } from "./rig.ts";

const EPHEMERAL = 64;
const MODAL = 9;
const DEFER_UPDATE = 6;
const BOTH = { "API key": KEY, Secret: SECRET };

/** A private answer that carries a form, as `account connect` gives it. */
async function askedFor({ discord, door }: Desk, user = discord.user) {
  door.onHandle = async ({ user, place }) => door.forms.ask(user.id, place.id);
  return discord.slash(user, "/account balance").settled();
}

/** Everything that the platform sent or logged, as text. */
function said({ discord, notes }: Desk): string {
  const sent = discord.requests.map(({ path, body }) => ({ path, body }));
  return JSON.stringify([sent, notes.lines, discord.channelMessages(), discord.channelMessages(discord.channel, discord.user)]);
}

async function enter(desk: Desk, values: Readonly<Record<string, string>> = BOTH): Promise<Interaction> {
  const card = await askedFor(desk);
  const form = await desk.discord.press(desk.discord.user, card, "Enter the key").modal();
  return desk.discord.submit(desk.discord.user, form, values);
}

describe("A form for secrets in Discord", () => {
  cleanUpAfterEach();

  test("is a card for that person only, whose button shows Discord's own form at once", async () => {
    const desk = await openDesk();
    const { discord } = desk;
    const card = await askedFor(desk);
    expect((card.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    expect(buttonsOf(card)).toEqual(["Enter the key", "Cancel"]);
    const press = discord.press(discord.user, card, "Enter the key");
    const form = await press.modal();
    expect([press.ack?.type, form.title]).toEqual([MODAL, "The key of main"]);
    expect(JSON.stringify(form.data.components)).toContain('"max_length":512');
  });

  test("goes to the door and to nowhere else, and its card becomes the answer", async () => {
    const desk = await openDesk();
    const { discord, door } = desk;
    const submitted = await enter(desk);
    const answer = await submitted.until("main is connected");
    expect((answer.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    expect(buttonsOf(answer)).toEqual([]);
    expect(submitted.ack?.type).toBe(DEFER_UPDATE);
    expect([...door.forms.entered]).toEqual([
      ["apiKey", KEY],
      ["secret", SECRET],
    ]);
    const place = { platform: "discord", id: `discord:${discord.channel.id}`, direct: false };
    expect(door.forms.submissions).toMatchObject([{ user: { id: `discord:${discord.user.id}` }, place }]);
    expect(JSON.stringify([door.accepted, door.handled, door.typed, door.forms.submissions])).not.toContain(KEY);
    expect([said(desk).includes(KEY), said(desk).includes(SECRET)]).toEqual([false, false]);
  });

  test("works in a direct message", async () => {
    const desk = await openDesk();
    const { discord, door } = desk;
    door.onHandle = async ({ user, place }) => door.forms.ask(user.id, place.id);
    const channel = discord.direct(discord.user);
    const card = await discord.slash(discord.user, "/account balance", {}, { channel }).settled();
    const form = await discord.press(discord.user, card, "Enter the key").modal();
    await discord.submit(discord.user, form, BOTH).until("main is connected");
    expect(door.forms.submissions[0]?.place.direct).toBe(true);
  });

  test("asks again only for the value that was not taken", async () => {
    const desk = await openDesk();
    const { discord, door } = desk;
    const submit = door.forms.submit.bind(door.forms);
    door.forms.submit = async (submission) => {
      door.forms.submit = submit;
      return submit({ ...submission, values: { apiKey: submission.values.apiKey! } });
    };
    const submitted = await enter(desk);
    const again = await submitted.settled();
    const form = await discord.press(discord.user, again, "Enter the key").modal();
    expect(form.data.components).toHaveLength(1);
    await discord.submit(discord.user, form, { Secret: SECRET }).until("main is connected");
    expect(said(desk)).not.toContain(KEY);
  });

  test("that is not open any more says so, at the press and at the submit", async () => {
    const desk = await openDesk();
    const { discord, door } = desk;
    const card = await askedFor(desk);
    const form = await discord.press(discord.user, card, "Enter the key").modal();
    door.forms.forget();
    expect(textOf(await discord.submit(discord.user, form, BOTH).settled())).toContain("not known any more");
    door.onHandle = async ({ user, place }) => door.forms.ask(user.id, place.id);
    const stale = await askedFor(desk);
    door.forms.forget();
    const answer = await discord.press(discord.user, stale, "Enter the key").settled();
    expect(textOf(answer)).toContain("not known any more");
    expect((answer.flags ?? 0) & EPHEMERAL).toBe(EPHEMERAL);
    expect(said(desk)).not.toContain(KEY);
  });

  test("is out of reach for anybody else: only that person sees its button", async () => {
    const desk = await openDesk();
    const eve = desk.discord.addUser("Eve");
    const card = await askedFor(desk);
    expect(() => desk.discord.press(eve, card, "Enter the key")).toThrow("only somebody else sees this message");
  });

  test("that Discord delivers twice is taken once", async () => {
    const desk = await openDesk();
    const { discord, door } = desk;
    const submitted = await enter(desk);
    discord.duplicate(submitted);
    await submitted.until("main is connected");
    door.onHandle = async () => view("done");
    await discord.slash(discord.user, "/help").settled();
    expect(door.forms.submissions).toHaveLength(1);
  });

  test("whose answer Discord does not take leaves no secret in the log", async () => {
    const desk = await openDesk();
    const { discord, clock, notes } = desk;
    const card = await askedFor(desk);
    const form = await discord.press(discord.user, card, "Enter the key").modal();
    discord.fault({ method: "PATCH", pathPattern: /webhooks/, status: 400, body: { code: 50_035, message: "Invalid Form Body" } });
    const submitted = discord.submit(discord.user, form, BOTH);
    await until(() => notes.at("warn").length === 1);
    await clock.advance(1_000);
    await submitted.until("main is connected");
    expect(JSON.stringify(notes.lines)).not.toContain(KEY);
  });

  test("that is entered while the desk stops holds nothing up and leaves nothing behind", async () => {
    const desk = await openDesk();
    const { discord, door, platform, notes } = desk;
    const done = gate<ReturnType<typeof view>>();
    door.forms.onComplete = () => done.opened;
    await enter(desk);
    await until(() => door.forms.submissions.length === 1);
    const edits = calls(discord, "PATCH", /webhooks/);
    await platform.stop();
    done.open(view(`connected with ${KEY}`));
    await until(() => true);
    expect(calls(discord, "PATCH", /webhooks/)).toBe(edits);
    expect(JSON.stringify(notes.lines)).not.toContain(KEY);
  });
});
