import { painted } from "../chat/painted.ts";
import type { Secret } from "../domain/secret.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Painter } from "../ports/picture.ts";
import { type FrontDoor, NotSent, type Platform, type Request, type SendOptions } from "../ports/platform.ts";
import type { View } from "../ports/view.ts";
import { finishInterrupted } from "./discord/answer.ts";
import { decodeHandle } from "./discord/answer-handle.ts";
import type { Api } from "./discord/api.ts";
import { commandSet } from "./discord/command-set.ts";
import { Connection, type IdentifyThrottler } from "./discord/connection.ts";
import { deliveryError } from "./discord/fault.ts";
import { PLATFORM, Reception } from "./discord/reception.ts";
import { keepRegistered } from "./discord/registration.ts";
import { renderParcel } from "./discord/render.ts";

export interface DiscordOptions {
  readonly token: Secret;
  /** `https://discord.com/api`, or where a local counterpart listens; without a slash at the end. */
  readonly apiUrl: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Draws the pictures of views; without one they are told in words. */
  readonly painter?: Painter | undefined;
  /** Replaces the library's wait of 5 s between two logins. */
  readonly identifyThrottler?: IdentifyThrottler;
  /** Told once, in one sentence, when Discord refuses the token: alert through another platform. */
  readonly onFailure?: (reason: string) => void;
}

/** The Discord platform: slash commands, buttons, forms and cards. Nothing is loaded or connected before `start`. */
export function openDiscord(options: DiscordOptions): Platform {
  return new DiscordPlatform(options);
}

class DiscordPlatform implements Platform {
  readonly name = PLATFORM;
  readonly edits = true;
  readonly #connection: Connection;
  readonly #options: DiscordOptions;
  #door: FrontDoor | undefined;
  #reception: Reception | undefined;

  constructor(options: DiscordOptions) {
    this.#options = options;
    this.#connection = new Connection({
      ...options,
      onFailure: (reason) => options.onFailure?.(reason),
      onReady: (applicationId, session) => this.#register(applicationId, session),
      onInteraction: (interaction) => void this.#reception?.receive(interaction),
    });
  }

  get reachable(): boolean {
    return this.#connection.reachable;
  }

  async start(door: FrontDoor): Promise<void> {
    this.#door = door;
    await this.#connection.open();
    const { clock, logger, painter } = this.#options;
    this.#reception = new Reception(door, { api: this.#api(), clock, logger, painter, signal: this.#connection.signal });
  }

  async stop(): Promise<void> {
    await this.#connection.close();
  }

  async send(place: string, view: View, { nonce, repeatOf }: SendOptions): Promise<string> {
    const parcel = renderParcel(await painted(view, this.#options.painter), { repeat: repeatOf !== undefined });
    return delivered(this.#api().post(channelOf(place), parcel, nonce));
  }

  async edit(place: string, messageId: string, view: View): Promise<void> {
    const parcel = renderParcel(await painted(view, this.#options.painter));
    await delivered(this.#api().editMessage(channelOf(place), messageId, parcel));
  }

  async settleInterrupted(request: Request, view: View): Promise<void> {
    const handle = decodeHandle(request.answerHandle);
    if (handle !== undefined) return delivered(finishInterrupted(this.#api(), handle, view));
    const nonce = `s${request.id.replace(/^.*:/, "")}`;
    await delivered(this.#api().post(channelOf(request.place.id), renderParcel({ view }), nonce));
  }

  #register(applicationId: string, signal: AbortSignal): void {
    const { clock, logger } = this.#options;
    const commands = commandSet(this.#door?.catalog() ?? []);
    void keepRegistered({ api: this.#api(), clock, logger, signal }, applicationId, commands);
  }

  #api(): Api {
    const api = this.#connection.api;
    if (api === undefined) throw new NotSent("Discord is not started yet. Send it again after the start.");
    return api;
  }
}

async function delivered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw deliveryError(error);
  }
}

/** A place as `discord:123` or just as its channel, `123`. */
function channelOf(place: string): string {
  return place.startsWith(`${PLATFORM}:`) ? place.slice(PLATFORM.length + 1) : place;
}
