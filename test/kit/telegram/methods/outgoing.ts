import type { ForceReply, Message, ReplyParameters } from "@grammyjs/types";
import { badRequest } from "../api-failure.ts";
import { type Formatting, formatted } from "../formatted-text.ts";
import { checkCaption, checkedKeyboard, type ReplyMarkup } from "../rules.ts";
import { type ChatRecord, plainBot, type World } from "../world.ts";

export type OutgoingArgs = {
  chat_id: number | string;
  message_thread_id?: number;
  protect_content?: boolean;
  reply_parameters?: ReplyParameters;
  reply_to_message_id?: number;
  reply_markup?: ReplyMarkup;
};
export type Outgoing = { record: ChatRecord; common: Partial<Message>; forceReply: ForceReply | undefined };

/** What every sent message has, whatever it carries. */
export function outgoing(world: World, args: OutgoingArgs): Outgoing {
  const record = world.reachable(args.chat_id);
  const keyboard = checkedKeyboard(args.reply_markup);
  const replied = repliedMessage(record, args);
  const topic = topicOf(record, args.message_thread_id);
  const common: Partial<Message> = {
    from: plainBot(world.bot),
    ...(keyboard ? { reply_markup: keyboard } : {}),
    ...(args.protect_content ? { has_protected_content: true } : {}),
    ...(replied ? { reply_to_message: replied } : {}),
    ...topic,
  };
  const forceReply = args.reply_markup && "force_reply" in args.reply_markup && !keyboard ? (args.reply_markup as ForceReply) : undefined;
  return { record, common, forceReply };
}

export function sent<M extends Message>(world: World, out: Outgoing, content: Partial<Message>): M {
  return world.add(out.record, { ...out.common, ...content }, out.forceReply) as M;
}

export function captionOf(
  world: World,
  args: Formatting & { caption?: string; caption_entities?: Formatting["entities"] },
): Partial<Message> {
  if (args.caption === undefined) return {};
  const formatting = { parse_mode: args.parse_mode, entities: args.caption_entities };
  const { text, entities } = formatted(args.caption, formatting, (id) => world.users.get(id));
  checkCaption(text);
  if (text === "") return {};
  return { caption: text, ...(entities.length ? { caption_entities: entities } : {}) };
}

function repliedMessage(record: ChatRecord, args: OutgoingArgs): Message["reply_to_message"] | undefined {
  const messageId = args.reply_parameters?.message_id ?? args.reply_to_message_id;
  if (messageId === undefined) return undefined;
  const message = record.messages.get(messageId);
  if (!message && !args.reply_parameters?.allow_sending_without_reply) throw badRequest("message to be replied not found");
  return message && withoutReply(message);
}

/** A replied message is shown without the one that it answered itself. */
export function withoutReply(message: Message): NonNullable<Message["reply_to_message"]> {
  const { reply_to_message: _, ...rest } = message;
  return rest as NonNullable<Message["reply_to_message"]>;
}

function topicOf(record: ChatRecord, threadId: number | undefined): Partial<Message> {
  if (threadId === undefined) return {};
  const topic = record.topics.get(threadId);
  if (!topic) throw badRequest("message thread not found");
  if (topic.closed) throw badRequest("TOPIC_CLOSED");
  return { message_thread_id: threadId, is_topic_message: true };
}
