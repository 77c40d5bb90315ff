import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Bot, InlineKeyboard, InputFile } from "grammy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TelegramCounterpart } from "./counterpart.ts";
import { SpecJudge } from "./judge-spec.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const SPEC = resolve(PROJECT, process.env.RECORDED_DIR ?? "../shared", "specs/telegram-bot-api.json");
const secondOpinion = existsSync(SPEC);
if (!secondOpinion) process.stdout.write(`No second opinion on the Telegram wire: ${SPEC} is not there\n`);

/** Only the header of a picture matters to the counterpart. */
function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write("89504e470d0a1a0a0000000d49484452", 0, "hex");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function desk(telegram: TelegramCounterpart): Bot {
  const bot = new Bot(telegram.token, { client: { apiRoot: telegram.apiUrl } });
  const keyboard = new InlineKeyboard().text("Start", "start:dip").danger().text("Help", "help").row().url("Docs", "https://example.org");
  bot.command("status", (ctx) => ctx.reply("<b>dip</b> &amp; <i>calm</i>", { parse_mode: "HTML", reply_markup: keyboard }));
  bot.command("chart", (ctx) => ctx.replyWithPhoto(new InputFile(png(1200, 675), "chart.png"), { caption: "BTC/USDT" }));
  bot.command("name", (ctx) => ctx.reply("Which name?", { reply_markup: { force_reply: true, input_field_placeholder: "dip" } }));
  bot.command("report", async (ctx) => {
    await ctx.replyWithChatAction("upload_document");
    await ctx.replyWithDocument(new InputFile(Buffer.from("a,b\n"), "fills.csv"));
  });
  bot.callbackQuery("start:dip", async (ctx) => {
    await ctx.answerCallbackQuery({ text: "starting", show_alert: true });
    await ctx.editMessageText("dip is running");
  });
  bot.callbackQuery("help", (ctx) => ctx.reply("Try /status"));
  bot.on("message_reaction", (ctx) => ctx.reply(`You reacted with ${ctx.messageReaction.new_reaction.map(({ type }) => type).join()}`));
  bot.on("edited_message:text", (ctx) => ctx.reply(`Now: ${ctx.editedMessage.text}`));
  bot.on("message:document", async (ctx) => {
    const { file_path } = await ctx.getFile();
    const file = await fetch(`${telegram.apiUrl}/file/bot${telegram.token}/${file_path}`);
    await ctx.reply(`Read ${await file.text()}`);
  });
  bot.chatType("private").on("message:text", async (ctx) => {
    if (ctx.message.reply_to_message) await ctx.reply(`Called ${ctx.message.text}`);
    else await ctx.react("👀");
  });
  return bot;
}

describe("the real grammY bot and a person meet at the counterpart", () => {
  let telegram: TelegramCounterpart;
  let bot: Bot;
  let polling: Promise<void>;

  beforeAll(async () => {
    telegram = await TelegramCounterpart.start(secondOpinion ? { botApiSpecPath: SPEC } : {});
    bot = desk(telegram);
    polling = bot.start({ allowed_updates: ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"] });
    await telegram.ask(telegram.user, "/status");
  });

  afterAll(async () => {
    await bot.stop();
    await polling;
    expect(telegram.violations).toEqual([]);
    await telegram.stop();
  });

  test("a command is answered with words and buttons that a person can read", async () => {
    const card = await telegram.ask(telegram.user, "/status");
    expect(telegram.textOf(card)).toBe("dip & calm\n[Start] [Help]\n[Docs]");
    expect(card.entities).toEqual([
      { type: "bold", offset: 0, length: 3 },
      { type: "italic", offset: 6, length: 4 },
    ]);
  });

  test("a press is answered and edits the message; the buttons that were not repeated are gone", async () => {
    const card = await telegram.ask(telegram.user, "/status");
    const press = telegram.press(telegram.user, card, "Start");
    expect(await press.answer).toMatchObject({ text: "starting", show_alert: true });
    expect(telegram.textOf(await telegram.waitForEdit(card))).toBe("dip is running");
    expect(telegram.unansweredPresses).toBe(0);
  });

  test("a press may also lead to a new message", async () => {
    const card = await telegram.ask(telegram.user, "/status");
    expect(telegram.textOf(await telegram.pressAndSee(telegram.user, card, "Help"))).toBe("Try /status");
  });

  test("a button that is not there cannot be pressed", async () => {
    const card = await telegram.ask(telegram.user, "/status");
    expect(() => telegram.press(telegram.user, card, "Sell")).toThrow("only [Start] [Help] [Docs]");
    expect(() => telegram.press(telegram.user, card, "Docs")).toThrow("tells the bot nothing");
  });

  test("a photo arrives with its bytes, its size and its caption", async () => {
    const chart = await telegram.ask(telegram.user, "/chart");
    expect(telegram.textOf(chart)).toBe("(photo)\nBTC/USDT");
    expect(chart.photo?.at(-1)).toMatchObject({ width: 1200, height: 675 });
    expect(telegram.fileOf(chart)).toEqual(png(1200, 675));
  });

  test("a document and the action before it are seen", async () => {
    const report = await telegram.ask(telegram.user, "/report");
    expect(telegram.actions(telegram.chat)).toContain("upload_document");
    expect(telegram.textOf(report)).toBe("(file fills.csv)");
  });

  test("a file of a person can be downloaded", async () => {
    telegram.sendFile(telegram.user, "candles.csv", Buffer.from("1,2,3"));
    const answer = await telegram.waitForMessage(telegram.chat, ({ text }) => text === "Read 1,2,3");
    expect(answer.chat.id).toBe(telegram.chat.id);
  });

  test("what a person types after a question becomes the answer to it", async () => {
    await telegram.ask(telegram.user, "/name");
    expect(telegram.pendingReply()?.placeholder).toBe("dip");
    expect(telegram.textOf(await telegram.ask(telegram.user, "calm"))).toBe("Called calm");
  });

  test("reactions go both ways, and edits of a person arrive", async () => {
    const said = telegram.say(telegram.user, "looks good");
    expect(await telegram.waitForReaction(said)).toBe("👀");
    telegram.react(telegram.user, said, "👍");
    await telegram.waitForMessage(telegram.chat, ({ text }) => text === "You reacted with emoji");
    telegram.edit(telegram.user, said, "looks bad");
    await telegram.waitForMessage(telegram.chat, ({ text }) => text === "Now: looks bad");
  });

  test("in a group the bot hears commands and replies, not the talk of people", async () => {
    const bob = telegram.addUser("Bob");
    const group = telegram.addGroup("Desk", [telegram.user, bob]);
    const before = telegram.sentUpdates.length;
    telegram.say(bob, "nice weather", group);
    telegram.say(bob, "/status@another_bot", group);
    expect(telegram.sentUpdates.length).toBe(before);
    telegram.sayAsAnonymousAdmin(group, "/status@scalpstorm_bot");
    expect(telegram.textOf(await telegram.waitForMessage(group))).toContain("dip & calm");
    telegram.sayAsChannel("Signals", "/status", group);
    await telegram.waitForMessage(group);
    await telegram.ask(bob, "/status", { chat: group });
    expect(() => telegram.say(telegram.addUser("Eve"), "/status", group)).toThrow("Eve is not in the chat");
  });

  test("people come, go, forward, migrate and put the bot out", async () => {
    const carol = telegram.addUser("Carol");
    const group = telegram.addGroup("Old desk", [telegram.user]);
    telegram.promote(telegram.user, group);
    telegram.join(carol, group);
    telegram.forward(carol, await telegram.ask(telegram.user, "/status"), group);
    telegram.leave(carol, group);
    const supergroup = telegram.migrate(telegram.user, group);
    await expect(bot.api.sendMessage(group.id, "hello")).rejects.toMatchObject({ parameters: { migrate_to_chat_id: supergroup.id } });
    await bot.api.sendMessage(supergroup.id, "hello");
    telegram.kick(telegram.user, supergroup);
    await expect(bot.api.sendMessage(supergroup.id, "hello")).rejects.toMatchObject({ error_code: 403 });
  });

  test("menus are kept by scope and language", async () => {
    await bot.api.setMyCommands([{ command: "panic", description: "Stop everything" }], {
      scope: { type: "chat", chat_id: telegram.chat.id },
    });
    await bot.api.setMyCommands([{ command: "hilfe", description: "Hilfe" }], { language_code: "de" });
    expect(telegram.commandsFor({ type: "chat", chat_id: telegram.chat.id }).map(({ command }) => command)).toEqual(["panic"]);
    expect(telegram.commandsFor({ type: "default" }, "de")).toHaveLength(1);
    expect(telegram.commandsFor()).toEqual([]);
    expect(await bot.api.getMyCommands({ language_code: "de" })).toHaveLength(1);
    await bot.api.deleteMyCommands({ language_code: "de" });
    expect(telegram.commandsFor(undefined, "de")).toEqual([]);
  });

  test("messages are pinned, changed, deleted and looked up", async () => {
    const { message_id } = await bot.api.sendPhoto(telegram.chat.id, new InputFile(png(640, 480), "a.png"), { caption: "one" });
    await bot.api.pinChatMessage(telegram.chat.id, message_id);
    expect(telegram.pinned().map((message) => message.message_id)).toEqual([message_id]);
    await bot.api.editMessageCaption(telegram.chat.id, message_id, { caption: "<u>two</u>", parse_mode: "HTML" });
    await bot.api.editMessageMedia(telegram.chat.id, message_id, { type: "photo", media: new InputFile(png(64, 48), "b.png") });
    await bot.api.editMessageReplyMarkup(telegram.chat.id, message_id, { reply_markup: new InlineKeyboard().text("Ok", "ok") });
    const photo = telegram.pinned()[0]!;
    expect(telegram.textOf(photo)).toBe("(photo)\n[Ok]");
    await bot.api.unpinChatMessage(telegram.chat.id, message_id);
    await bot.api.deleteMessage(telegram.chat.id, message_id);
    await telegram.waitForDelete(photo);
    const chat = await bot.api.getChat(telegram.chat.id);
    expect(chat).toMatchObject({ type: "private", first_name: "Ada" });
    expect(await bot.api.getChatMember(telegram.chat.id, telegram.user.id)).toMatchObject({ status: "creator" });
  });

  test("a rich message carries a table, details and a photo, and is edited like a text", async () => {
    const cell = (text: string) => ({ text, align: "left" as const, valign: "middle" as const });
    const table = {
      type: "table" as const,
      cells: [
        [cell("Bot"), cell("PnL")],
        [cell("dip"), cell("+3.2%")],
      ],
    };
    const photo = { type: "photo" as const, photo: { type: "photo" as const, media: new InputFile(png(640, 480), "c.png") } };
    const heading = { type: "heading" as const, text: [{ type: "bold" as const, text: "Port" }, "folio"], size: 2 as const };
    const details = { type: "details" as const, summary: "Fills", blocks: [{ type: "paragraph" as const, text: "none" }] };
    const { message_id } = await bot.api.sendRichMessage(telegram.chat.id, { blocks: [heading, table, details, photo] });
    const shown = telegram.messages(telegram.chat).at(-1)!;
    expect(telegram.textOf(shown)).toBe("Portfolio\nBot | PnL\ndip | +3.2%\nFills\nnone\n(photo)");
    await bot.api.raw.editMessageText({ chat_id: telegram.chat.id, message_id, rich_message: { blocks: [table] } });
    expect(telegram.textOf(await telegram.waitForEdit(shown))).toBe("Bot | PnL\ndip | +3.2%");
  });

  test("albums, topics and administrators are known", async () => {
    const forum = telegram.addSupergroup("Forum", [telegram.user], { forum: true });
    const topic = await bot.api.createForumTopic(forum.id, "dip");
    await bot.api.sendMessage(forum.id, "in the topic", { message_thread_id: topic.message_thread_id });
    await bot.api.closeForumTopic(forum.id, topic.message_thread_id);
    expect(await bot.api.getChatAdministrators(forum.id)).toHaveLength(1);
    const media = [1, 2].map((side) => ({ type: "photo" as const, media: new InputFile(png(side * 100, 100), "x.png") }));
    expect(await bot.api.sendMediaGroup(telegram.chat.id, media)).toHaveLength(2);
  });
});

test.skipIf(!secondOpinion)("the second opinion knows the limits that are written in prose, and every name", () => {
  const judge = new SpecJudge(SPEC);
  const message = (button: object) => ({ chat_id: 1, text: "x", reply_markup: { inline_keyboard: [[{ text: "Ok", ...button }]] } });
  expect(judge.request("sendMessage", message({ callback_data: "ok" }))).toEqual([]);
  expect(judge.request("sendMessage", message({ callback_data: "x".repeat(65) })).join()).toContain("has 65 bytes, not 1 to 64");
  expect(judge.request("sendMessage", { ...message({}), silent: true }).join()).toContain("/silent is not a field of sendMessage");
  expect(judge.request("sendMessage", { chat_id: true, text: "x" }).join()).toContain("/chat_id is not");
  expect(judge.request("sendMessage", { chat_id: 1 }).join()).toContain("/text is missing");
});

test("a bot in a child process needs nothing but the address and the token", async () => {
  const telegram = await TelegramCounterpart.start();
  const script = `import { Bot } from "grammy";
    const bot = new Bot(process.env.TOKEN, { client: { apiRoot: process.env.URL } });
    bot.command("ping", (ctx) => ctx.reply("pong"));
    process.once("SIGTERM", () => bot.stop());
    await bot.start();`;
  const env = { ...process.env, TOKEN: telegram.token, URL: telegram.apiUrl };
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: PROJECT, env, stdio: "inherit" });
  const pong = await telegram.ask(telegram.user, "/ping", { timeoutMs: 15_000 });
  expect(telegram.textOf(pong)).toBe("pong");
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
  expect(telegram.violations).toEqual([]);
  await telegram.stop();
});
