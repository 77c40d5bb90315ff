import { afterEach, beforeEach, expect, test } from "vitest";
import { canary } from "../canary/canary.ts";
import { rawBot } from "../discord-selftest/testing.ts";
import { DiscordCounterpart } from "./counterpart.ts";

let discord: DiscordCounterpart;
let bot: ReturnType<typeof rawBot>;

beforeEach(async () => {
  discord = await DiscordCounterpart.start();
  bot = rawBot(discord);
  await bot.register({ name: "connect", description: "Asks for a key", type: 1 });
});
afterEach(() => discord.stop());

const input = { type: 4, style: 1, custom_id: "apiKey", required: true, min_length: 4, max_length: 512 };
const modal = { custom_id: "secret:t0ken", title: "A key", components: [{ type: 18, label: "API key", component: input }] };
const [field] = modal.components;

test.each([
  ["a title of 46 characters", { ...modal, title: "t".repeat(46) }],
  ["an id of 101 characters", { ...modal, custom_id: "i".repeat(101) }],
  ["a label of 46 characters", { ...modal, components: [{ ...field, label: "l".repeat(46) }] }],
  ["a field of 4,001 characters", { ...modal, components: [{ ...field, component: { ...input, max_length: 4_001 } }] }],
  ["two fields of one id", { ...modal, components: [field, field] }],
])("a form with %s is refused", async (_what, data) => {
  expect(await bot.respond(discord.slash(discord.user, "/connect"), 9, data)).toMatchObject({ status: 400 });
});

test("a form cannot follow a deferral, and takes only texts of the length that it allows", async () => {
  const deferred = discord.slash(discord.user, "/connect");
  await bot.respond(deferred, 5, { flags: 64 });
  expect(await bot.respond(deferred, 9, modal)).toMatchObject({ status: 400 });
  const opened = discord.slash(discord.user, "/connect");
  expect(await bot.respond(opened, 9, modal)).toMatchObject({ status: 204 });
  const form = await opened.modal();
  expect(() => discord.submit(discord.user, form, { apiKey: "abc" })).toThrow("takes 4 to 512 characters, found 3");
  expect(() => discord.submit(discord.user, form, { apiKey: canary("exchange key", 513) })).toThrow("takes 4 to 512 characters, found 513");
});
