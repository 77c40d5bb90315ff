import type {
  APIApplicationCommandOptionChoice,
  APIMessage,
  APIModalInteractionResponseCallbackData,
  APIUser,
} from "discord-api-types/v10";
import { Signals } from "./signals.ts";
import { matches, type TextMatch, textOf } from "./text.ts";
import type { Channel, StoredMessage } from "./world.ts";

export interface Ack {
  readonly type: number;
  readonly ackMs: number;
}

/** A form that the bot opened for the person; hand it to `submit`. */
export interface Modal {
  readonly interaction: Interaction;
  readonly customId: string;
  readonly title: string;
  readonly data: APIModalInteractionResponseCallbackData;
}

export interface InteractionSignals {
  ack: Ack;
  /** The reply became visible or changed; deferrals are not visible. */
  shown: APIMessage;
  followup: APIMessage;
  modal: Modal;
  choices: APIApplicationCommandOptionChoice[];
  /** The id of the message that went away. */
  deleted: string;
  /** Anything at all that the person can see. */
  seen: APIMessage | Modal;
}

export interface InteractionFacts {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly user: APIUser;
  readonly channel: Channel;
  /** What the person did, for messages: `/bot create`, `pressed "Stop"`. */
  readonly doing: string;
  /** The name of the slash command; empty for everything else. */
  readonly command?: string | undefined;
  /** The message that carried the button, the menu or the modal's opener. */
  readonly source?: StoredMessage | undefined;
  readonly opener?: Interaction | undefined;
  /** Type of the option that is being completed. */
  readonly optionType?: number | undefined;
}

const PATIENCE_MS = 5_000;

/** One thing that a person did, and everything the bot answered to it. */
export class Interaction {
  readonly facts: InteractionFacts;
  readonly createdMs: number;
  readonly signals = new Signals<InteractionSignals>();
  /** Answers that the API refused: the reason why a person sees nothing. */
  readonly refusals: string[] = [];
  ack: Ack | undefined;
  original: StoredMessage | undefined;
  readonly followups: StoredMessage[] = [];

  constructor(facts: InteractionFacts, createdMs: number) {
    this.facts = facts;
    this.createdMs = createdMs;
  }

  /** The reply as the person sees it now; undefined while there is none or it is still thinking. */
  shown(): APIMessage | undefined {
    const isVisible = this.original && this.signals.all("shown").length > 0 && this.original.channel.messages.has(this.original.wire.id);
    return isVisible ? structuredClone(this.original?.wire) : undefined;
  }

  /** The next such event that was not waited for yet; an earlier one counts. */
  wait<K extends keyof InteractionSignals>(event: K, timeoutMs = PATIENCE_MS): Promise<InteractionSignals[K]> {
    return this.signals.next(event, timeoutMs, () => this.#missing(event));
  }

  /** The first content that the person gets to see: the reply, the edit after a deferral, or a follow-up. */
  async settled(timeoutMs = PATIENCE_MS): Promise<APIMessage> {
    const seen = await this.signals.find(
      "seen",
      () => true,
      timeoutMs,
      () => this.#missing("visible answer"),
    );
    if ("customId" in seen) throw new Error(`${this.facts.doing} was answered with the form "${seen.title}": use modal()`);
    return seen;
  }

  modal(timeoutMs = PATIENCE_MS): Promise<Modal> {
    return this.signals.find(
      "modal",
      () => true,
      timeoutMs,
      () => this.#missing("modal"),
    );
  }

  /** The first state of the answer whose text fits. */
  async until(match: TextMatch, timeoutMs = PATIENCE_MS): Promise<APIMessage> {
    const fits = (seen: APIMessage | Modal): boolean => !("customId" in seen) && matches(seen, match);
    return (await this.signals.find("seen", fits, timeoutMs, () => this.#missing(`answer that fits ${match}`))) as APIMessage;
  }

  #missing(what: string): string {
    const last = this.shown();
    const facts = [
      this.ack ? `acknowledged with type ${this.ack.type} after ${this.ack.ackMs} ms` : "never acknowledged",
      ...this.refusals.map((refusal) => `refused: ${refusal}`),
      last ? `last seen: ${textOf(last)}` : "nothing seen",
    ];
    return `${this.facts.user.username}: ${this.facts.doing}: no ${what} (${facts.join("; ")})`;
  }
}
