import { painted } from "../chat/painted.ts";
import type { Secret } from "../domain/secret.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Painter } from "../ports/picture.ts";
import type { FrontDoor, Platform, Request, SendOptions } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import { Answer } from "./telegram/answer.ts";
import { Connection } from "./telegram/connection.ts";
import { Delivery } from "./telegram/delivery.ts";
import { deliveryError } from "./telegram/fault.ts";
import { keepMenu } from "./telegram/menu.ts";
import { chatPlace, decodeHandle, PLATFORM } from "./telegram/place.ts";
import { Reception, targetOf } from "./telegram/reception.ts";

export interface TelegramOptions {
  readonly token: Secret;
  /** `https://api.telegram.org`, or where a local counterpart listens. */
  readonly apiUrl: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Draws the pictures of views; without one they are told in words. */
  readonly painter?: Painter | undefined;
  /** Told in one sentence when the token is refused or another process reads the messages: alert through another platform. */
  readonly onFailure?: (reason: string) => void;
}

/** The Telegram platform: typed commands, a menu, buttons and messages in HTML, by long poll. Nothing is loaded or connected before `start`. */
export function openTelegram(options: TelegramOptions): Platform {
  return new TelegramPlatform(options);
}

class TelegramPlatform implements Platform {
  readonly name = PLATFORM;
  readonly edits = true;
  readonly #options: TelegramOptions;
  readonly #connection: Connection;
  readonly #delivery: Delivery;
  #door: FrontDoor | undefined;
  #reception: Reception | undefined;

  constructor(options: TelegramOptions) {
    this.#options = options;
    this.#connection = new Connection({
      ...options,
      onFailure: (reason) => options.onFailure?.(reason),
      onReady: (api, me) => this.#receiveFrom(api, me.username),
      onUpdates: async (updates) => {
        await Promise.all(updates.map((update) => this.#reception?.receive(update)));
      },
    });
    this.#delivery = new Delivery(() => this.#connection.api, options.logger);
  }

  get reachable(): boolean {
    return this.#connection.reachable;
  }

  async start(door: FrontDoor): Promise<void> {
    this.#door = door;
    this.#connection.open();
  }

  async stop(): Promise<void> {
    await this.#connection.close(async () => this.#reception?.idle());
  }

  async send(place: string, view: View, { repeatOf }: SendOptions): Promise<string> {
    const shown = await painted(view, this.#options.painter);
    const messageId = await delivered(this.#delivery.post(chatPlace(place), shown.view, { repeat: repeatOf !== undefined }));
    await this.#delivery.picture(chatPlace(place), messageId, shown);
    await this.#delivery.file(chatPlace(place), messageId, view);
    return String(messageId);
  }

  async edit(place: string, messageId: string, view: View): Promise<void> {
    await delivered(this.#delivery.edit(chatPlace(place), Number(messageId), view));
  }

  async settleInterrupted(request: Request, view: View): Promise<void> {
    const isPrivate = !request.place.direct && this.#door?.isPrivate(request) === true;
    const { edit, ...target } = targetOf(request, chatPlace(request.place.id), isPrivate);
    const { replyTo = edit } = decodeHandle(request.answerHandle);
    // A person who waits looks at the end of the chat, and hears of a new message only.
    await delivered(new Answer(this.#parts(), { ...target, replyTo }).show(view));
  }

  #receiveFrom(api: NonNullable<Connection["api"]>, botUsername: string): void {
    const door = this.#door;
    if (door === undefined) return;
    this.#reception = new Reception(door, { ...this.#parts(), api, botUsername });
    void keepMenu(api, door.catalog(), this.#options.logger, this.#connection.signal);
  }

  #parts(): ConstructorParameters<typeof Answer>[0] {
    const { clock, logger, painter } = this.#options;
    return { delivery: this.#delivery, clock, logger, painter, signal: this.#connection.signal };
  }
}

async function delivered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw deliveryError(error);
  }
}
