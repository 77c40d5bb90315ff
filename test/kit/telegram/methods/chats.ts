import type { ChatFullInfo, ChatMember } from "@grammyjs/types";
import { badRequest } from "../api-failure.ts";
import { memberOf } from "../members.ts";
import { type ChatRecord, plainBot, type World } from "../world.ts";
import type { MethodTable } from "./table.ts";

export function chatMethods(world: World): MethodTable {
  return {
    getChat: ({ chat_id }) => fullInfo(world.reachable(chat_id)),
    getChatMember: ({ chat_id, user_id }) => {
      const record = world.reachable(chat_id);
      const user = world.users.get(user_id);
      if (!user) throw badRequest("PARTICIPANT_ID_INVALID");
      if (user_id === world.bot.id) return memberOf(plainBot(world.bot), record.botStatus);
      return memberOf(user, record.members.get(user_id) ?? "left");
    },
    getChatAdministrators: ({ chat_id }) => administrators(world, world.reachable(chat_id)),
    getChatMemberCount: ({ chat_id }) => {
      const present = [...world.reachable(chat_id).members.values()].filter((status) => !["left", "kicked"].includes(status));
      return present.length + 1;
    },
    leaveChat: ({ chat_id }) => {
      world.reachable(chat_id).botStatus = "left";
      return true;
    },
    createForumTopic: ({ chat_id, name }) => {
      const record = forum(world, chat_id);
      const topic = { forum_topic_created: { name, icon_color: 7_322_096 } };
      const { message_id } = world.add(record, { from: plainBot(world.bot), ...topic });
      record.topics.set(message_id, { name, closed: false });
      return { message_thread_id: message_id, name, icon_color: 7_322_096 };
    },
    closeForumTopic: (args) => setTopicClosed(world, args, true),
    reopenForumTopic: (args) => setTopicClosed(world, args, false),
  };
}

function setTopicClosed(world: World, args: { chat_id: number | string; message_thread_id: number }, closed: boolean): true {
  const topic = forum(world, args.chat_id).topics.get(args.message_thread_id);
  if (!topic) throw badRequest("message thread not found");
  if (topic.closed === closed) throw badRequest("TOPIC_NOT_MODIFIED");
  topic.closed = closed;
  return true;
}

function forum(world: World, chatId: number | string): ChatRecord {
  const record = world.reachable(chatId);
  if (!record.chat.is_forum) throw badRequest("the chat is not a forum");
  return record;
}

function administrators(world: World, record: ChatRecord): ReturnType<NonNullable<MethodTable["getChatAdministrators"]>> {
  if (record.chat.type === "private") throw badRequest("there are no administrators in the private chat");
  const people = [...record.members].map(([id, status]) => memberOf(world.users.get(id)!, status));
  const all: ChatMember[] = [...people, memberOf(plainBot(world.bot), record.botStatus)];
  return all.filter((member) => member.status === "creator" || member.status === "administrator");
}

function fullInfo(record: ChatRecord): ChatFullInfo {
  const everything = {
    unlimited_gifts: false,
    limited_gifts: false,
    unique_gifts: false,
    premium_subscription: false,
    gifts_from_channels: false,
  };
  const pinned = record.messages.get(record.pinned.at(-1) ?? 0);
  const info = {
    ...record.chat,
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: everything,
    ...(pinned ? { pinned_message: pinned } : {}),
  };
  return info as ChatFullInfo;
}
