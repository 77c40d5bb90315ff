import type { Api } from "grammy";
import type { ForceReply, InlineKeyboardMarkup } from "grammy/types";
import { type Painted, withoutPicture } from "../../chat/painted.ts";
import { messageOf } from "../../domain/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Picture } from "../../ports/picture.ts";
import { NotSent } from "../../ports/platform.ts";
import type { TextFile } from "../../ports/text-file.ts";
import type { View } from "../../ports/view.ts";
import { isUnmodified, isUnreadable, refusalOf } from "./fault.ts";
import { Lanes } from "./lanes.ts";
import { type ChatPlace, isGroup } from "./place.ts";
import { captionHtml, plainText, render } from "./render.ts";
import { cut } from "./text.ts";

export interface PostOptions {
  readonly replyTo?: number | undefined;
  readonly repeat?: boolean;
  /** Makes the app answer this message when the person types next; stands in the input field meanwhile. */
  readonly placeholder?: string;
}

const PLACEHOLDER_MAX = 64;
const CAPTION_PLAIN_MAX = 1_024;
const MIGRATIONS_MAX = 1_000;

/** Posts and edits messages, one at a time per chat. Rejects as the library does. */
export class Delivery {
  readonly #api: () => Api | undefined;
  readonly #logger: Logger;
  readonly #lanes = new Lanes<number>();
  /** Groups that became supergroups; requests to the old number are refused for ever. */
  readonly #migrated = new Map<number, number>();

  constructor(api: () => Api | undefined, logger: Logger) {
    this.#api = api;
    this.#logger = logger;
  }

  /** Resolves with the number of the new message. */
  post(place: ChatPlace, view: View, { replyTo, repeat = false, placeholder }: PostOptions = {}): Promise<number> {
    const { html, keyboard } = render(view, { repeat, group: isGroup(place) });
    const reply = replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } };
    const thread = place.threadId === undefined ? {} : { message_thread_id: place.threadId };
    const asking = placeholder === undefined ? markup(keyboard) : forcedReply(placeholder);
    const common = { link_preview_options: { is_disabled: true }, ...reply, ...thread };
    return this.#inChat(place.chatId, view, async (api, chatId, isPlain) => {
      const text = isPlain ? plainText(view) : html;
      const other = isPlain ? common : { ...common, parse_mode: "HTML" as const, ...asking };
      return (await api.sendMessage(chatId, text, other)).message_id;
    });
  }

  /** An edit that changes nothing is done already. */
  async edit(place: ChatPlace, messageId: number, view: View): Promise<void> {
    const { html, keyboard } = render(view, { group: isGroup(place) });
    const formatted = { parse_mode: "HTML" as const, link_preview_options: { is_disabled: true }, ...markup(keyboard) };
    await this.#inChat(place.chatId, view, async (api, chatId, isPlain) => {
      try {
        await api.editMessageText(chatId, messageId, isPlain ? plainText(view) : html, isPlain ? {} : formatted);
      } catch (error) {
        if (!isUnmodified(error)) throw error;
      }
    });
  }

  /** Posts a view's picture under the message that has its words. Never rejects: without the picture the message says what it showed. */
  async picture(place: ChatPlace, underId: number, { view, png }: Painted): Promise<void> {
    if (view.picture === undefined || png === undefined) return;
    try {
      await this.#photo(place, underId, view, view.picture, png);
    } catch (error) {
      this.#logger.warn({ error: messageOf(error) }, "Telegram did not take a picture; it is told in words");
      await this.edit(place, underId, withoutPicture(view, "Telegram did not take it")).catch((failure: unknown) =>
        this.#logger.warn({ error: messageOf(failure) }, "a message could not say that its picture is missing"),
      );
    }
  }

  async #photo(place: ChatPlace, underId: number, view: View, picture: Picture, png: Uint8Array): Promise<void> {
    const { InputFile } = await import("grammy");
    const under = underOf(place, underId);
    const caption = captionHtml(view.title, picture.alt);
    await this.#inChat(place.chatId, view, async (api, chatId, isPlain) => {
      // Bytes and no stream: a repeat after "too many requests" sends them again.
      const photo = new InputFile(png, `${picture.name}.png`);
      const words = isPlain ? { caption: cut(picture.alt, CAPTION_PLAIN_MAX) } : { caption, parse_mode: "HTML" as const };
      await api.sendPhoto(chatId, photo, { ...words, ...under });
    });
  }

  /** Posts a view's file under the message that speaks of it. Never rejects: without the file the message says so. */
  async file(place: ChatPlace, underId: number, view: View): Promise<void> {
    if (view.file === undefined) return;
    try {
      await this.#document(place, underId, view, view.file);
    } catch (error) {
      this.#logger.warn({ error: messageOf(error) }, "Telegram did not take a file");
      const { file, ...rest } = view;
      const told = { ...rest, lines: [...view.lines, `${file.name} could not be sent: Telegram did not take it. Ask for it again.`] };
      await this.edit(place, underId, told).catch((failure: unknown) =>
        this.#logger.warn({ error: messageOf(failure) }, "a message could not say that its file is missing"),
      );
    }
  }

  async #document(place: ChatPlace, underId: number, view: View, { name, text }: TextFile): Promise<void> {
    const { InputFile } = await import("grammy");
    const bytes = new TextEncoder().encode(text);
    const under = underOf(place, underId);
    // Bytes and no stream: a repeat after "too many requests" sends them again.
    await this.#inChat(place.chatId, view, (api, chatId) => api.sendDocument(chatId, new InputFile(bytes, name), under));
  }

  noteMigration(oldId: number, newId: number): void {
    if (this.#migrated.get(oldId) === newId) return;
    this.#migrated.set(oldId, newId);
    const [oldest] = this.#migrated.keys();
    if (this.#migrated.size > MIGRATIONS_MAX && oldest !== undefined) this.#migrated.delete(oldest);
    this.#logger.warn({ oldChat: oldId, newChat: newId }, "a Telegram group became a supergroup and has a new number; subscribe it anew");
  }

  #inChat<T>(chatId: number, view: View, call: (api: Api, chatId: number, isPlain: boolean) => Promise<T>): Promise<T> {
    return this.#lanes.run(chatId, async () => {
      const api = this.#api();
      if (api === undefined) throw new NotSent("Telegram is not connected yet. Send it again after the start.");
      const attempt = (isPlain: boolean): Promise<T> => call(api, this.#migrated.get(chatId) ?? chatId, isPlain);
      try {
        return await attempt(false);
      } catch (error) {
        const newId = refusalOf(error)?.parameters.migrate_to_chat_id;
        if (newId !== undefined) {
          this.noteMigration(chatId, newId);
          return attempt(false);
        }
        if (!isUnreadable(error)) throw error;
        this.#logger.error(
          { title: view.title, refusal: refusalOf(error)?.description },
          "Telegram could not read a message; it goes out as plain text",
        );
        return attempt(true);
      }
    });
  }
}

/** Where a picture or a file of a message stands. */
function underOf({ threadId }: ChatPlace, messageId: number) {
  const thread = threadId === undefined ? {} : { message_thread_id: threadId };
  return { reply_parameters: { message_id: messageId, allow_sending_without_reply: true }, ...thread };
}

function forcedReply(placeholder: string): { reply_markup: ForceReply } {
  return { reply_markup: { force_reply: true, input_field_placeholder: cut(placeholder, PLACEHOLDER_MAX) } };
}

function markup(keyboard: InlineKeyboardMarkup["inline_keyboard"]): { reply_markup?: InlineKeyboardMarkup } {
  return keyboard.length === 0 ? {} : { reply_markup: { inline_keyboard: keyboard } };
}
