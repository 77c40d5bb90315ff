import type { Api } from "grammy";
import { holdsKey, looksLikeKeys } from "../../chat/secret-forms/key-like.ts";
import { Secret } from "../../domain/secret.ts";
import type { FrontDoor } from "../../ports/platform.ts";
import type { View } from "../../ports/view.ts";
import { Answer, type AnswerParts } from "./answer.ts";
import { erase } from "./eraser.ts";
import type { Exposed, Text } from "./incoming.ts";
import type { ChatPlace } from "./place.ts";
import { readSecrets } from "./secret-text.ts";
import { EXPOSED, FORM_GONE, NOT_ERASED } from "./texts.ts";

export interface SecretsParts extends AnswerParts {
  readonly api: Api;
}

/** A message that must not stay in its chat: it is being deleted, and `answer` says what became of it. */
export interface Taken {
  /** Resolves when the update may be confirmed: the message is gone, or it takes too long. Until then Telegram delivers it again after a crash. */
  readonly erased: Promise<void>;
  answer(): Promise<void>;
}

/** A deletion that takes longer goes on, but holds up no other message. */
const ERASE_PATIENCE_MS = 2_000;

/** Takes messages that hold secrets out of the chat. None of them reaches the inbox, a log or an answer. */
export class Secrets {
  readonly #door: FrontDoor;
  readonly #parts: SecretsParts;

  constructor(door: FrontDoor, parts: SecretsParts) {
    this.#door = door;
    this.#parts = parts;
  }

  /** Looks at a text before anything else does; undefined when it is an ordinary one. */
  take(said: Text): Taken | undefined {
    const { user, place, chat, messageId, text } = said;
    if (place.direct && this.#door.forms.at(user.id, place.id) && !this.#isCommand(said)) {
      const secret = new Secret(text);
      return this.#taken(chat, messageId, () => this.#submit({ user, place }, secret));
    }
    if (looksLikeKeys(text)) return this.expose(said);
    if (place.direct && said.kind === "words" && said.answersPrompt) return this.#taken(chat, messageId, async () => FORM_GONE);
    return undefined;
  }

  /** A text that nobody asked for and that looks like a key, however it came. */
  expose({ chat, messageId }: Exposed | Text): Taken {
    return this.#taken(chat, messageId, async () => EXPOSED);
  }

  /** Words in a private chat that mean nothing to us and hold what may be one key. */
  isStray({ place, text }: Text): boolean {
    return place.direct && holdsKey(text);
  }

  #isCommand({ kind, text }: Text): boolean {
    return kind === "command" && "path" in this.#door.parse(text);
  }

  #taken(chat: ChatPlace, messageId: number, work: () => Promise<View>): Taken {
    const { clock } = this.#parts;
    const gone = erase(this.#parts, chat.chatId, messageId);
    const enough = new AbortController();
    const patience = clock.sleep(ERASE_PATIENCE_MS, enough.signal);
    return {
      erased: Promise.race([gone, patience]).then(() => enough.abort()),
      answer: async () => {
        const view = await work();
        if (!(await gone)) await this.#show(chat, NOT_ERASED);
        await this.#show(chat, view);
      },
    };
  }

  /** Which fields are still open is asked when it is this message's turn: one before it may have filled some. */
  async #submit({ user, place }: Pick<Text, "user" | "place">, text: Secret): Promise<View> {
    const form = this.#door.forms.at(user.id, place.id);
    if (form === undefined) return FORM_GONE;
    const read = readSecrets(text, form);
    if ("problem" in read) return { title: read.problem, tone: "warning", lines: [], fields: [], buttons: [], form };
    return this.#door.forms.submit({ token: form.token, values: read.values, user, place });
  }

  #show(chat: ChatPlace, view: View): Promise<void> {
    // Where all went well and more is to come, the next question says enough.
    const promptOnly = view.form !== undefined && view.tone === "plain" && view.form.fields.length > 0;
    return new Answer(this.#parts, { place: chat, promptOnly }).finish(view);
  }
}
