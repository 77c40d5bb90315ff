import type { Chat, Message, User } from "@grammyjs/types";
import { awaited, type Person, spoken } from "./desk-person.ts";
import type { TelegramCounterpart } from "./telegram/counterpart.ts";

/** The longest text of one message. */
const PIECES = /.{1,4096}/gs;
const IN_PRIVATE = "Answered in private";

/** A member of a Telegram group. Answers there are replies, so that they and the alerts cannot be taken for one another. */
export class TelegramPerson implements Person {
  readonly user: User;
  readonly #telegram: TelegramCounterpart;
  readonly #chat: Chat;
  readonly #alerted = new Set<number>();
  #last: Message | undefined;

  constructor(telegram: TelegramCounterpart, user: User, chat: Chat) {
    this.#telegram = telegram;
    this.user = user;
    this.#chat = chat;
    telegram.privateChat(user);
  }

  get id(): string {
    return `telegram:${this.user.id}`;
  }

  get place(): string {
    return `telegram:${this.#chat.id}`;
  }

  /** A longer text the app sends in pieces; the answer is to the first. */
  run(line: string): Promise<string> {
    const [first = "", ...more] = `/${line}`.match(PIECES) ?? [];
    const said = this.#telegram.say(this.user, first, this.#chat);
    for (const piece of more) this.#telegram.say(this.user, piece, this.#chat);
    return this.#replied(said);
  }

  /** What follows a press: a notice over the chat, a new version of the message, or a new message. */
  async press(label: string): Promise<string> {
    const before = this.#seen();
    const known = new Set(this.#telegram.botMessages(before.chat).map(({ message_id }) => message_id));
    const notice = await this.#telegram.press(this.user, before, label).answer;
    if (notice.text !== undefined) return spoken(notice.text);
    const probe = () => {
      const messages = this.#telegram.botMessages(before.chat);
      const now = messages.find(({ message_id }) => message_id === before.message_id);
      if (now && now !== before) return now;
      return messages.find(
        ({ message_id, reply_to_message }) => !known.has(message_id) && reply_to_message?.message_id === before.message_id,
      );
    };
    return this.#saw(await this.#when(probe, `pressing "${label}" showed nothing`));
  }

  type(text: string): Promise<string> {
    return this.#replied(this.#telegram.say(this.user, text, this.#chat, { replyTo: this.#seen() }));
  }

  /** One message for each value, when the bot asks for it. */
  async enter(values: Readonly<Record<string, string>>): Promise<string> {
    let said = this.#seen();
    for (const text of Object.values(values)) {
      await this.#when(() => this.#telegram.pendingReply(this.#chat), "the bot asked for no value");
      said = this.#telegram.say(this.user, text, this.#chat);
    }
    return this.#saw(await this.#after(said));
  }

  inPrivate(): Person {
    return new TelegramPerson(this.#telegram, this.user, this.#telegram.privateChat(this.user));
  }

  async nextAlert(matching: RegExp): Promise<string> {
    const isNews = (message: Message) =>
      message.reply_to_message === undefined &&
      !this.#alerted.has(message.message_id) &&
      matching.test(spoken(this.#telegram.textOf(message)));
    const alert = await this.#when(() => this.#telegram.botMessages(this.#chat).find(isNews), `no alert that fits ${matching}`);
    this.#alerted.add(alert.message_id);
    return spoken(this.#telegram.textOf(alert));
  }

  alerts(matching: RegExp): string[] {
    const all = this.#telegram.botMessages(this.#chat).filter(({ reply_to_message }) => reply_to_message === undefined);
    return all.map((message) => spoken(this.#telegram.textOf(message))).filter((text) => matching.test(text));
  }

  lookAt(other: Person): void {
    if (!(other instanceof TelegramPerson)) throw new Error("that person is not in Telegram");
    this.#last = other.#last;
  }

  async #replied(said: Message): Promise<string> {
    // In private there is nobody else whom an answer could be for.
    if (this.#chat.type === "private") return this.#saw(await this.#after(said));
    const isReply = ({ reply_to_message }: Message) => reply_to_message?.message_id === said.message_id;
    const probe = () => this.#telegram.botMessages(this.#chat).find(isReply);
    const reply = await this.#when(probe, `the bot did not answer "${said.text?.slice(0, 80)}"`);
    if (!this.#telegram.textOf(reply).includes(IN_PRIVATE)) return this.#saw(reply);
    const inPrivate = this.#telegram.botMessages(this.#telegram.privateChat(this.user)).at(-1);
    if (!inPrivate) throw new Error("the bot says that it answered in private, and it did not");
    return this.#saw(inPrivate);
  }

  #after(said: Message): Promise<Message> {
    const probe = () => this.#telegram.botMessages(this.#chat).find(({ message_id }) => message_id > said.message_id);
    return this.#when(probe, `the bot did not answer "${said.text?.slice(0, 80)}"`);
  }

  #saw(message: Message): string {
    this.#last = message;
    return spoken(this.#telegram.textOf(message));
  }

  #seen(): Message {
    if (!this.#last) throw new Error(`${this.user.first_name} saw nothing yet`);
    return this.#last;
  }

  #when<T>(probe: () => T | undefined, hoped: string): Promise<T> {
    const { events } = this.#telegram;
    const onNews = (look: () => void) => {
      // The answer to the request under way leaves first.
      const later = () => void setImmediate(look);
      events.on("message", later).on("edit", later);
      return () => void events.off("message", later).off("edit", later);
    };
    const said = () =>
      this.#telegram
        .botMessages(this.#chat)
        .slice(-4)
        .map((each) => this.#telegram.textOf(each));
    return awaited(probe, onNews, () => `${hoped}; the bot said:\n${said().join("\n---\n")}`);
  }
}
