import type { Chat, Message, MessageEntity, MessageOrigin, Update, User } from "@grammyjs/types";
import { memberOf } from "./members.ts";
import { store } from "./methods/media.ts";
import { withoutReply } from "./methods/outgoing.ts";
import { TEXT_MAX } from "./rules.ts";
import { buttonLabels, textOf } from "./text.ts";
import type { UpdateQueue } from "./updates.ts";
import { type ChatRecord, type MemberStatus, plainBot, type World } from "./world.ts";

const ANONYMOUS_ADMIN: User = { id: 1_087_968_824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" };
const CHANNEL_PERSON: User = { id: 136_817_688, is_bot: true, first_name: "Channel", username: "Channel_Bot" };
const CHANNEL_ID = -1_002_000_000_001;

export type SayOptions = { replyTo?: Message; threadId?: number };

/** What people do. A verb that the app would not offer throws, because then the story of the test is wrong. */
export class People {
  protected readonly world: World;
  protected readonly updates: UpdateQueue;

  constructor(world: World, updates: UpdateQueue) {
    this.world = world;
    this.updates = updates;
  }

  say(user: User, text: string, chat: Chat = this.world.privateChat(user), options: SayOptions = {}): Message {
    const record = this.present(user, chat);
    const words = text.trim();
    if (words === "" || words.length > TEXT_MAX) throw new Error(`The app sends texts of 1 to ${TEXT_MAX} characters, not ${words.length}`);
    const asked = record.messages.get(record.forceReply?.messageId ?? 0);
    record.forceReply = undefined;
    return this.post(record, { from: user, ...textContent(words), ...place(options.replyTo ?? asked, options.threadId) });
  }

  sendFile(user: User, name: string, bytes: Buffer, chat: Chat = this.world.privateChat(user), caption?: string): Message {
    const file = store(this.world, "documents", { name, bytes });
    const document = { file_id: file.fileId, file_unique_id: file.uniqueId, file_name: name, file_size: bytes.length };
    return this.post(this.present(user, chat), { from: user, document, ...(caption ? { caption } : {}) });
  }

  edit(user: User, message: Message, text: string): Message {
    const record = this.present(user, message.chat);
    if (message.from?.id !== user.id) throw new Error(`${user.first_name} can edit only their own messages`);
    const { entities: _, ...kept } = this.current(message);
    const edited = this.world.replace(record, { ...kept, ...textContent(text), edit_date: this.world.nowSeconds() });
    if (this.botHears(record, edited)) this.updates.add("edited_message", edited as NonNullable<Update["edited_message"]>);
    return edited;
  }

  forward(user: User, message: Message, chat: Chat = this.world.privateChat(user)): Message {
    const { from, date, text, entities, photo, document, caption, caption_entities } = message;
    const origin: MessageOrigin = { type: "user", date, sender_user: from ?? user };
    const content = { text, entities, photo, document, caption, caption_entities };
    const present = Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
    return this.post(this.present(user, chat), { from: user, forward_origin: origin, ...present });
  }

  sayAsAnonymousAdmin(group: Chat, text: string): Message {
    return this.post(this.world.record(group.id), { from: ANONYMOUS_ADMIN, sender_chat: group, ...textContent(text) });
  }

  sayAsChannel(title: string, text: string, group: Chat): Message {
    const channel: Chat.ChannelChat = { id: CHANNEL_ID, type: "channel", title };
    return this.post(this.world.record(group.id), { from: CHANNEL_PERSON, sender_chat: channel, ...textContent(text) });
  }

  /** Presses an inline button; returns the id of the callback query. */
  protected tap(user: User, message: Message, label: string): string {
    const record = this.present(user, message.chat);
    const shown = this.current(message);
    const button = shown.reply_markup?.inline_keyboard.flat().find(({ text }) => text === label);
    if (!button) throw new Error(`There is no button "${label}", only [${buttonLabels(shown).join("] [")}] under:\n${textOf(shown)}`);
    if (!("callback_data" in button)) throw new Error(`The button "${label}" tells the bot nothing when it is pressed`);
    const id = String(4_000_000_000_000 + this.world.presses.size);
    this.world.presses.set(id, { pressedAtMs: this.world.clock.nowMs(), answer: undefined });
    const chat_instance = String(7_000_000_000 + Math.abs(record.chat.id));
    this.updates.add("callback_query", { id, from: user, message: shown, chat_instance, data: button.callback_data });
    return id;
  }

  /** Without an emoji the person takes the reaction back. */
  react(user: User, message: Message, emoji?: Reaction, old?: Reaction): void {
    const record = this.present(user, message.chat);
    const { message_id } = this.current(message);
    if (record.chat.type !== "private" && record.botStatus !== "administrator") return;
    const list = (reaction: Reaction | undefined) => (reaction ? [{ type: "emoji" as const, emoji: reaction }] : []);
    const change = { chat: record.chat, message_id, user, date: this.world.nowSeconds() };
    this.updates.add("message_reaction", { ...change, old_reaction: list(old), new_reaction: list(emoji) });
  }

  block(user: User): void {
    this.changeBot(user, this.world.record(this.world.privateChat(user).id), "kicked");
  }

  unblock(user: User): void {
    this.changeBot(user, this.world.record(this.world.privateChat(user).id), "member");
  }

  /** The person puts the bot out of the group. */
  kick(user: User, group: Chat): void {
    const record = this.present(user, group);
    this.world.add(record, { from: user, left_chat_member: plainBot(this.world.bot) });
    this.changeBot(user, record, "kicked");
  }

  invite(user: User, group: Chat): void {
    this.changeBot(user, this.world.record(group.id), "member");
  }

  promote(user: User, group: Chat): void {
    this.changeBot(user, this.world.record(group.id), "administrator");
  }

  join(user: User, group: Chat): void {
    const record = this.world.record(group.id);
    const before = record.members.get(user.id) ?? "left";
    record.members.set(user.id, "member");
    this.post(record, { from: user, new_chat_members: [user] });
    if (record.botStatus === "administrator") this.memberChange(user, record, before, "member");
  }

  leave(user: User, group: Chat): void {
    const record = this.present(user, group);
    const before = record.members.get(user.id) ?? "member";
    record.members.set(user.id, "left");
    this.post(record, { from: user, left_chat_member: user });
    if (record.botStatus === "administrator") this.memberChange(user, record, before, "left");
  }

  /** The group becomes a supergroup with another id; requests to the old one are told so. */
  migrate(user: User, group: Chat): Chat.SupergroupChat {
    const old = this.present(user, group);
    const members = [...old.members.keys()].map((id) => this.world.users.get(id)!);
    const supergroup = this.world.addSupergroup(old.chat.title ?? "", members);
    old.migratedTo = supergroup.id;
    this.post(old, { from: user, migrate_to_chat_id: supergroup.id });
    this.post(this.world.record(supergroup.id), { from: ANONYMOUS_ADMIN, sender_chat: supergroup, migrate_from_chat_id: old.chat.id });
    return supergroup;
  }

  /** The newest version of a message; a person cannot touch one that was deleted. */
  current(message: Message): Message {
    const found = this.world.record(message.chat.id).messages.get(message.message_id);
    if (!found) throw new Error(`The message is gone from the chat:\n${textOf(message)}`);
    return found;
  }

  private present(user: User, chat: Chat): ChatRecord {
    const record = this.world.record(chat.id);
    const status = record.members.get(user.id);
    if (!status || status === "left" || status === "kicked") throw new Error(`${user.first_name} is not in the chat ${chat.id}`);
    if (record.migratedTo !== undefined) throw new Error(`The group ${chat.id} became the supergroup ${record.migratedTo}`);
    if (record.chat.type === "private" && record.botStatus === "kicked") throw new Error(`${user.first_name} has blocked the bot`);
    return record;
  }

  private post(record: ChatRecord, content: Partial<Message>): Message {
    const message = this.world.add(record, content);
    if (this.botHears(record, message)) this.updates.add("message", message as NonNullable<Update["message"]>);
    return message;
  }

  /** Privacy mode: in groups a bot hears commands, mentions, replies to itself and service messages. */
  private botHears(record: ChatRecord, message: Message): boolean {
    if (record.botStatus === "kicked" || record.botStatus === "left") return false;
    if (record.chat.type === "private" || record.botStatus === "administrator") return true;
    const words = message.text ?? message.caption;
    if (words === undefined && !message.document && !message.photo) return true;
    if (message.reply_to_message?.from?.id === this.world.bot.id) return true;
    const addressed = /^\/\w+@(\w+)/.exec(words ?? "")?.[1];
    if (addressed) return addressed.toLowerCase() === this.world.bot.username.toLowerCase();
    return words !== undefined && (words.startsWith("/") || words.includes(`@${this.world.bot.username}`));
  }

  private changeBot(user: User, record: ChatRecord, status: MemberStatus): void {
    const bot = plainBot(this.world.bot);
    const change = { chat: record.chat, from: user, date: this.world.nowSeconds() };
    const old_chat_member = memberOf(bot, record.botStatus);
    record.botStatus = status;
    this.updates.add("my_chat_member", { ...change, old_chat_member, new_chat_member: memberOf(bot, status) });
  }

  private memberChange(user: User, record: ChatRecord, before: MemberStatus, after: MemberStatus): void {
    const change = { chat: record.chat, from: user, date: this.world.nowSeconds() };
    this.updates.add("chat_member", { ...change, old_chat_member: memberOf(user, before), new_chat_member: memberOf(user, after) });
  }
}

export type Reaction = Extract<NonNullable<Update["message_reaction"]>["new_reaction"][number], { type: "emoji" }>["emoji"];

function place(replyTo: Message | undefined, threadId: number | undefined): Partial<Message> {
  return {
    ...(replyTo ? { reply_to_message: withoutReply(replyTo) } : {}),
    ...(threadId === undefined ? {} : { message_thread_id: threadId, is_topic_message: true }),
  };
}

function textContent(text: string): Partial<Message> {
  const entities: MessageEntity[] = [];
  for (const found of text.matchAll(/(?<![\w/])\/[A-Za-z0-9_]{1,32}(?:@\w+)?/g)) {
    entities.push({ type: "bot_command", offset: found.index, length: found[0].length });
  }
  return { text, ...(entities.length ? { entities } : {}) };
}
