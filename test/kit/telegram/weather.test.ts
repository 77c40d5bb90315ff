import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { autoRetry } from "@grammyjs/auto-retry";
import { Bot, type GrammyError, type HttpError, webhookCallback } from "grammy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TelegramCounterpart } from "./counterpart.ts";

let telegram: TelegramCounterpart;
let bot: Bot;

beforeEach(async () => {
  telegram = await TelegramCounterpart.start();
  bot = new Bot(telegram.token, { client: { apiRoot: telegram.apiUrl, timeoutSeconds: 60 } });
});
afterEach(async () => {
  expect(telegram.violations).toEqual([]);
  await telegram.stop();
});

const send = (text: string) => bot.api.sendMessage(telegram.chat.id, text);
const texts = () => telegram.botMessages(telegram.chat).map((message) => message.text);

test("an announced failure strikes as often as it was announced", async () => {
  telegram.fault({ method: "sendMessage", status: 502, description: "Bad Gateway", times: 2 });
  for (const _ of [1, 2]) await expect(send("lost")).rejects.toMatchObject({ error_code: 502 } satisfies Partial<GrammyError>);
  await send("found");
  expect(texts()).toEqual(["found"]);
});

test("a cut before the sending loses the message, a cut after it loses only the answer", async () => {
  const cut = { name: "HttpError" } satisfies Partial<HttpError>;
  telegram.fault({ method: "sendMessage", destroy: "before" });
  await expect(send("one")).rejects.toMatchObject(cut);
  telegram.fault({ method: "sendMessage", destroy: "after", when: ({ text }) => text === "two" });
  await expect(send("two")).rejects.toMatchObject(cut);
  expect(texts()).toEqual(["two"]);
});

test("a request may hang until its client gives up, and a proxy may answer in HTML", async () => {
  const hasty = new Bot(telegram.token, { client: { apiRoot: telegram.apiUrl, timeoutSeconds: 0.2 } });
  telegram.fault({ method: "*", hang: "before" });
  await expect(hasty.api.sendMessage(telegram.chat.id, "late")).rejects.toMatchObject({
    error: { message: "Request to 'sendMessage' timed out after 0.2 seconds" },
  });
  telegram.fault({ method: "sendMessage", html: 502 });
  await expect(send("page")).rejects.toMatchObject({ name: "HttpError" });
});

test("flood control counts per chat and tells how long to wait; auto-retry waits", async () => {
  telegram.setFloodLimits({ perChat: { count: 2, windowMs: 1_000 } });
  await send("1");
  await send("2");
  await expect(send("3")).rejects.toMatchObject({ error_code: 429, parameters: { retry_after: 1 } });
  bot.api.config.use(autoRetry({ rethrowHttpErrors: true }));
  await send("3");
  expect(texts()).toEqual(["1", "2", "3"]);
});

test("a second process with the same token ends the polling of the first", async () => {
  const ended = expect(bot.start()).rejects.toMatchObject({ error_code: 409 });
  await expect.poll(() => telegram.isPolled).toBe(true);
  telegram.secondPoller();
  await ended;
});

test("after a cut of every connection the bot comes back, and an update that comes twice is seen twice", async () => {
  bot.on("message:text", (ctx) => ctx.reply(`heard ${ctx.msg.text}`));
  const polling = bot.start();
  await telegram.ask(telegram.user, "one");
  telegram.closeAllConnections();
  // grammY pauses for 3 s after a failed getUpdates.
  await telegram.ask(telegram.user, "two", { timeoutMs: 8_000 });
  telegram.duplicate();
  await telegram.waitForMessage(telegram.chat, ({ message_id, text }) => text === "heard two" && message_id > 4);
  await bot.stop();
  await polling;
});

test("a webhook gets its secret, is tried again after a failure and may answer with a method", async () => {
  bot.command("ping", (ctx) => ctx.reply("pong"));
  const handle = webhookCallback(bot, "http", { secretToken: "s3cret" });
  let failures = 1;
  const hook = createServer((request, response) => {
    failures -= 1;
    if (failures >= 0) response.writeHead(500).end();
    else handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  await bot.api.setWebhook(url, { secret_token: "s3cret" });
  expect(telegram.textOf(await telegram.ask(telegram.user, "/ping"))).toBe("pong");
  expect(await bot.api.getWebhookInfo()).toMatchObject({ url, last_error_message: expect.stringContaining("500") });
  await bot.api.deleteWebhook();
  hook.closeAllConnections();
  await new Promise((resolve) => hook.close(resolve));
});
