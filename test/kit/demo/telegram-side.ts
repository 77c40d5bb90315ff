import type { BotCommand, Message } from "@grammyjs/types";
import type { TelegramCounterpart } from "../telegram/counterpart.ts";
import { type Button, Refused, type TelegramMessage } from "./shapes.ts";

const SNIPPET_MAX = 60;
const STYLES: readonly string[] = ["primary", "danger", "success"] satisfies Button["style"][];

/** What the app shows over the chat after a press. */
export interface PressAnswer {
  readonly text: string | undefined;
  readonly isAlert: boolean;
}

/** Ada in front of Telegram: her private chat with the bot. */
export class TelegramSide {
  readonly #telegram: TelegramCounterpart;

  constructor(telegram: TelegramCounterpart) {
    this.#telegram = telegram;
  }

  get objections(): readonly string[] {
    return this.#telegram.violations;
  }

  get userId(): string {
    return `telegram:${this.#telegram.user.id}`;
  }

  /** The messages in their present versions; an edit puts another object in place. */
  versions(): Map<string, object> {
    return new Map(this.#messages().map((message) => [String(message.message_id), message]));
  }

  messages(): TelegramMessage[] {
    return this.#messages().map((message) => this.#shape(message));
  }

  message(id: string): TelegramMessage {
    return this.#shape(this.#found(id));
  }

  /** The bytes of a message's photo. */
  picture(id: string): Buffer {
    const bytes = this.#telegram.fileOf(this.#found(id));
    if (!bytes) throw new Refused("That picture is gone.");
    return bytes;
  }

  menu(): readonly BotCommand[] {
    return this.#telegram.commandsFor();
  }

  say(text: string): void {
    this.#telegram.say(this.#telegram.user, text);
  }

  /** Says something and waits for the bot's next message. */
  async ask(text: string): Promise<void> {
    await this.#telegram.ask(this.#telegram.user, text);
  }

  async press(messageId: string, key: string): Promise<PressAnswer> {
    const { answer } = this.#telegram.press(this.#telegram.user, this.#found(messageId), key);
    const said = await answer.catch(() => {
      throw new Refused("The bot did not answer the press.");
    });
    return { text: said.text, isAlert: said.show_alert === true };
  }

  #messages(): Message[] {
    return this.#telegram.messages(this.#telegram.chat);
  }

  #found(id: string): Message {
    const found = this.#messages().find(({ message_id }) => String(message_id) === id);
    if (!found) throw new Refused("That message is gone.");
    return found;
  }

  #shape(message: Message): TelegramMessage {
    const answered = message.reply_to_message?.text;
    return {
      id: String(message.message_id),
      isMine: message.from?.id === this.#telegram.user.id,
      atMs: message.date * 1_000,
      text: message.text ?? message.caption ?? this.#telegram.textOf(message),
      entities: message.entities ?? message.caption_entities ?? [],
      picture: message.photo && { path: `/picture/telegram/${message.message_id}/0`, alt: message.caption ?? "" },
      isEdited: message.edit_date !== undefined,
      answers: answered?.split("\n")[0]?.slice(0, SNIPPET_MAX),
      keyboard: (message.reply_markup?.inline_keyboard ?? []).map((row) =>
        row.map((button) => ({ label: button.text, style: styleOf("style" in button ? button.style : undefined), key: button.text })),
      ),
    };
  }
}

function styleOf(style: string | undefined): Button["style"] {
  return style !== undefined && STYLES.includes(style) ? (style as Button["style"]) : "plain";
}
