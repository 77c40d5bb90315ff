import { type Painted, painted } from "../../chat/painted.ts";
import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Painter } from "../../ports/picture.ts";
import type { OpenForm } from "../../ports/secret-form.ts";
import type { View } from "../../ports/view.ts";
import type { Delivery } from "./delivery.ts";
import { isMessageGone, isNotSent, isPlaceGone } from "./fault.ts";
import type { ChatPlace } from "./place.ts";
import { promptOf } from "./secret-text.ts";
import { ANSWERED_IN_PRIVATE, PRIVATE_CHAT_CLOSED } from "./texts.ts";

export interface AnswerParts {
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Without one pictures are told in words. */
  readonly painter?: Painter | undefined;
  /** Aborted when the platform stops. */
  readonly signal: AbortSignal;
}

/** Where one answer goes. */
export interface AnswerTarget {
  /** The chat in which was asked. */
  readonly place: ChatPlace;
  /** The person's own chat, when nobody else may read the answer. */
  readonly privateChatId?: number;
  readonly replyTo?: number | undefined;
  /** The message that becomes the answer. */
  readonly edit?: number | undefined;
  /** Of a view with a form only its question is shown. */
  readonly promptOnly?: boolean;
}

/** Interim views are shown at most this often. */
const PROGRESS_EVERY_MS = 1_000;
const RETRIES_MAX = 6;
const RETRY_FIRST_MS = 1_000;

/** The one answer to a request: posted with the first view, edited as the work goes on, finished once. */
export class Answer {
  readonly #parts: AnswerParts;
  readonly #target: AnswerTarget;
  readonly #finished = new AbortController();
  #messageId: number | undefined;
  #latest: View | undefined;
  #progress: Promise<void> | undefined;
  /** An earlier try may have arrived. */
  #isUnsure = false;

  constructor(parts: AnswerParts, target: AnswerTarget) {
    this.#parts = parts;
    this.#target = target;
    if (target.privateChatId === undefined) this.#messageId = target.edit;
  }

  /** Shows an interim view soon; of several only the latest. Ignored once the answer is finished. */
  progress(view: View): void {
    if (this.#finished.signal.aborted) return;
    this.#latest = view;
    this.#progress ??= this.#showProgress();
  }

  /** Shows the final view after every interim one and tries again while Telegram is away. Never rejects. */
  async finish(view: View): Promise<void> {
    if (this.#finished.signal.aborted) return;
    this.#finished.abort();
    const { clock, logger, painter, signal } = this.#parts;
    const [shown] = await Promise.all([painted(view, painter), this.#progress]);
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        return await this.#show(shown);
      } catch (error) {
        const facts = { chat: this.#target.place.chatId, error: messageOf(error), attempt };
        if (attempt === RETRIES_MAX || isPlaceGone(error)) return logger.error(facts, "an answer could not be shown in Telegram");
        logger.warn(facts, "Telegram did not take an answer; trying again");
        await clock.sleep(RETRY_FIRST_MS * 2 ** attempt, signal);
      }
    }
  }

  /** Shows a view once where it belongs. Rejects as the library does. */
  async show(view: View): Promise<void> {
    await this.#show({ view });
  }

  async #show(shown: Painted): Promise<void> {
    const { view } = shown;
    const { place, privateChatId, replyTo } = this.#target;
    if (privateChatId === undefined) {
      if (this.#target.promptOnly !== true) await this.#put(place, shown, replyTo);
      if (view.form !== undefined) await this.#prompt(place, view.form);
      return;
    }
    const { delivery } = this.#parts;
    const isFirst = this.#messageId === undefined;
    try {
      await this.#put({ chatId: privateChatId }, shown, undefined);
    } catch (error) {
      if (!isPlaceGone(error)) throw error;
      await delivery.post(place, PRIVATE_CHAT_CLOSED, { replyTo });
      return;
    }
    if (isFirst) await delivery.post(place, ANSWERED_IN_PRIVATE, { replyTo }).catch((error: unknown) => this.#note(error));
  }

  async #put(place: ChatPlace, shown: Painted, replyTo: number | undefined): Promise<void> {
    const messageId = await this.#words(place, shown.view, replyTo);
    await this.#parts.delivery.picture(place, messageId, shown);
    await this.#parts.delivery.file(place, messageId, shown.view);
  }

  async #words(place: ChatPlace, view: View, replyTo: number | undefined): Promise<number> {
    const { delivery } = this.#parts;
    if (this.#messageId !== undefined) {
      try {
        await delivery.edit(place, this.#messageId, view);
        return this.#messageId;
      } catch (error) {
        if (!isMessageGone(error)) throw error;
        this.#messageId = undefined;
      }
    }
    try {
      const posted = await delivery.post(place, view, { replyTo, repeat: this.#isUnsure });
      this.#messageId = posted;
      return posted;
    } catch (error) {
      if (!isNotSent(error)) this.#isUnsure = true;
      throw error;
    }
  }

  /** Only a new message can make the app answer it: an edited one cannot. */
  async #prompt(place: ChatPlace, form: OpenForm): Promise<void> {
    const { view, placeholder } = promptOf(form);
    await this.#parts.delivery.post(place, view, { placeholder });
  }

  async #showProgress(): Promise<void> {
    while (this.#latest !== undefined && !this.#finished.signal.aborted) {
      const view = this.#latest;
      this.#latest = undefined;
      await this.show(view).catch((error: unknown) => this.#note(error));
      await this.#parts.clock.sleep(PROGRESS_EVERY_MS, this.#finished.signal);
    }
    this.#progress = undefined;
  }

  #note(error: unknown): void {
    this.#parts.logger.debug({ error: messageOf(error) }, "a passing message was not shown");
  }
}
