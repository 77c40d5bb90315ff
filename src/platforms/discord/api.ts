import type { APIApplicationCommandOptionChoice, APIModalInteractionResponseCallbackData, REST } from "discord.js";
import { z } from "zod";
import { type ApiFault, faultOf } from "./fault.ts";
import { type Card, EPHEMERAL, type Parcel } from "./render.ts";

/** Names one interaction to Discord. */
export interface Ticket {
  readonly id: string;
  readonly token: string;
}

/** Where later answers to an interaction go. Needs no bot token; good for 15 minutes. */
export interface AnswerRoute {
  readonly applicationId: string;
  readonly token: string;
}

const REPLY = 4;
const DEFER = 5;
const DEFER_UPDATE = 6;
const CHOICES = 8;
const FORM = 9;
const withId = z.object({ id: z.string() });

/** The calls that we make to Discord's HTTP API; each outcome is told to the listener, who keeps book of what can be reached. */
export class Api {
  readonly #rest: REST;
  readonly #onOutcome: (outcome: "ok" | ApiFault) => void;

  constructor(rest: REST, onOutcome: (outcome: "ok" | ApiFault) => void) {
    this.#rest = rest;
    this.#onOutcome = onOutcome;
  }

  /** "… is thinking", for everyone or for that person only: what is chosen here cannot be changed later. */
  async defer(ticket: Ticket, isPrivate: boolean): Promise<void> {
    await this.#respond(ticket, { type: DEFER, data: isPrivate ? { flags: EPHEMERAL } : {} });
  }

  /** Takes note of a press; the message that carries the button stays as it is until it is edited. */
  async deferUpdate(ticket: Ticket): Promise<void> {
    await this.#respond(ticket, { type: DEFER_UPDATE });
  }

  async reply(ticket: Ticket, card: Card): Promise<void> {
    await this.#respond(ticket, { type: REPLY, data: card });
  }

  async openForm(ticket: Ticket, form: APIModalInteractionResponseCallbackData): Promise<void> {
    await this.#respond(ticket, { type: FORM, data: form });
  }

  async suggest(ticket: Ticket, choices: readonly APIApplicationCommandOptionChoice[]): Promise<void> {
    await this.#respond(ticket, { type: CHOICES, data: { choices } });
  }

  async editAnswer({ applicationId, token }: AnswerRoute, messageId: string, parcel: Parcel): Promise<void> {
    const body = bodyOf(parcel);
    await this.#note(this.#rest.patch(`/webhooks/${applicationId}/${token}/messages/${messageId}`, { ...body, auth: false }));
  }

  async followUp({ applicationId, token }: AnswerRoute, parcel: Parcel): Promise<string> {
    const query = new URLSearchParams({ wait: "true" });
    const call = this.#rest.post(`/webhooks/${applicationId}/${token}`, { ...bodyOf(parcel), auth: false, query });
    return withId.parse(await this.#note(call)).id;
  }

  /** Posts to a channel. The same nonce within some minutes gives the earlier message again instead of a second one. */
  async post(channelId: string, { card, files }: Parcel, nonce: string): Promise<string> {
    const body = bodyOf({ card: { ...card, nonce, enforce_nonce: true }, files });
    return withId.parse(await this.#note(this.#rest.post(`/channels/${channelId}/messages`, body))).id;
  }

  async editMessage(channelId: string, messageId: string, parcel: Parcel): Promise<void> {
    await this.#note(this.#rest.patch(`/channels/${channelId}/messages/${messageId}`, bodyOf(parcel)));
  }

  /** The id of the private channel with a person. */
  async openDirect(userId: string): Promise<string> {
    return withId.parse(await this.#note(this.#rest.post("/users/@me/channels", { body: { recipient_id: userId } }))).id;
  }

  async registeredCommands(applicationId: string): Promise<unknown> {
    return this.#note(this.#rest.get(`/applications/${applicationId}/commands`));
  }

  async replaceCommands(applicationId: string, commands: readonly object[]): Promise<void> {
    await this.#note(this.#rest.put(`/applications/${applicationId}/commands`, { body: commands }));
  }

  /** The cheapest call that proves that API and token are good. */
  async probe(): Promise<void> {
    await this.#note(this.#rest.get("/users/@me"));
  }

  async #respond({ id, token }: Ticket, body: object): Promise<void> {
    const query = new URLSearchParams({ with_response: "false" });
    await this.#note(this.#rest.post(`/interactions/${id}/${token}/callback`, { body, auth: false, query }));
  }

  async #note<T>(call: Promise<T>): Promise<T> {
    try {
      const answer = await call;
      this.#onOutcome("ok");
      return answer;
    } catch (error) {
      this.#onOutcome(faultOf(error));
      throw error;
    }
  }
}

/** discord.js retries on its own, so files are bytes and never streams. */
function bodyOf<T extends Card>({ card, files }: Parcel & { readonly card: T }) {
  const sent = files.map(({ name, data, contentType }) => ({
    name,
    contentType,
    data: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  }));
  return { body: card, ...(sent.length === 0 ? {} : { files: sent }) };
}
