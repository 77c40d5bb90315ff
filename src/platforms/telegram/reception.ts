import type { Api } from "grammy";
import type { Update } from "grammy/types";
import { ACTION_BYTES_MAX, COMMAND_ACTION } from "../../chat/view.ts";
import { messageOf } from "../../domain/errors.ts";
import type { FrontDoor, Request } from "../../ports/platform.ts";
import type { View } from "../../ports/view.ts";
import { Answer, type AnswerParts, type AnswerTarget } from "./answer.ts";
import { type Incoming, type Press, readUpdate, type Text } from "./incoming.ts";
import { Lanes } from "./lanes.ts";
import { type ChatPlace, decodeHandle, encodeHandle } from "./place.ts";
import { alertText } from "./render.ts";
import { Secrets, type Taken } from "./secrets.ts";
import { SplitTexts, WHOLE_TEXT_MAX } from "./split-texts.ts";
import { AS_YOURSELF, HINT, NOT_FORWARDED, NOT_STORED, ONE_AT_A_TIME, PRESS_FAILED, tooLong, WITHOUT_SLASH } from "./texts.ts";

/** Work that may wait in one chat. */
export const WAITING_MAX = 20;
/** What Telegram may deliver twice is remembered this far back. */
const REMEMBERED_MAX = 1_000;
/** The app shows a press as under way until it is answered. */
const PRESS_PATIENCE_MS = 1_000;
/** Never wait behind other commands and are never turned away: each second may cost money. */
const URGENT: ReadonlySet<string> = new Set(["panic", "system halt"]);

/** What is left to do after the storing. Aside: at once, beside the queue of its chat. */
interface Task {
  readonly aside: boolean;
  run(): Promise<void>;
}

export interface ReceptionParts extends AnswerParts {
  readonly api: Api;
  readonly botUsername: string;
}

/** Takes updates in: makes each durable, then has it run in the order of its chat and shows the answer. */
export class Reception {
  readonly #door: FrontDoor;
  readonly #parts: ReceptionParts;
  readonly #lanes = new Lanes<number | string>();
  readonly #splits = new SplitTexts();
  readonly #secrets: Secrets;
  readonly #recent = new Set<string>();
  /** Messages that are about to become the answer to a press. */
  readonly #awaited = new Set<string>();
  #asides = 0;
  /** Chats that were told that their queue is full. */
  readonly #crowded = new Set<number>();

  constructor(door: FrontDoor, parts: ReceptionParts) {
    this.#door = door;
    this.#parts = parts;
    this.#secrets = new Secrets(door, parts);
  }

  /** Resolves when the update may be confirmed: everything that must be stored is. Never rejects. */
  async receive(update: Update): Promise<void> {
    try {
      await this.#take(readUpdate(update, this.#parts.botUsername));
    } catch (error) {
      this.#parts.logger.error({ update: update.update_id, error: messageOf(error) }, "a Telegram update could not be read");
    }
  }

  /** Resolves when everything taken in so far is answered. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  async #take(incoming: Incoming): Promise<void> {
    const { delivery, logger } = this.#parts;
    if (incoming.kind === "migrated") return delivery.noteMigration(incoming.oldId, incoming.newId);
    if (incoming.kind === "membership")
      return logger.info({ chat: incoming.chatId, status: incoming.status }, "my place in a Telegram chat changed");
    if (incoming.kind === "nothing") return;
    if (incoming.kind === "refused") return this.#refuse(incoming);
    if (this.#isRepeated(incoming.id)) return;
    if (incoming.kind === "exposed") return this.#takeOut(incoming.chat, this.#secrets.expose(incoming));
    if (incoming.kind === "press") return this.#admit(incoming.chat, (isFull) => this.#press(incoming, isFull));
    const secret = this.#secrets.take(incoming);
    if (secret === undefined) return this.#text(incoming);
    const takenOut = this.#takeOut(incoming.chat, secret);
    // Keys after a panic neither keep it from happening nor hold it up; the door drops them.
    if (incoming.kind === "command" && this.#isUrgent(incoming)) await this.#text(incoming);
    await takenOut;
  }

  /** A message with a secret leaves the chat at once, is stored nowhere, and is answered in the order of its chat, however much waits there. */
  async #takeOut(chat: ChatPlace, { erased, answer }: Taken): Promise<void> {
    await this.#admit(chat, async (isFull) => {
      await erased;
      return { aside: isFull, run: answer };
    });
  }

  async #refuse({ why, isCommand, chat, messageId }: Extract<Incoming, { kind: "refused" }>): Promise<void> {
    this.#parts.logger.info({ chat: chat.chatId, why }, "a message of nobody in particular was refused");
    if (isCommand) await this.#say(chat, messageId, why === "forwarded" ? NOT_FORWARDED : AS_YOURSELF);
  }

  async #text(said: Text): Promise<void> {
    const { chat, messageId, text, user } = said;
    const isCommand = said.kind === "command";
    const piece = this.#splits.judge({ chatId: chat.chatId, userId: user.id, text, dateSeconds: said.dateSeconds }, isCommand);
    if (piece === "rest") return;
    // A panic with a long story is still a panic.
    if (piece === "first" && !(isCommand && this.#isUrgent(said))) return this.#say(chat, messageId, tooLong(WHOLE_TEXT_MAX));
    const asked = isCommand ? this.#line(said) : this.#door.answer(text, said.id, user, said.place, said.question);
    if (asked === undefined && this.#secrets.isStray(said)) return this.#takeOut(chat, this.#secrets.expose(said));
    if (asked === undefined) return said.place.direct ? this.#say(chat, messageId, this.#hint(text)) : undefined;
    if (!("request" in asked)) return this.#say(chat, messageId, "view" in asked ? asked.view : asked.problem);
    const request = { ...asked.request, answerHandle: encodeHandle({ replyTo: messageId }) };
    await this.#admit(chat, (isFull) => this.#prepare(request, chat, isFull));
  }

  /** Words that would be a command with a slash before them are one touch away from it: whoever types `panic` is in a hurry. */
  #hint(text: string): View {
    const meant = this.#door.parse(text);
    const action = COMMAND_ACTION + text;
    return "problem" in meant || Buffer.byteLength(action) > ACTION_BYTES_MAX
      ? HINT
      : { ...WITHOUT_SLASH, buttons: [{ label: meant.path, style: "primary", action }] };
  }

  #isUrgent(said: Text): boolean {
    const asked = this.#line(said);
    return "request" in asked && this.#mayHurry(asked.request);
  }

  /** A stranger's panic stops nothing, so it waits and is turned away like anything else. */
  #mayHurry(request: Request): boolean {
    return URGENT.has(request.path) && this.#door.isAllowed(request);
  }

  #line({ id, text, user, place }: Text): { request: Request } | { problem: View } {
    const parsed = this.#door.parse(text);
    return "problem" in parsed ? parsed : { request: { id, ...parsed, user, place } };
  }

  /** A sentence in the order of the chat; left out when too much waits there already. */
  async #say(chat: ChatPlace, messageId: number, view: View): Promise<void> {
    const run = () => this.#answer({ place: chat, replyTo: messageId }).finish(view);
    await this.#admit(chat, async (isFull) => (isFull ? undefined : { aside: false, run }));
  }

  async #press(press: Press, isFull: boolean): Promise<Task | undefined> {
    const { id: requestId, action, user, place, chat, messageId, queryId } = press;
    const answerHandle = encodeHandle({ edit: messageId });
    const looked = this.#door.press({ requestId, action, user, place, answerHandle }).catch((error: unknown) => {
      this.#parts.logger.error({ requestId, error: messageOf(error) }, "a button could not be looked up");
      return { view: PRESS_FAILED };
    });
    const isLate = await this.#isLate(looked);
    if (isLate) void this.#acknowledge(queryId);
    const found = await looked;
    if ("request" in found) {
      if (!isLate) void this.#acknowledge(queryId);
      return this.#prepareOnto(messageId, found.request, chat, isFull);
    }
    const alert = isLate ? undefined : alertText(found.view);
    if (!isLate) void this.#acknowledge(queryId, alert);
    return alert === undefined
      ? { aside: true, run: () => this.#answer({ place: chat, replyTo: messageId }).finish(found.view) }
      : undefined;
  }

  async #isLate(looked: Promise<unknown>): Promise<boolean> {
    const enough = new AbortController();
    const late = this.#parts.clock.sleep(PRESS_PATIENCE_MS, enough.signal).then(() => !enough.signal.aborted);
    const isLate = await Promise.race([looked.then(() => false), late]);
    enough.abort();
    return isLate;
  }

  async #acknowledge(queryId: string, text?: string): Promise<void> {
    const other = text === undefined ? {} : { text, show_alert: true };
    try {
      await this.#parts.api.answerCallbackQuery(queryId, other);
    } catch (error) {
      this.#parts.logger.debug({ error: messageOf(error) }, "a press was answered too late");
    }
  }

  /**
   * The answer replaces the message with the button, unless that one waits for another answer: what a second touch comes to must not stand where the first
   * one's result belongs.
   */
  async #prepareOnto(messageId: number, request: Request, chat: ChatPlace, isFull: boolean): Promise<Task | undefined> {
    const key = `${chat.chatId} ${messageId}`;
    if (this.#awaited.has(key)) return this.#prepare({ ...request, answerHandle: encodeHandle({ replyTo: messageId }) }, chat, isFull);
    this.#awaited.add(key);
    const done = () => void this.#awaited.delete(key);
    const prepared = this.#prepare({ ...request, answerHandle: encodeHandle({ edit: messageId }) }, chat, isFull);
    const task = await prepared.catch((error: unknown) => {
      done();
      throw error;
    });
    if (task === undefined) done();
    return task && { aside: task.aside, run: () => task.run().finally(done) };
  }

  /** Stores what must be stored; the running comes after it. */
  async #prepare(request: Request, chat: ChatPlace, isFull: boolean): Promise<Task | undefined> {
    const isUrgent = this.#mayHurry(request);
    if (isFull && !isUrgent) return this.#turnAway(request, chat);
    const answer = this.#answer(targetOf(request, chat, this.#isPrivate(request)));
    if (this.#door.mustStore(request.path)) {
      const stored = await this.#door.accept(request).catch((error: unknown) => {
        this.#parts.logger.error({ requestId: request.id, error: messageOf(error) }, "a request could not be stored");
        return "failed" as const;
      });
      if (stored === "seen") return undefined;
      if (stored === "failed") return { aside: isUrgent, run: () => answer.finish(NOT_STORED) };
    }
    return { aside: isUrgent, run: async () => answer.finish(await this.#door.handle(request, (view) => answer.progress(view))) };
  }

  #turnAway(request: Request, chat: ChatPlace): Task | undefined {
    this.#parts.logger.warn({ chat: chat.chatId, path: request.path }, "a command was turned away: too many wait in that chat");
    if (this.#crowded.has(chat.chatId)) return undefined;
    this.#crowded.add(chat.chatId);
    const { replyTo } = decodeHandle(request.answerHandle);
    return { aside: true, run: () => this.#answer({ place: chat, replyTo }).finish(ONE_AT_A_TIME) };
  }

  /** Takes a place in the chat's queue now, so that the storing may take its time; resolves when the work is stored. */
  async #admit(chat: ChatPlace, prepare: (isFull: boolean) => Promise<Task | undefined>): Promise<void> {
    const isFull = this.#lanes.size(chat.chatId) >= WAITING_MAX;
    if (!isFull) this.#crowded.delete(chat.chatId);
    const prepared = prepare(isFull);
    if (!isFull) void this.#lanes.run(chat.chatId, () => this.#perform(prepared, false));
    this.#asides += 1;
    void this.#lanes.run(`aside ${this.#asides}`, () => this.#perform(prepared, true));
    await prepared;
  }

  async #perform(prepared: Promise<Task | undefined>, aside: boolean): Promise<void> {
    try {
      const task = await prepared;
      if (task?.aside === aside && !this.#parts.signal.aborted) await task.run();
    } catch (error) {
      this.#parts.logger.error({ error: messageOf(error) }, "a Telegram request could not be answered");
    }
  }

  #isPrivate(request: Request): boolean {
    return !request.place.direct && this.#door.isPrivate(request);
  }

  #answer(target: AnswerTarget): Answer {
    return new Answer(this.#parts, target);
  }

  #isRepeated(id: string): boolean {
    if (this.#recent.has(id)) return true;
    this.#recent.add(id);
    const [oldest] = this.#recent;
    if (this.#recent.size > REMEMBERED_MAX && oldest !== undefined) this.#recent.delete(oldest);
    return false;
  }
}

/** Where the answer to a request goes: beside the command, onto the message that carried the button, or to the person alone. */
export function targetOf(request: Request, place: ChatPlace, isPrivate: boolean): AnswerTarget {
  const { replyTo, edit } = decodeHandle(request.answerHandle);
  const reply = request.place.direct ? {} : { replyTo: replyTo ?? edit };
  if (isPrivate) return { place, ...reply, privateChatId: Number(request.user.id.replace(/^.*:/, "")) };
  return { place, edit, ...reply };
}
