import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DiscordCounterpart } from "../discord/counterpart.ts";
import { recordedJudge, withRecordedJudge } from "../discord/recorded-judge.ts";
import { textOf } from "../discord/text.ts";
import { asMessage, rawBot } from "./testing.ts";

const V2 = 1 << 15;
const text = (content: string) => ({ type: 10, content });
const row = (...components: object[]) => ({ type: 1, components });

let discord: DiscordCounterpart;
let bot: ReturnType<typeof rawBot>;

beforeEach(async () => {
  discord = await DiscordCounterpart.start(withRecordedJudge);
  bot = rawBot(discord);
  await bot.register({ name: "ping", description: "Are you there" });
});

afterEach(() => discord.stop());

describe("what is right passes both judges, on the way in and on the way out", () => {
  test("a message with every kind of component", async () => {
    const form = new FormData();
    const media = { url: "attachment://a.csv" };
    const components = [
      {
        type: 17,
        accent_color: 0xff0000,
        components: [
          { type: 9, components: [text("# Title")], accessory: { type: 11, media: { url: "https://example.com/a.png" } } },
          { type: 12, items: [{ media: { url: "https://example.com/b.png" }, description: "b" }] },
          { type: 13, file: media },
          { type: 14, spacing: 2 },
        ],
      },
      row(
        { type: 2, style: 5, label: "Docs", url: "https://example.com" },
        { type: 2, style: 2, emoji: { name: "🛑" }, custom_id: "stop" },
      ),
      ...[5, 6, 7, 8].map((type) => row({ type, custom_id: `pick ${type}`, placeholder: `Pick ${type}`, max_values: 2 })),
    ];
    form.set("payload_json", JSON.stringify({ flags: V2, components, attachments: [{ id: "0", description: "data" }] }));
    form.set("files[0]", new File(["a,b"], "a.csv", { type: "text/csv" }));
    const sent = asMessage(await bot.send("POST", `/channels/${discord.channel.id}/messages`, form));
    expect(textOf(sent)).toBe("# Title\n[Docs] [🛑] <Pick 5> <Pick 6> <Pick 7> <Pick 8>\n(a.csv)");
    for (const [type, picked] of [
      ["5", discord.user],
      ["6", discord.addRole(discord.guild, "Traders")],
      ["8", discord.channel],
    ] as const)
      await bot.respond(discord.choose(discord.user, sent, `pick ${type}`, [picked.id]), 6);
    expect(() => discord.press(discord.user, sent, "Docs")).toThrow("opens https://example.com");
    await bot.respond(discord.press(discord.user, sent, "🛑"), 6);
    expect(discord.violations).toEqual([]);
  });

  test("an embed with everything", async () => {
    const image = { url: "https://example.com/a.png" };
    const embed = {
      title: "T",
      description: "D",
      url: "https://example.com",
      color: 1,
      timestamp: "2026-01-01T00:00:00Z",
      author: { name: "A" },
      footer: { text: "F" },
      image,
      thumbnail: image,
      fields: [{ name: "n", value: "v" }],
    };
    const sent = asMessage(await bot.post({ content: "C", embeds: [embed], allowed_mentions: { parse: [] }, tts: false }));
    expect(textOf(sent)).toBe("C\nA\nT\nD\nn: v\nF");
    expect(discord.violations).toEqual([]);
  });

  test("a form with every kind of field", async () => {
    const options = [
      { label: "Paper", value: "paper" },
      { label: "Live", value: "live" },
    ];
    const fields = [
      { label: "Name", component: { type: 4, style: 1, custom_id: "name", min_length: 2 } },
      { label: "Mode", component: { type: 21, custom_id: "mode", options } },
      { label: "Days", component: { type: 22, custom_id: "days", options, min_values: 0, required: false } },
      { label: "I understand", component: { type: 23, custom_id: "sure" } },
      { label: "Candles", component: { type: 19, custom_id: "file", required: true } },
    ].map((field) => ({ type: 18, ...field }));
    const opened = discord.slash(discord.user, "/ping");
    await bot.respond(opened, 9, { custom_id: "f", title: "Everything", components: fields });
    const modal = await opened.modal();
    const file = { name: "a.csv", contentType: "text/csv", bytes: Buffer.from("a,b") };
    const filled = { Name: "dip", Mode: "Paper", Days: ["live"], "I understand": true, Candles: [file] };
    expect(() => discord.submit(discord.user, modal, { ...filled, Mode: "Demo" })).toThrow("Demo is not among Paper, Live");
    expect(() => discord.submit(discord.user, modal, { ...filled, Candles: [] })).toThrow("needs a file");
    expect(() => discord.submit(discord.addUser("Eve"), modal, filled)).toThrow("on the screen of ada");
    await bot.respond(discord.submit(discord.user, modal, filled), 4, { content: "thanks" });
    expect(discord.violations).toEqual([]);
  });

  test("replies are read, edited, followed and deleted", async () => {
    const interaction = discord.slash(discord.user, "/ping");
    const { id, token } = interaction.facts;
    const answered = await bot.send(
      "POST",
      `/interactions/${id}/${token}/callback?with_response=true`,
      { type: 4, data: { content: "a" } },
      {},
    );
    expect(answered).toMatchObject({ status: 200, body: { resource: { message: { content: "a", type: 20 } } } });
    const hook = `/webhooks/${discord.world.applicationId}/${token}/messages`;
    expect(await bot.send("GET", `${hook}/%40original`, undefined, {})).toMatchObject({ status: 200, body: { content: "a" } });
    const more = await bot.followUp(interaction, { content: "b", flags: 64 });
    expect(await bot.send("PATCH", `${hook}/${more.body.id}`, { content: "c" }, {})).toMatchObject({ status: 200, body: { content: "c" } });
    expect(await bot.send("DELETE", `${hook}/@original`, undefined, {})).toMatchObject({ status: 204 });
    expect(await interaction.wait("deleted")).toBe(answered.body.resource?.message.id);
    expect(interaction.shown()).toBeUndefined();
    expect(await bot.send("GET", `${hook}/@original`, undefined, {})).toMatchObject({ status: 404, body: { code: 10_008 } });
    expect(discord.violations).toEqual([]);
  });

  test("a channel is kept tidy", async () => {
    const path = `/channels/${discord.channel.id}`;
    const sent = [await bot.post({ content: "a" }), await bot.post({ content: "b" })].map((answer) => answer.body.id);
    const statuses = [
      await bot.send("PUT", `${path}/messages/pins/${sent[0]}`),
      await bot.send("GET", `${path}/messages/pins`),
      await bot.send("DELETE", `${path}/messages/pins/${sent[0]}`),
      await bot.send("PUT", `${path}/messages/${sent[0]}/reactions/%F0%9F%91%8D/@me`),
      await bot.send("GET", `${path}/messages/${sent[0]}`),
      await bot.send("DELETE", `${path}/messages/${sent[0]}/reactions/%F0%9F%91%8D/@me`),
      await bot.send("POST", `${path}/threads`, { name: "backtest", type: 11 }),
      await bot.send("GET", `/channels/${discord.channelNamed("backtest").id}`),
      await bot.send("GET", `/channels/${discord.direct(discord.user).id}`),
      await bot.send("POST", `${path}/messages/bulk-delete`, { messages: sent }),
    ].map((answer) => answer.status);
    expect(statuses).toEqual([204, 200, 204, 204, 200, 204, 201, 200, 200, 204]);
    expect(discord.channelMessages()).toEqual([]);
    expect(discord.violations).toEqual([]);
  });
});

describe.runIf(recordedJudge)("the recorded second opinion", () => {
  test("sees a query parameter that nobody knows", async () => {
    await bot.send("GET", `/channels/${discord.channel.id}/messages?limits=2`);
    expect(discord.violations).toEqual([expect.stringContaining("openapi: unknown query parameter limits")]);
  });

  test("tells one typo in few words", async () => {
    await bot.post({ components: [row({ type: 2, style: 1, label: "Go", custom_id: "go", colour: "red" })] });
    expect(discord.violations.filter((line) => line.includes("openapi"))).toEqual([expect.stringContaining("colour")]);
  });

  test("sees too many of a kind", async () => {
    const button = (index: number) => ({ type: 2, style: 1, label: "Go", custom_id: `go${index}` });
    await bot.post({ components: [row(...[1, 2, 3, 4, 5, 6].map(button))] });
    expect(discord.violations.some((line) => line.includes("openapi") && line.includes("5 items"))).toBe(true);
  });

  test("judges our own answers too", () => {
    const wrong = recordedJudge?.answer("GET /users/{user_id}", { status: 200, body: { id: "1", username: "a" } });
    expect(wrong).toEqual([expect.stringContaining("required property")]);
  });
});
