import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DiscordCounterpart } from "../discord/counterpart.ts";
import type { Interaction } from "../discord/interaction.ts";
import { asMessage, handClock, rawBot } from "./testing.ts";

const V2 = 1 << 15;
const text = (content: string) => ({ type: 10, content });
const button = (more: object = {}) => ({ type: 2, style: 1, label: "Go", custom_id: "go", ...more });
const row = (...components: object[]) => ({ type: 1, components });
const command = (more: object = {}) => ({ name: "bot", description: "Bots", ...more });
const option = (name: string, more: object = {}) => ({ type: 3, name, description: "One", ...more });

let discord: DiscordCounterpart;
let clock: ReturnType<typeof handClock>;
let bot: ReturnType<typeof rawBot>;

beforeEach(async () => {
  clock = handClock();
  discord = await DiscordCounterpart.start({ clock });
  bot = rawBot(discord);
  await bot.register(command({ options: [option("symbol", { autocomplete: true })] }));
});

afterEach(() => discord.stop());

const invoke = (): Interaction => discord.slash(discord.user, "/bot");

const pressed = async (): Promise<Interaction> => {
  const sent = await bot.post({ content: "card", components: [row(button())] });
  return discord.press(discord.user, asMessage(sent), "Go");
};

describe("time and order", () => {
  test("a first response after 3 s finds no interaction", async () => {
    const [inTime, late] = [invoke(), invoke()];
    clock.pass(3_000);
    expect(await bot.respond(inTime, 4, { content: "a" })).toMatchObject({ status: 204 });
    clock.pass(1);
    expect(await bot.respond(late, 4, { content: "a" })).toMatchObject({ status: 404, body: { code: 10_062 } });
    await expect(late.settled(20)).rejects.toThrow("never acknowledged; refused: POST: Unknown interaction");
  });

  test("a second response is refused", async () => {
    const interaction = invoke();
    await bot.respond(interaction, 5);
    expect(await bot.respond(interaction, 4, { content: "a" })).toMatchObject({ status: 400, body: { code: 40_060 } });
  });

  test("an edit or a follow-up before any response finds no webhook", async () => {
    expect(await bot.editReply(invoke(), { content: "a" })).toMatchObject({ status: 404, body: { code: 10_015 } });
    expect(await bot.followUp(invoke(), { content: "a" })).toMatchObject({ status: 404, body: { code: 10_015 } });
  });

  test("a token ends after 15 minutes", async () => {
    const interaction = invoke();
    await bot.respond(interaction, 5);
    clock.pass(15 * 60_000);
    expect(await bot.editReply(interaction, { content: "a" })).toMatchObject({ status: 200 });
    clock.pass(1);
    expect(await bot.editReply(interaction, { content: "a" })).toMatchObject({ status: 401, body: { code: 50_027 } });
  });

  test("a follow-up directly after a deferral is the reply", async () => {
    const interaction = invoke();
    await bot.respond(interaction, 5, { flags: 64 });
    await bot.followUp(interaction, { content: "done" });
    expect(interaction.shown()).toMatchObject({ content: "done", flags: 64 });
    expect(interaction.followups).toHaveLength(0);
  });

  test("state and weather are no violations, malformed bodies are", async () => {
    await bot.editReply(invoke(), { content: "a" });
    expect(discord.violations).toEqual([]);
    await bot.post({ content: "a".repeat(2_001) });
    expect(discord.violations).toHaveLength(1);
  });
});

describe("the kind of response", () => {
  test("updates answer components only, choices answer autocomplete only", async () => {
    for (const type of [6, 7])
      expect(await bot.respond(invoke(), type, type === 7 ? { content: "a" } : undefined)).toMatchObject({ status: 400 });
    expect(await bot.respond(invoke(), 8, { choices: [] })).toMatchObject({ status: 400, body: { code: 50_035 } });
    expect(await bot.respond(await pressed(), 7, { content: "b" })).toMatchObject({ status: 204 });
  });

  test("a form cannot answer a form", async () => {
    const form = { custom_id: "f", title: "F", components: [{ type: 18, label: "L", component: { type: 4, style: 1, custom_id: "x" } }] };
    const opened = invoke();
    expect(await bot.respond(opened, 9, form)).toMatchObject({ status: 204 });
    const submitted = discord.submit(discord.user, await opened.modal(), { L: "1" });
    expect(await bot.respond(submitted, 9, form)).toMatchObject({ status: 400 });
    const six = Array.from({ length: 6 }, (_, index) => ({
      ...form.components[0],
      component: { type: 4, style: 1, custom_id: `x${index}` },
    }));
    expect(await bot.respond(invoke(), 9, { ...form, components: six })).toMatchObject({ status: 400 });
  });

  test("a deferral takes no flag but ephemeral", async () => {
    expect(await bot.respond(invoke(), 5, { flags: V2 })).toMatchObject({ status: 400 });
    expect(await bot.respond(invoke(), 5, { flags: 64 })).toMatchObject({ status: 204 });
  });
});

describe("messages", () => {
  const many = (count: number, make: (index: number) => object) => Array.from({ length: count }, (_, index) => make(index));
  const refused: Record<string, object> = {
    "more than 2000 characters of content": { content: "a".repeat(2_001) },
    "embeds over 6000 characters together": { embeds: many(2, () => ({ description: "a".repeat(3_001) })) },
    "an embed field without a value": { embeds: [{ fields: [{ name: "a", value: " " }] }] },
    "more than 40 components counting nested ones": {
      flags: V2,
      components: many(4, () => ({ type: 17, components: many(10, () => text("a")) })),
    },
    "more than 4000 characters of text": { flags: V2, components: many(2, () => text("a".repeat(2_001))) },
    "content beside components of the second kind": { flags: V2, content: "a", components: [text("a")] },
    "components of the second kind without the flag": { components: [text("a")] },
    "a custom id twice": { components: [row(button(), button())] },
    "a button without words": { components: [row(button({ label: "" }))] },
    "a link button with a custom id": { components: [row(button({ style: 5, url: "https://example.com" }))] },
    "a menu that shares its row": { components: [row(button(), { type: 3, custom_id: "m", options: [{ label: "a", value: "a" }] })] },
    "six rows": { components: many(6, (index) => row(button({ custom_id: `b${index}` }))) },
    "an upload that is not there": { embeds: [{ image: { url: "attachment://chart.png" } }] },
    "an ephemeral flag in a channel": { content: "a", flags: 64 },
    "a key that nobody knows": { content: "a", embed: {} },
    "a typo deep inside": { components: [row(button({ custm_id: "a" }))] },
    "a nonce that is too long": { content: "a", nonce: "1".repeat(26), enforce_nonce: true },
  };
  for (const [name, body] of Object.entries(refused)) {
    test(`${name} is refused`, async () => {
      expect(await bot.post(body)).toMatchObject({ status: 400, body: { code: 50_035 } });
      expect(discord.channelMessages()).toEqual([]);
      expect(discord.violations).not.toEqual([]);
    });
  }

  test("nothing to send is refused", async () => {
    for (const body of [{}, { content: "" }, { content: null, embeds: [] }])
      expect(await bot.post(body)).toMatchObject({ status: 400, body: { code: 50_006 } });
  });

  test("the components flag stays", async () => {
    const card = asMessage(await bot.post({ flags: V2, components: [text("a")] }));
    const path = `/channels/${card.channel_id}/messages/${card.id}`;
    expect(await bot.send("PATCH", path, { flags: 0, content: "a", components: [] })).toMatchObject({ status: 400 });
    expect(await bot.send("PATCH", path, { content: "a" })).toMatchObject({ status: 400 });
    expect(await bot.send("PATCH", path, { components: [text("b")] })).toMatchObject({ status: 200, body: { flags: V2 } });
    const plain = asMessage(await bot.post({ content: "a" }));
    const turn = (body: object) =>
      bot.send("PATCH", `/channels/${plain.channel_id}/messages/${plain.id}`, { flags: V2, components: [text("b")], ...body });
    expect(await turn({})).toMatchObject({ status: 400 });
    expect(await turn({ content: null })).toMatchObject({ status: 200 });
  });

  test("a file over 10 MiB is too large", async () => {
    const form = new FormData();
    form.set("payload_json", JSON.stringify({ content: "a" }));
    form.set("files[0]", new File([new Uint8Array(10 * 1024 * 1024 + 1)], "big.bin"));
    expect(await bot.send("POST", `/channels/${discord.channel.id}/messages`, form)).toMatchObject({ status: 413, body: { code: 40_005 } });
  });

  test("unknown places and messages are named", async () => {
    expect(await bot.send("GET", "/channels/1")).toMatchObject({ status: 404, body: { code: 10_003 } });
    expect(await bot.send("GET", `/channels/${discord.channel.id}/messages/1`)).toMatchObject({ status: 404, body: { code: 10_008 } });
    expect(await bot.send("GET", "/nowhere")).toMatchObject({ status: 404 });
    expect(discord.violations).toEqual(["GET /nowhere: no such route"]);
  });

  test("the same nonce posts once", async () => {
    const first = await bot.post({ content: "a", nonce: "7", enforce_nonce: true });
    expect((await bot.post({ content: "a", nonce: "7", enforce_nonce: true })).body.id).toBe(first.body.id);
    await bot.post({ content: "a", nonce: "7" });
    clock.pass(6 * 60_000);
    await bot.post({ content: "a", nonce: "7", enforce_nonce: true });
    expect(discord.channelMessages()).toHaveLength(3);
  });

  test("an ephemeral message cannot be reached through its channel", async () => {
    const interaction = invoke();
    await bot.respond(interaction, 4, { content: "secret", flags: 64 });
    const shown = await interaction.settled();
    expect(await bot.send("GET", `/channels/${shown.channel_id}/messages/${shown.id}`)).toMatchObject({
      status: 404,
      body: { code: 10_008 },
    });
    expect(discord.channelMessages()).toEqual([]);
  });
});

describe("registration", () => {
  const refused: Record<string, object[]> = {
    "a name with a space": [command({ name: "my bot" })],
    "a name in capitals": [command({ name: "Bot" })],
    "a required option after an optional one": [command({ options: [option("a"), option("b", { required: true })] })],
    "more than 8000 characters in one command": [
      command({ options: Array.from({ length: 25 }, (_, index) => option(`o${index}`, { choices: choices(25) })) }),
    ],
    "more than 100 commands": Array.from({ length: 101 }, (_, index) => command({ name: `c${index}` })),
    "two commands of one name": [command(), command()],
    "choices beside autocomplete": [command({ options: [option("a", { autocomplete: true, choices: choices(1) })] })],
    "a subcommand beside an option": [command({ options: [option("a"), option("b", { type: 1 })] })],
  };
  for (const [name, commands] of Object.entries(refused)) {
    test(`${name} is refused`, async () => {
      expect(await bot.register(...commands)).toMatchObject({ status: 400 });
      expect(discord.commandsFor(discord.user)).toEqual(["bot"]);
    });
  }

  test("more than 200 new commands a day are refused, unchanged names are free", async () => {
    const batch = (from: number) => Array.from({ length: 100 }, (_, index) => command({ name: `c${from + index}` }));
    for (let round = 0; round < 3; round += 1) expect(await bot.register(...batch(0))).toMatchObject({ status: 200 });
    expect(await bot.register(...batch(100))).toMatchObject({ status: 400, body: { code: 30_034 } });
    clock.pass(86_400_000);
    expect(await bot.register(...batch(100))).toMatchObject({ status: 200 });
  });
});

describe("access and limits", () => {
  test("a wrong token is unauthorized, callbacks need none", async () => {
    for (const headers of [{}, { authorization: "Bot nobody" }, { authorization: discord.token }])
      expect(await bot.send("GET", "/users/@me", undefined, headers as Record<string, string>)).toMatchObject({ status: 401 });
  });

  test("a bucket that is empty answers 429 and says when to come back", async () => {
    discord.rateLimit({ pathPattern: "/messages", limit: 2, perMs: 60_000 });
    const [first, , third] = [await bot.post({ content: "a" }), await bot.post({ content: "b" }), await bot.post({ content: "c" })];
    expect(first.headers.get("x-ratelimit-remaining")).toBe("1");
    expect(third).toMatchObject({ status: 429, body: { global: false } });
    expect(third.headers.get("x-ratelimit-scope")).toBe("user");
    expect(third.body.retry_after).toBeGreaterThan(50);
  });

  test("more than 50 requests a second meet the global limit, callbacks do not", async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => bot.send("GET", `/channels/${discord.channel.id}`)));
    const limited = answers.find((answer) => answer.status === 429 && answer.headers.get("x-ratelimit-global") === "true");
    expect(limited?.headers.get("x-ratelimit-scope")).toBe("global");
    expect(await bot.respond(invoke(), 5)).toMatchObject({ status: 204 });
  });

  test("too many refused requests end in a ban", async () => {
    discord.limits.invalidBeforeBan = 3;
    for (let round = 0; round < 3; round += 1) await bot.send("GET", "/users/@me", undefined, {});
    expect(await bot.send("GET", "/users/@me")).toMatchObject({ status: 429 });
  });
});

function choices(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({ name: `choice ${index}`, value: `value ${index}` }));
}
