import type { BotCommand, BotCommandScope, Chat, Message, Update, User } from "@grammyjs/types";
import type { Fault } from "./faults.ts";
import type { FloodLimits } from "./flood.ts";
import { SpecJudge } from "./judge-spec.ts";
import { People, type SayOptions } from "./people.ts";
import { ApiServer } from "./server.ts";
import { type LoggedCall, Service } from "./service.ts";
import { isReadable, textOf } from "./text.ts";
import { WAIT_TIMEOUT_MS, Waits } from "./waits.ts";
import { type CallbackAnswer, type Clock, World } from "./world.ts";

export type CounterpartOptions = {
  /** Dates, flood control and the age of a press follow it; a held getUpdates lasts in wall time. */
  clock?: Clock;
  token?: string;
  botUsername?: string;
  userName?: string;
  /** 0, the default, takes any free port. */
  port?: number;
  /** How long a press may wait for its answer. */
  callbackTimeoutMs?: number;
  /** The file telegram-bot-api.json: asked for a second opinion on everything. */
  botApiSpecPath?: string;
};

export type WaitOptions = { that?: (message: Message) => boolean; timeoutMs?: number };
export type Press = { queryId: string; answer: Promise<CallbackAnswer> };

const UPDATES_KEPT = 1_000;
const anything = () => true;

/** The Telegram Bot API on 127.0.0.1, strict about what a program sends and driven by what a person does. */
export class TelegramCounterpart extends People {
  readonly token: string;
  readonly user: User;
  readonly chat: Chat.PrivateChat;
  /** Updates as they were created, newest last. */
  readonly sentUpdates: Update[] = [];
  private readonly service: Service;
  private readonly server: ApiServer;
  private readonly waits: Waits;
  private readonly handedOut = new Set<string>();
  private url = "";

  static async start(options: CounterpartOptions = {}): Promise<TelegramCounterpart> {
    const counterpart = new TelegramCounterpart(options);
    counterpart.url = await counterpart.server.listen(options.port ?? 0);
    return counterpart;
  }

  private constructor(options: CounterpartOptions) {
    const world = new World(options.clock ?? { nowMs: () => Date.now() }, options.botUsername ?? "scalpstorm_bot");
    const judges = options.botApiSpecPath ? [new SpecJudge(options.botApiSpecPath)] : [];
    const service = new Service(world, options.callbackTimeoutMs ?? 15_000, judges, (update) => this.remember(update));
    super(world, service.updates);
    this.service = service;
    this.token = options.token ?? `${world.bot.id}:counterpart`;
    this.server = new ApiServer(service, world, this.token);
    this.waits = new Waits(world, () => this.circumstances());
    this.user = world.addUser(options.userName ?? "Ada");
    this.chat = world.privateChat(this.user);
  }

  /** For `client.apiRoot`. */
  get apiUrl(): string {
    return this.url;
  }

  get botUser(): User {
    return this.world.bot;
  }

  /** Everything that the judges object to; right behavior leaves it empty. */
  get violations(): string[] {
    return this.service.violations;
  }

  get calls(): readonly LoggedCall[] {
    return this.service.calls;
  }

  /** Reads the violations and forgets them: for tests that break a rule on purpose. */
  takeViolations(): string[] {
    return this.service.violations.splice(0);
  }

  async stop(): Promise<void> {
    this.waits.stop();
    this.service.webhook.stop();
    await this.server.close();
  }

  // The world

  addUser(name: string): User {
    return this.world.addUser(name);
  }

  privateChat(user: User): Chat.PrivateChat {
    return this.world.privateChat(user);
  }

  /** The bot is a member already; the first user owns the group. */
  addGroup(title: string, users: User[]): Chat.GroupChat {
    return this.world.addGroup(title, users);
  }

  addSupergroup(title: string, users: User[], options: { forum?: boolean } = {}): Chat.SupergroupChat {
    return this.world.addSupergroup(title, users, options.forum);
  }

  /** Oldest first, in their newest version. */
  messages(chat: Chat = this.chat): Message[] {
    return [...this.world.record(chat.id).messages.values()];
  }

  botMessages(chat: Chat = this.chat): Message[] {
    return this.messages(chat).filter((message) => this.isFromBot(message));
  }

  pinned(chat: Chat = this.chat): Message[] {
    const { pinned, messages } = this.world.record(chat.id);
    return pinned.flatMap((id) => messages.get(id) ?? []);
  }

  /** What "typing…" and its like said, in order. */
  actions(chat: Chat = this.chat): readonly string[] {
    return this.world.record(chat.id).actions;
  }

  /** The bot's own reaction under a message. */
  reactionOf(message: Message): string | undefined {
    const reaction = this.world.record(message.chat.id).botReactions.get(message.message_id)?.[0];
    return reaction?.type === "emoji" ? reaction.emoji : reaction?.type;
  }

  /** The message that the app will answer when the person types next, with the hint in the input field. */
  pendingReply(chat: Chat = this.chat): { messageId: number; placeholder: string | undefined } | undefined {
    return this.world.record(chat.id).forceReply;
  }

  /** The bytes behind a photo or a document. */
  fileOf(message: Message): Buffer | undefined {
    const fileId = message.document?.file_id ?? message.photo?.at(-1)?.file_id;
    return fileId === undefined ? undefined : this.world.files.get(fileId)?.bytes;
  }

  commandsFor(scope?: BotCommandScope, languageCode?: string): readonly BotCommand[] {
    return this.world.menus.get(this.world.scopeKey(scope, languageCode)) ?? [];
  }

  textOf(message: Message): string {
    return textOf(message);
  }

  // People and what they see

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
  async waitForMessage(
    chat: Chat = this.chat,
    that: (message: Message) => boolean = anything,
    timeoutMs = WAIT_TIMEOUT_MS,
  ): Promise<Message> {
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

  async waitForAction(chat: Chat = this.chat, timeoutMs = WAIT_TIMEOUT_MS): Promise<string> {
    return await this.waits.until(["action"], () => this.actions(chat).at(-1), timeoutMs, "the bot showed no action");
  }

  // Weather

  fault(fault: Fault): void {
    this.service.faults.add(fault);
  }

  clearFaults(): void {
    this.service.faults.clear();
  }

  setFloodLimits(limits: FloodLimits): void {
    this.service.flood.limits = limits;
  }

  closeAllConnections(): void {
    this.server.closeAllConnections();
  }

  /** Another process polls with the same token. */
  secondPoller(): void {
    this.updates.interrupt();
  }

  restartUpdateIds(next = 1): void {
    this.updates.restartIds(next);
  }

  /** Delivers an update once more; without one, the newest. */
  duplicate(update: Update | undefined = this.sentUpdates.at(-1)): void {
    if (!update) throw new Error("There is no update yet that could come twice");
    this.updates.again(update);
  }

  private remember(update: Update): void {
    this.sentUpdates.push(update);
    if (this.sentUpdates.length > UPDATES_KEPT) this.sentUpdates.shift();
  }

  private isFromBot(message: Message): boolean {
    return message.from?.id === this.world.bot.id && isReadable(message);
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
    const calls = this.calls.slice(-8).map(({ method, status, description }) => `  ${method} ${status} ${description ?? ""}`);
    const spoken = [...this.world.chats.values()].flatMap(({ chat }) => this.botMessages(chat).slice(-2));
    const said = spoken.map((message) => `  ${message.chat.id}: ${textOf(message).replaceAll("\n", " | ").slice(0, 200)}`);
    return ["Last calls:", ...calls, "Last words of the bot:", ...said, ...this.violations.slice(-3)].join("\n");
  }
}

function keyOf(message: Message): string {
  return `${message.chat.id} ${message.message_id}`;
}
