import type { Chat, Message, User } from "@grammyjs/types";
import { People, type SayOptions } from "./people.ts";
import type { Service } from "./service.ts";
import { isReadable, textOf } from "./text.ts";
import { WAIT_TIMEOUT_MS, Waits } from "./waits.ts";
import type { CallbackAnswer, World } from "./world.ts";

export type WaitOptions = { that?: (message: Message) => boolean; timeoutMs?: number };
export type Press = { queryId: string; answer: Promise<CallbackAnswer> };

const anything = () => true;

/** People who act and then look at the chat until something has become visible. */
export class Onlooker extends People {
  protected readonly service: Service;
  protected readonly waits: Waits;
  private readonly handedOut = new Set<string>();

  constructor(world: World, service: Service) {
    super(world, service.updates);
    this.service = service;
    this.waits = new Waits(world, () => this.circumstances());
  }

  /** Oldest first, in their newest version. */
  messages(chat: Chat): Message[] {
    return [...this.world.record(chat.id).messages.values()];
  }

  botMessages(chat: Chat): Message[] {
    return this.messages(chat).filter((message) => message.from?.id === this.world.bot.id && isReadable(message));
  }

  /** The bot's own reaction under a message. */
  reactionOf(message: Message): string | undefined {
    const reaction = this.world.record(message.chat.id).botReactions.get(message.message_id)?.[0];
    return reaction?.type === "emoji" ? reaction.emoji : reaction?.type;
  }

  /** What "typing" and its like said, in order. */
  actions(chat: Chat): readonly string[] {
    return this.world.record(chat.id).actions;
  }

  press(user: User, message: Message, label: string): Press {
    const queryId = this.tap(user, message, label);
    const probe = () => this.world.presses.get(queryId)?.answer;
    const answer = this.waits.until(["answer"], probe, WAIT_TIMEOUT_MS, `the press of "${label}" was not answered`);
    // Whoever does not look at the answer shall not die of its absence.
    answer.catch(() => {});
    return { queryId, answer };
  }

  /** Says something and waits for the next message of the bot in that chat. */
  async ask(user: User, text: string, options: WaitOptions & SayOptions & { chat?: Chat } = {}): Promise<Message> {
    const said = this.say(user, text, options.chat, options);
    return await this.nextMessage(said.chat, said.message_id, options, `the bot did not answer "${text}"`);
  }

  /** Presses and waits for what becomes visible: a new version of the message or a new message. */
  async pressAndSee(user: User, message: Message, label: string, options: WaitOptions = {}): Promise<Message> {
    const { that = anything, timeoutMs = WAIT_TIMEOUT_MS } = options;
    const before = this.current(message);
    const { lastMessageId, messages } = this.world.record(message.chat.id);
    const { queryId } = this.press(user, message, label);
    const probe = () => {
      const shown = messages.get(message.message_id);
      if (shown && shown !== before && that(shown)) return shown;
      return this.firstAfter(message.chat, lastMessageId, that);
    };
    const answered = () => JSON.stringify(this.world.presses.get(queryId)?.answer ?? "none");
    const seen = this.waits.until(["edit", "message"], probe, timeoutMs, `pressing "${label}" made nothing visible`);
    return this.handOut(
      await seen.catch((error: Error) => {
        throw new Error(`${error.message}\nThe answer to the press was: ${answered()}`);
      }),
    );
  }

  /** Hands out each message of the bot once, oldest first, whether it is there already or comes later. */
  async waitForMessage(chat: Chat, that: (message: Message) => boolean = anything, timeoutMs = WAIT_TIMEOUT_MS): Promise<Message> {
    const fresh = (message: Message) => !this.handedOut.has(keyOf(message)) && that(message);
    const probe = () => this.firstAfter(chat, 0, fresh);
    return this.handOut(await this.waits.until(["message", "edit"], probe, timeoutMs, "no such message came"));
  }

  /** Waits for a version newer than the one given. */
  async waitForEdit(message: Message, that: (message: Message) => boolean = anything, timeoutMs = WAIT_TIMEOUT_MS): Promise<Message> {
    const { messages } = this.world.record(message.chat.id);
    const probe = () => {
      const shown = messages.get(message.message_id);
      return shown && shown !== message && that(shown) ? shown : undefined;
    };
    return await this.waits.until(["edit"], probe, timeoutMs, `this message was not edited as hoped: ${textOf(message)}`);
  }

  async waitForDelete(message: Message, timeoutMs = WAIT_TIMEOUT_MS): Promise<void> {
    const { messages } = this.world.record(message.chat.id);
    const probe = () => !messages.has(message.message_id) || undefined;
    await this.waits.until(["delete"], probe, timeoutMs, `this message was not deleted: ${textOf(message)}`);
  }

  async waitForReaction(message: Message, timeoutMs = WAIT_TIMEOUT_MS): Promise<string> {
    return await this.waits.until(["reaction"], () => this.reactionOf(message), timeoutMs, "the bot did not react");
  }

  async waitForAction(chat: Chat, timeoutMs = WAIT_TIMEOUT_MS): Promise<string> {
    return await this.waits.until(["action"], () => this.actions(chat).at(-1), timeoutMs, "the bot showed no action");
  }

  private firstAfter(chat: Chat, messageId: number, that: (message: Message) => boolean): Message | undefined {
    return this.botMessages(chat).find((message) => message.message_id > messageId && that(message));
  }

  private async nextMessage(
    chat: Chat,
    after: number,
    { that = anything, timeoutMs = WAIT_TIMEOUT_MS }: WaitOptions,
    hoped: string,
  ): Promise<Message> {
    const probe = () => this.firstAfter(chat, after, that);
    return this.handOut(await this.waits.until(["message", "edit"], probe, timeoutMs, hoped));
  }

  private handOut(message: Message): Message {
    this.handedOut.add(keyOf(message));
    return message;
  }

  /** What a reader of a failed wait wants to know first. */
  private circumstances(): string {
    const calls = this.service.calls.slice(-8).map(({ method, status, description }) => `  ${method} ${status} ${description ?? ""}`);
    const spoken = [...this.world.chats.values()].flatMap(({ chat }) => this.botMessages(chat).slice(-2));
    const said = spoken.map((message) => `  ${message.chat.id}: ${textOf(message).replaceAll("\n", " | ").slice(0, 200)}`);
    return ["Last calls:", ...calls, "Last words of the bot:", ...said, ...this.service.violations.slice(-3)].join("\n");
  }
}

function keyOf(message: Message): string {
  return `${message.chat.id} ${message.message_id}`;
}
