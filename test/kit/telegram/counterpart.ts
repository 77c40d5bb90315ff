import type { BotCommand, BotCommandScope, Chat, Message, Update, User } from "@grammyjs/types";
import { refuseCanaries } from "../canary/watch.ts";
import type { Fault } from "./faults.ts";
import type { FloodLimits } from "./flood.ts";
import { SpecJudge } from "./judge-spec.ts";
import { Onlooker } from "./onlooker.ts";
import { ApiServer } from "./server.ts";
import { type LoggedCall, Service } from "./service.ts";
import { textOf } from "./text.ts";
import { type Clock, World } from "./world.ts";

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

const UPDATES_KEPT = 1_000;

/**
 * The Telegram Bot API on 127.0.0.1, strict about what a program sends and driven by what a person does.
 *
 *     const telegram = await TelegramCounterpart.start();
 *     // … start the program with telegram.apiUrl and telegram.token …
 *     const card = await telegram.ask(telegram.user, "/status");
 *     const running = await telegram.pressAndSee(telegram.user, card, "Start");
 *     expect(telegram.textOf(running)).toBe("dip is running\n[Stop]");
 *     expect(telegram.violations).toEqual([]);
 *     await telegram.stop();
 */
export class TelegramCounterpart extends Onlooker {
  readonly token: string;
  readonly user: User;
  readonly chat: Chat.PrivateChat;
  /** Updates as they were created, newest last. */
  readonly sentUpdates: Update[] = [];
  private readonly server: ApiServer;
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
    super(world, service);
    this.token = options.token ?? `${world.bot.id}:counterpart`;
    this.server = new ApiServer(service, world, this.token);
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

  /** Whether a getUpdates is held open just now. */
  get isPolled(): boolean {
    return this.updates.isHeld;
  }

  /** Reads the violations and forgets them: for tests that break a rule on purpose. */
  takeViolations(): string[] {
    return this.service.violations.splice(0);
  }

  async stop(): Promise<void> {
    this.waits.stop();
    this.service.webhook.stop();
    await this.server.close();
    refuseCanaries("what Telegram was asked", JSON.stringify(this.calls));
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

  pinned(chat: Chat = this.chat): Message[] {
    const { pinned, messages } = this.world.record(chat.id);
    return pinned.flatMap((id) => messages.get(id) ?? []);
  }

  /** Presses whose button still shows a spinner. */
  get unansweredPresses(): number {
    return [...this.world.presses.values()].filter(({ answer }) => !answer).length;
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

  /** Every chat of this world, for a page that shows them. */
  chats(): Chat[] {
    return [...this.world.chats.values()].map(({ chat }) => chat);
  }

  /** message, edit, delete, reaction, action, answer: each as it happens. */
  get events(): World["events"] {
    return this.world.events;
  }

  textOf(message: Message): string {
    return textOf(message);
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
}
