import { EventEmitter } from "node:events";
import type { BotCommand, BotCommandScope, Chat, ForceReply, Message, ReactionType, User, UserFromGetMe } from "@grammyjs/types";
import { badRequest, forbidden } from "./api-failure.ts";

export type Clock = { nowMs(): number };
export type MemberStatus = "creator" | "administrator" | "member" | "left" | "kicked";
export type StoredFile = { fileId: string; uniqueId: string; path: string; name: string; bytes: Buffer };

/** One chat as the service keeps it. Messages are snapshots: an edit puts a new object in place of the old one. */
export type ChatRecord = {
  chat: Chat;
  members: Map<number, MemberStatus>;
  botStatus: MemberStatus;
  messages: Map<number, Message>;
  lastMessageId: number;
  pinned: number[];
  migratedTo: number | undefined;
  /** The app answers this message by itself when the person types next. */
  forceReply: { messageId: number; placeholder: string | undefined } | undefined;
  botReactions: Map<number, ReactionType[]>;
  /** Chat actions ("typing", "upload_photo") in the order in which they were shown. */
  actions: string[];
  topics: Map<number, { name: string; closed: boolean }>;
};

export type CallbackAnswer = { text?: string | undefined; show_alert?: boolean | undefined; url?: string | undefined };
export type PendingPress = { pressedAtMs: number; answer: CallbackAnswer | undefined };

export type WorldEvents = {
  message: [Message];
  edit: [Message];
  delete: [Message];
  reaction: [ChatRecord];
  action: [ChatRecord];
  answer: [string];
};

const FIRST_USER_ID = 100_001;
const FIRST_GROUP_ID = -4_001;
const FIRST_SUPERGROUP_ID = -1_001_000_000_001;

/** People, chats and everything said in them. Knows no wire and no judge. */
export class World {
  readonly events = new EventEmitter<WorldEvents>();
  readonly clock: Clock;
  readonly bot: UserFromGetMe;
  readonly users = new Map<number, User>();
  readonly chats = new Map<number, ChatRecord>();
  readonly files = new Map<string, StoredFile>();
  readonly presses = new Map<string, PendingPress>();
  readonly menus = new Map<string, BotCommand[]>();
  readonly texts = new Map<string, string>();

  constructor(clock: Clock, botUsername: string) {
    this.clock = clock;
    this.bot = botAccount(botUsername);
    this.users.set(this.bot.id, plainBot(this.bot));
    // One listener per waiter: a journey may wait for many things at once.
    this.events.setMaxListeners(100);
  }

  nowSeconds(): number {
    return Math.floor(this.clock.nowMs() / 1000);
  }

  addUser(name: string): User {
    const username = name.toLowerCase().replace(/\W/g, "_");
    const user: User = { id: FIRST_USER_ID + this.users.size, is_bot: false, first_name: name, username, language_code: "en" };
    this.users.set(user.id, user);
    return user;
  }

  privateChat(user: User): Chat.PrivateChat {
    const chat: Chat.PrivateChat = { id: user.id, type: "private", first_name: user.first_name, username: user.username ?? "" };
    if (!this.chats.has(chat.id)) this.addChat(chat, [user]);
    return this.chats.get(chat.id)!.chat as Chat.PrivateChat;
  }

  addGroup(title: string, users: User[]): Chat.GroupChat {
    return this.addChat({ id: FIRST_GROUP_ID - this.chats.size, type: "group", title }, users);
  }

  addSupergroup(title: string, users: User[], isForum = false): Chat.SupergroupChat {
    const id = FIRST_SUPERGROUP_ID - this.chats.size;
    return this.addChat({ id, type: "supergroup", title, ...(isForum ? { is_forum: true as const } : {}) }, users);
  }

  private addChat<C extends Chat>(chat: C, users: User[]): C {
    const members = new Map<number, MemberStatus>(users.map((user, index) => [user.id, index === 0 ? "creator" : "member"]));
    this.chats.set(chat.id, {
      chat,
      members,
      botStatus: "member",
      messages: new Map(),
      lastMessageId: 0,
      pinned: [],
      migratedTo: undefined,
      forceReply: undefined,
      botReactions: new Map(),
      actions: [],
      topics: new Map(),
    });
    return chat;
  }

  /** The chat that a person means; throws like a mistaken test, not like the service. */
  record(chatId: number): ChatRecord {
    const record = this.chats.get(chatId);
    if (!record) throw new Error(`There is no chat ${chatId} in this world; it has: ${[...this.chats.keys()].join(", ")}`);
    return record;
  }

  /** The chat that a request means; refuses like the service. */
  reachable(chatId: number | string): ChatRecord {
    const record = this.chats.get(Number(chatId));
    if (!record) throw badRequest("chat not found");
    if (record.migratedTo !== undefined) {
      throw badRequest("group chat was upgraded to a supergroup chat", { migrate_to_chat_id: record.migratedTo });
    }
    if (record.botStatus === "kicked" || record.botStatus === "left") throw forbidden(whyOut(record));
    return record;
  }

  add(record: ChatRecord, message: Omit<Message, "message_id" | "date" | "chat">, forceReply?: ForceReply): Message {
    record.lastMessageId += 1;
    const stored: Message = { message_id: record.lastMessageId, date: this.nowSeconds(), chat: record.chat, ...message };
    record.messages.set(stored.message_id, stored);
    if (forceReply) record.forceReply = { messageId: stored.message_id, placeholder: forceReply.input_field_placeholder };
    this.events.emit("message", stored);
    return stored;
  }

  replace(record: ChatRecord, message: Message): Message {
    record.messages.set(message.message_id, message);
    this.events.emit("edit", message);
    return message;
  }

  remove(record: ChatRecord, message: Message): void {
    record.messages.delete(message.message_id);
    this.events.emit("delete", message);
  }

  scopeKey(scope: BotCommandScope | undefined, language: string | undefined): string {
    return JSON.stringify([scope ?? { type: "default" }, language ?? ""]);
  }
}

function whyOut(record: ChatRecord): string {
  if (record.chat.type === "private") return "bot was blocked by the user";
  const kind = record.chat.type === "group" ? "group chat" : "supergroup chat";
  return record.botStatus === "kicked" ? `bot was kicked from the ${kind}` : `bot is not a member of the ${kind}`;
}

function botAccount(username: string): UserFromGetMe {
  return {
    id: 123_456_789,
    is_bot: true,
    first_name: "Desk",
    username,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_guest_queries: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  };
}

/** The bot as others see it: without what only getMe tells. */
export function plainBot(bot: UserFromGetMe): User {
  return { id: bot.id, is_bot: true, first_name: bot.first_name, username: bot.username };
}
