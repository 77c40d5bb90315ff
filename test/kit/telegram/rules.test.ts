import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TelegramCounterpart } from "./counterpart.ts";

type Body = { ok: boolean; result?: unknown; error_code?: number; description?: string; parameters?: { migrate_to_chat_id?: number } };

const HOUR_MS = 3_600_000;
let telegram: TelegramCounterpart;
let nowMs: number;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  telegram = await TelegramCounterpart.start({ clock: { nowMs: () => nowMs } });
});
afterEach(async () => {
  expect(telegram.violations).toEqual([]);
  await telegram.stop();
});

/** A request without any library: these are the requests that a library would not let through. */
async function call(method: string, args: Record<string, unknown> = {}): Promise<Body> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${telegram.apiUrl}/bot${telegram.token}/${method}`, { method: "POST", headers, body: JSON.stringify(args) });
  return (await answer.json()) as Body;
}

async function refusal(method: string, args: Record<string, unknown>): Promise<string> {
  const body = await call(method, { chat_id: telegram.chat.id, ...args });
  return body.ok ? "accepted" : (body.description ?? "");
}

async function upload(method: string, field: string, bytes: Buffer): Promise<Body> {
  const form = new FormData();
  form.set("chat_id", String(telegram.chat.id));
  form.set(field, new Blob([new Uint8Array(bytes)]), "upload.png");
  const answer = await fetch(`${telegram.apiUrl}/bot${telegram.token}/${method}`, { method: "POST", body: form });
  return (await answer.json()) as Body;
}

function png(width: number, height: number, size = 64): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.write("89504e470d0a1a0a0000000d49484452", 0, "hex");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

async function sentMessageId(args: Record<string, unknown> = {}): Promise<number> {
  const { result } = await call("sendMessage", { chat_id: telegram.chat.id, text: "hello", ...args });
  return (result as { message_id: number }).message_id;
}

describe("texts", () => {
  test("an empty text is refused, also when only white space is left", async () => {
    expect(await refusal("sendMessage", { text: " \n " })).toBe("Bad Request: message text is empty");
    expect(await refusal("sendMessage", { text: "<b> </b>", parse_mode: "HTML" })).toBe("Bad Request: message text is empty");
  });

  test("the length counts after the markup is gone, in UTF-16 units", async () => {
    expect(await refusal("sendMessage", { text: `<b>${"x".repeat(4096)}</b>`, parse_mode: "HTML" })).toBe("accepted");
    expect(await refusal("sendMessage", { text: "x".repeat(4097) })).toBe("Bad Request: message is too long");
    expect(await refusal("sendMessage", { text: "😀".repeat(2049) })).toBe("Bad Request: message is too long");
    expect(await refusal("sendMessage", { text: "&amp;".repeat(4096), parse_mode: "HTML" })).toBe("accepted");
  });

  test.each([
    ["<x>", 'Unsupported start tag "x" at byte offset 0'],
    ["é < 5", 'Unsupported start tag "" at byte offset 3'],
    ["a <b", "Unclosed start tag at byte offset 2"],
    ["<b>bold", 'Can\'t find end tag corresponding to start tag "b"'],
    ["<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ["x</b>", "Unexpected end tag at byte offset 1"],
    ["<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ["<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'],
  ])("the HTML %s is refused", async (text, detail) => {
    expect(await refusal("sendMessage", { text, parse_mode: "HTML" })).toBe(`Bad Request: can't parse entities: ${detail}`);
  });

  test("HTML becomes text and entities with places in UTF-16 units", async () => {
    const source =
      '😀 <a href="https://example.org?a=1&amp;b=2">link</a> <pre><code class="language-ts">let a&lt;b</code></pre>&#33; <blockquote expandable>q</blockquote>';
    const { result } = await call("sendMessage", { chat_id: telegram.chat.id, text: source, parse_mode: "HTML" });
    expect(result).toMatchObject({
      text: "😀 link let a<b! q",
      entities: [
        { type: "text_link", offset: 3, length: 4, url: "https://example.org?a=1&b=2" },
        { type: "pre", offset: 8, length: 7, language: "ts" },
        { type: "expandable_blockquote", offset: 17, length: 1 },
      ],
    });
  });

  test("MarkdownV2 wants every sign escaped that means something", async () => {
    const markdown = (text: string) => refusal("sendMessage", { text, parse_mode: "MarkdownV2" });
    const reserved = "is reserved and must be escaped with the preceding '\\'";
    expect(await markdown("PnL +3%")).toBe(`Bad Request: can't parse entities: Character '+' ${reserved}`);
    expect(await markdown("12.5")).toBe(`Bad Request: can't parse entities: Character '.' ${reserved}`);
    expect(await markdown("*bold")).toBe("Bad Request: can't parse entities: Can't find end of Bold entity at byte offset 0");
    expect(await markdown("*PnL* \\+3\\.2% [docs](https://example.org) `a.b` ||no|| __u__")).toBe("accepted");
    expect(telegram.textOf(telegram.messages(telegram.chat).at(-1)!)).toBe("PnL +3.2% docs a.b no u");
  });
});

describe("changing messages", () => {
  test("an edit that changes nothing is refused; a keyboard that is not repeated is a change", async () => {
    const reply_markup = { inline_keyboard: [[{ text: "Ok", callback_data: "ok" }]] };
    const message_id = await sentMessageId({ text: "<b>same</b>", parse_mode: "HTML", reply_markup });
    const same = { message_id, text: "<b>same</b>", parse_mode: "HTML" };
    expect(await refusal("editMessageText", { ...same, reply_markup })).toMatch(
      /^Bad Request: message is not modified: specified new message/,
    );
    expect(await refusal("editMessageText", same)).toBe("accepted");
    expect(await refusal("editMessageText", same)).toMatch(/not modified/);
    expect(await refusal("editMessageReplyMarkup", { message_id })).toMatch(/not modified/);
  });

  test("what is unknown or too old cannot be changed", async () => {
    const { message_id: incoming } = telegram.say(telegram.user, "old");
    expect(await refusal("editMessageText", { message_id: 99, text: "x" })).toBe("Bad Request: message to edit not found");
    expect(await refusal("editMessageText", { message_id: incoming, text: "x" })).toBe("Bad Request: message can't be edited");
    expect(await refusal("deleteMessage", { message_id: 99 })).toBe("Bad Request: message to delete not found");
    nowMs += 48 * HOUR_MS;
    expect(await refusal("deleteMessage", { message_id: incoming })).toBe("Bad Request: message can't be deleted");
  });

  test("a person's message leaves a private chat at once and a group only where the bot is an administrator", async () => {
    const group = telegram.addGroup("Desk", [telegram.user]);
    const [here, there] = [telegram.say(telegram.user, "/one"), telegram.say(telegram.user, "/two", group)];
    expect(await refusal("deleteMessage", { message_id: here.message_id })).toBe("accepted");
    expect(await refusal("deleteMessage", { message_id: here.message_id })).toBe("Bad Request: message to delete not found");
    const inGroup = { chat_id: group.id, message_id: there.message_id };
    expect(await refusal("deleteMessage", inGroup)).toBe("Bad Request: message can't be deleted");
    telegram.promote(telegram.user, group);
    expect(await refusal("deleteMessage", inGroup)).toBe("accepted");
    expect([telegram.messages(telegram.chat), telegram.messages(group).map(({ text }) => text)]).toEqual([[], []]);
  });
});

describe("buttons and commands", () => {
  test("callback data has at most 64 bytes, not characters", async () => {
    const markup = (callback_data: string) => ({ text: "x", reply_markup: { inline_keyboard: [[{ text: "Ok", callback_data }]] } });
    expect(await refusal("sendMessage", markup("x".repeat(64)))).toBe("accepted");
    expect(await refusal("sendMessage", markup("€".repeat(22)))).toBe("Bad Request: BUTTON_DATA_INVALID");
  });

  test("a press can be answered once and not late", async () => {
    const reply_markup = { inline_keyboard: [[{ text: "Ok", callback_data: "ok" }]] };
    await sentMessageId({ reply_markup });
    const message = telegram.messages(telegram.chat)[0]!;
    const tooOld = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    const first = { callback_query_id: telegram.press(telegram.user, message, "Ok").queryId };
    expect(await call("answerCallbackQuery", first)).toMatchObject({ ok: true });
    expect((await call("answerCallbackQuery", first)).description).toBe(tooOld);
    const late = { callback_query_id: telegram.press(telegram.user, message, "Ok").queryId };
    nowMs += 60_000;
    expect((await call("answerCallbackQuery", late)).description).toBe(tooOld);
  });

  test.each(["Bot", "bot-start", "bot.start"])("the command name %s is refused", async (command) => {
    const body = await call("setMyCommands", { commands: [{ command, description: "x" }] });
    expect(body.description).toBe("Bad Request: BOT_COMMAND_INVALID");
  });
});

describe("files", () => {
  test("a photo is an image of sensible size", async () => {
    expect((await upload("sendPhoto", "photo", png(1200, 675))).ok).toBe(true);
    expect((await upload("sendPhoto", "photo", Buffer.from("text"))).description).toBe("Bad Request: IMAGE_PROCESS_FAILED");
    expect((await upload("sendPhoto", "photo", png(9_000, 1_001))).description).toBe("Bad Request: PHOTO_INVALID_DIMENSIONS");
    expect((await upload("sendPhoto", "photo", png(2_100, 100))).description).toBe("Bad Request: PHOTO_INVALID_DIMENSIONS");
    expect((await upload("sendPhoto", "photo", png(10, 10, 10 * 1024 * 1024 + 1))).error_code).toBe(413);
  });

  test("a caption has at most 1,024 characters", async () => {
    const photo = await upload("sendPhoto", "photo", png(10, 10));
    const [{ file_id }] = (photo.result as { photo: [{ file_id: string }] }).photo;
    expect(await refusal("sendPhoto", { photo: file_id, caption: "x".repeat(1_025) })).toBe("Bad Request: message caption is too long");
    expect(await refusal("sendPhoto", { photo: "nothing" })).toBe("Bad Request: wrong file identifier/HTTP URL specified");
  });
});

describe("who may be reached", () => {
  test("a wrong token is 401, an unknown method 404", async () => {
    const wrong = await fetch(`${telegram.apiUrl}/bot1:wrong/getMe`);
    expect(await wrong.json()).toEqual({ ok: false, error_code: 401, description: "Unauthorized" });
    expect(await call("sendNothing")).toEqual({ ok: false, error_code: 404, description: "Not Found" });
    expect(telegram.takeViolations()).toEqual(["there is no method sendNothing"]);
  });

  test("unknown, blocked and migrated chats are refused, each in its own words", async () => {
    const group = telegram.addGroup("Desk", [telegram.user]);
    const { id } = telegram.migrate(telegram.user, group);
    expect(await refusal("sendMessage", { chat_id: 5, text: "x" })).toBe("Bad Request: chat not found");
    expect(await call("sendMessage", { chat_id: group.id, text: "x" })).toMatchObject({
      error_code: 400,
      parameters: { migrate_to_chat_id: id },
    });
    telegram.block(telegram.user);
    expect(await refusal("sendMessage", { text: "x" })).toBe("Forbidden: bot was blocked by the user");
    telegram.unblock(telegram.user);
    expect(await refusal("sendMessage", { text: "x" })).toBe("accepted");
  });
});

describe("getting updates", () => {
  test("an offset confirms what is below it, a negative one keeps the last", async () => {
    const ids = async (args: object) => ((await call("getUpdates", { ...args })).result as { update_id: number }[]).map((u) => u.update_id);
    for (const text of ["a", "b", "c"]) telegram.say(telegram.user, text);
    const [first = 0, ...rest] = await ids({});
    expect(await ids({ limit: 1 })).toEqual([first]);
    expect(await ids({ offset: first + 1 })).toEqual(rest);
    expect(await ids({ offset: -1 })).toEqual([first + 2]);
    telegram.duplicate();
    expect(await ids({ offset: first + 3 })).toEqual([first + 2]);
    telegram.restartUpdateIds(7);
    telegram.say(telegram.user, "d");
    expect(await ids({ offset: first + 3 })).toEqual([7]);
  });

  test("the second poller ends the first, a webhook ends both", async () => {
    const first = call("getUpdates", { timeout: 10 });
    await expect.poll(() => telegram.isPolled).toBe(true);
    const second = call("getUpdates", { timeout: 10 });
    expect((await first).description).toMatch(/^Conflict: terminated by other getUpdates request/);
    await expect.poll(() => telegram.isPolled).toBe(true);
    await call("setWebhook", { url: "http://127.0.0.1:9/" });
    expect((await second).description).toBe("Conflict: terminated by setWebhook request");
    expect((await call("getUpdates")).description).toMatch(/^Conflict: can't use getUpdates method while webhook is active/);
  });

  test("kinds that were not asked for do not come, and the wish is remembered", async () => {
    await call("getUpdates", { allowed_updates: ["callback_query"] });
    telegram.say(telegram.user, "unheard");
    expect((await call("getUpdates")).result).toEqual([]);
    await call("getUpdates", { allowed_updates: [] });
    const said = telegram.say(telegram.user, "heard");
    telegram.react(telegram.user, said, "👍");
    expect((await call("getUpdates")).result).toHaveLength(1);
  });
});

test("the judges name the parameter that is wrong, and the request is refused", async () => {
  expect(await refusal("sendMessage", { text: "x", disable_web_page_preview: true })).toMatch(/disable_web_page_preview/);
  expect(await refusal("sendMessage", { text: "x", parse_mode: "html" })).toMatch(/parse_mode/);
  const press = { callback_query_id: "1", text: "x".repeat(201) };
  expect((await call("answerCallbackQuery", press)).description).toMatch(/text must NOT have more than 200/);
  expect((await call("getUpdates", { allowed_updates: ["messages"] })).ok).toBe(false);
  expect(telegram.takeViolations()).toHaveLength(4);
});
