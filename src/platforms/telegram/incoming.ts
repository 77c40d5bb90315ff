import type { CallbackQuery, Chat, InlineKeyboardMarkup, Message, Update, User } from "grammy/types";
import { questionOf } from "../../chat/questions.ts";
import { looksLikeKeys } from "../../chat/secret-forms/key-like.ts";
import type { Place } from "../../ports/platform.ts";
import { type ChatPlace, PLATFORM, placeId } from "./place.ts";
import { isPrompt } from "./secret-text.ts";

interface Said {
  /** Unique for this message or press, also when Telegram starts counting its updates anew. */
  readonly id: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly place: Place;
  readonly chat: ChatPlace;
  readonly messageId: number;
}

export interface Text extends Said {
  readonly kind: "command" | "words";
  readonly text: string;
  readonly dateSeconds: number;
  /** It answers a message of ours that asked for a secret. */
  readonly answersPrompt: boolean;
  /** Id of the question of ours that it is a reply to. */
  readonly question: string | undefined;
}

/** Keys in a message that is no command or text of one person speaking here and now: a caption, a forward, a word to another bot. */
export interface Exposed {
  readonly kind: "exposed";
  readonly id: string;
  readonly chat: ChatPlace;
  readonly messageId: number;
}

export interface Press extends Said {
  readonly kind: "press";
  readonly queryId: string;
  readonly action: string;
}

export type Incoming =
  | Text
  | Press
  | Exposed
  /** Nobody that can be authorized. */
  | {
      readonly kind: "refused";
      readonly why: "stand-in" | "forwarded";
      readonly isCommand: boolean;
      readonly chat: ChatPlace;
      readonly messageId: number;
    }
  | { readonly kind: "migrated"; readonly oldId: number; readonly newId: number }
  | { readonly kind: "membership"; readonly chatId: number; readonly status: string }
  | { readonly kind: "nothing" };

const NOTHING: Incoming = { kind: "nothing" };
const COMMAND = /^\/[^\s@]+(?:@(\w+))?/;

/** What an update says, with everyone turned away who is not plainly one person speaking now. */
export function readUpdate(update: Update, botUsername: string): Incoming {
  if (update.message) return readMessage(update.message, botUsername);
  if (update.callback_query) return readPress(update.callback_query);
  const member = update.my_chat_member;
  if (member) return { kind: "membership", chatId: member.chat.id, status: member.new_chat_member.status };
  return NOTHING;
}

function readMessage(message: Message, botUsername: string): Incoming {
  if (message.migrate_to_chat_id !== undefined) return { kind: "migrated", oldId: message.chat.id, newId: message.migrate_to_chat_id };
  const said = readText(message, botUsername);
  if (said.kind === "command" || said.kind === "words" || !looksLikeKeys(message.text ?? message.caption ?? "")) return said;
  return { kind: "exposed", id: messageKey(message), chat: chatPlaceOf(message), messageId: message.message_id };
}

function readText(message: Message, botUsername: string): Incoming {
  const { from, text, chat, message_id: messageId, reply_to_message: repliedTo } = message;
  if (from === undefined || text === undefined || chat.type === "channel") return NOTHING;
  const addressed = COMMAND.exec(text);
  const isCommand = addressed !== null;
  if (addressed?.[1] !== undefined && addressed[1].toLowerCase() !== botUsername.toLowerCase()) return NOTHING;
  const where = chatPlaceOf(message);
  if (message.sender_chat || message.via_bot || from.is_bot) return { kind: "refused", why: "stand-in", isCommand, chat: where, messageId };
  if (message.forward_origin || message.is_automatic_forward)
    return { kind: "refused", why: "forwarded", isCommand, chat: where, messageId };
  const answered = repliedTo?.from?.username === botUsername ? repliedTo : undefined;
  return {
    kind: isCommand ? "command" : "words",
    id: messageKey(message),
    ...asked(from, chat, where),
    messageId,
    text,
    dateSeconds: message.date,
    answersPrompt: isPrompt(answered?.text),
    question: questionOf(actionsOf(answered?.reply_markup)),
  };
}

function actionsOf(keyboard: InlineKeyboardMarkup | undefined): string[] {
  const buttons = keyboard?.inline_keyboard.flat() ?? [];
  return buttons.flatMap((button) => ("callback_data" in button && button.callback_data !== undefined ? [button.callback_data] : []));
}

function readPress({ id, from, message, data }: CallbackQuery): Incoming {
  if (message === undefined || data === undefined || from.is_bot || message.chat.type === "channel") return NOTHING;
  const where = chatPlaceOf(message);
  return {
    kind: "press",
    id: `${PLATFORM}:cb:${id}`,
    ...asked(from, message.chat, where),
    messageId: message.message_id,
    queryId: id,
    action: data,
  };
}

/** Unique for this message, also when Telegram starts counting its updates anew. */
function messageKey({ chat, message_id }: Message): string {
  return `${PLATFORM}:${chat.id}:${message_id}`;
}

function chatPlaceOf(message: Pick<Message, "chat" | "message_id"> & Partial<Message>): ChatPlace {
  const inTopic = message.is_topic_message === true && message.message_thread_id !== undefined;
  return { chatId: message.chat.id, ...(inTopic ? { threadId: message.message_thread_id } : {}) };
}

function asked(from: User, chat: Chat, where: ChatPlace): Pick<Said, "user" | "place" | "chat"> {
  return {
    user: { id: `${PLATFORM}:${from.id}`, name: from.username ?? from.first_name },
    place: { platform: PLATFORM, id: placeId(where), direct: chat.type === "private" },
    chat: where,
  };
}
