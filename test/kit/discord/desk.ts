import type { APIMessage, APIMessageInteractionMetadata, APIModalInteractionResponseCallbackData } from "discord-api-types/v10";
import type { WireComponent } from "./components.ts";
import type { Interaction, Modal } from "./interaction.ts";
import { checkModal, EPHEMERAL, LOADING, type MessageBody, V2 } from "./message-rules.ts";
import type { MessageBoard, Origin, Upload } from "./messages.ts";
import { commandMetadata } from "./payloads.ts";
import { alreadyAcknowledged, invalidForm, invalidWebhookToken, unknownInteraction, unknownMessage, unknownWebhook } from "./refusal.ts";
import type { StoredMessage, World } from "./world.ts";

export const ON_COMMAND = 2;
export const ON_COMPONENT = 3;
export const ON_AUTOCOMPLETE = 4;
export const ON_MODAL = 5;
const REPLY = 4;
const DEFER = 5;
const DEFER_UPDATE = 6;
const UPDATE = 7;
const CHOICES = 8;
const MODAL = 9;
const FIRST_RESPONSE_MS = 3_000;
const TOKEN_LIFE_MS = 15 * 60_000;

interface Callback {
  readonly type: number;
  readonly data?: MessageBody & { choices?: { name: string; value: string | number }[] } & Partial<FormData>;
}

type FormData = Pick<APIModalInteractionResponseCallbackData, "custom_id" | "title">;

/** Where answers to interactions arrive: who may answer, when, and with what. */
export class InteractionDesk {
  readonly #world: World;
  readonly #board: MessageBoard;
  readonly #byToken = new Map<string, Interaction>();

  constructor(world: World, board: MessageBoard) {
    this.#world = world;
    this.#board = board;
  }

  open(interaction: Interaction): void {
    this.#byToken.set(interaction.facts.token, interaction);
  }

  byToken(token: string): Interaction | undefined {
    return this.#byToken.get(token);
  }

  respond(id: string, token: string, body: Callback, uploads: readonly Upload[], arrivedMs: number): unknown {
    const interaction = this.#byToken.get(token);
    if (!interaction || interaction.facts.id !== id) throw unknownInteraction();
    if (interaction.ack) throw alreadyAcknowledged();
    const ackMs = arrivedMs - interaction.createdMs;
    if (ackMs > FIRST_RESPONSE_MS) throw unknownInteraction();
    this.#checkType(interaction, body);
    const message = this.#perform(interaction, body, uploads);
    interaction.ack = { type: body.type, ackMs };
    interaction.signals.emit("ack", interaction.ack);
    if (message && (body.type === REPLY || body.type === UPDATE)) this.#show(interaction, message);
    if (body.type === MODAL) openForm(interaction, body.data as APIModalInteractionResponseCallbackData);
    if (body.type === CHOICES) interaction.signals.emit("choices", body.data?.choices ?? []);
    return callbackAnswer(interaction, body.type, message);
  }

  /** Everything under /webhooks needs an acknowledged interaction that is not older than 15 minutes. */
  acknowledged(token: string, arrivedMs: number): Interaction {
    const interaction = this.#byToken.get(token);
    if (!interaction) throw unknownWebhook();
    if (arrivedMs - interaction.createdMs > TOKEN_LIFE_MS) throw invalidWebhookToken();
    if (!interaction.ack) throw unknownWebhook();
    return interaction;
  }

  message(interaction: Interaction, id: string): StoredMessage {
    const mine = [interaction.original, ...interaction.followups];
    const found = id === "@original" ? interaction.original : mine.find((message) => message?.wire.id === id);
    if (!found?.channel.messages.has(found.wire.id)) throw unknownMessage();
    return found;
  }

  edit(interaction: Interaction, id: string, body: MessageBody, uploads: readonly Upload[]): APIMessage {
    const message = this.#board.edit(this.message(interaction, id), body, uploads);
    if (message === interaction.original) this.#show(interaction, message);
    else this.#follow(interaction, message);
    return message.wire;
  }

  followUp(interaction: Interaction, body: MessageBody, uploads: readonly Upload[]): APIMessage {
    const original = interaction.original;
    if (interaction.ack?.type === DEFER && original && (original.wire.flags ?? 0) & LOADING) {
      const { flags = 0, ...rest } = body;
      return this.edit(interaction, "@original", { ...rest, flags: (flags ?? 0) & V2 }, uploads);
    }
    const origin = this.#origin(interaction, body.flags ?? 0);
    const message = this.#board.post(interaction.facts.channel, { ...body, enforce_nonce: false }, uploads, origin);
    interaction.followups.push(message);
    this.#follow(interaction, message);
    return message.wire;
  }

  remove(interaction: Interaction, id: string): void {
    const message = this.message(interaction, id);
    this.#board.remove(message);
    interaction.signals.emit("deleted", message.wire.id);
  }

  #show(interaction: Interaction, message: StoredMessage): void {
    const seen = structuredClone(message.wire);
    interaction.signals.emit("shown", seen);
    interaction.signals.emit("seen", seen);
  }

  #follow(interaction: Interaction, message: StoredMessage): void {
    const seen = structuredClone(message.wire);
    interaction.signals.emit("followup", seen);
    interaction.signals.emit("seen", seen);
  }

  #checkType({ facts }: Interaction, { type, data }: Callback): void {
    const wrong = (reason: string) => invalidForm("type", `response ${type}: ${reason}`);
    const onMessage = facts.type === ON_COMPONENT || (facts.type === ON_MODAL && facts.source !== undefined);
    if ((type === CHOICES) !== (facts.type === ON_AUTOCOMPLETE)) throw wrong("choices answer autocomplete, and nothing else does");
    if ((type === UPDATE || type === DEFER_UPDATE) && !onMessage) throw wrong("there is no message to update");
    if (type === MODAL && facts.type === ON_MODAL) throw wrong("a form cannot answer a form");
    if (![REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL].includes(type)) throw wrong("not served here");
    if (type === DEFER && (data?.flags ?? 0) & ~EPHEMERAL) throw invalidForm("flags", "a deferred reply takes the ephemeral flag only");
    if (type !== CHOICES) return;
    const expected = facts.optionType === 3 ? "string" : "number";
    if (data?.choices?.some((choice) => typeof choice.value !== expected)) throw invalidForm("choices", `values must be ${expected}s`);
  }

  #perform(interaction: Interaction, { type, data = {} }: Callback, uploads: readonly Upload[]): StoredMessage | undefined {
    const { channel, source } = interaction.facts;
    if (type === REPLY)
      interaction.original = this.#board.post(
        channel,
        { ...data, enforce_nonce: false },
        uploads,
        this.#origin(interaction, data.flags ?? 0),
      );
    if (type === DEFER) interaction.original = this.#board.postLoading(channel, this.#origin(interaction, data.flags ?? 0));
    if (type === DEFER_UPDATE) interaction.original = source;
    if (type === UPDATE && source) {
      if (!source.channel.messages.has(source.wire.id)) throw unknownMessage();
      interaction.original = this.#board.edit(source, data, uploads);
    }
    if (type === MODAL) checkModal(data as { components: WireComponent[] });
    return interaction.original;
  }

  #origin(interaction: Interaction, flags: number): Origin {
    const { facts, original } = interaction;
    const extra: Partial<APIMessage> = {
      application_id: this.#world.applicationId,
      webhook_id: this.#world.applicationId,
      interaction_metadata: metadataOf(interaction),
      flags,
    };
    const answered = original ?? facts.source;
    if (facts.command && !original) {
      extra.type = 20;
      extra.interaction = { id: facts.id, type: 2, name: facts.command, user: facts.user };
    } else if (answered) {
      extra.type = 19;
      extra.message_reference = { type: 0, channel_id: facts.channel.id, message_id: answered.wire.id };
    }
    return { onlyFor: flags & EPHEMERAL ? facts.user.id : undefined, extra };
  }
}

function metadataOf({ facts, original, ack }: Interaction): APIMessageInteractionMetadata {
  const base = commandMetadata(facts.id, facts.user, facts.channel.guild);
  const common = ack && original ? { original_response_message_id: original.wire.id } : {};
  if (facts.type === ON_COMPONENT && facts.source) return { ...base, ...common, type: 3, interacted_message_id: facts.source.wire.id };
  if (facts.type !== ON_MODAL || !facts.opener) return { ...base, ...common };
  const opener = metadataOf(facts.opener) as Extract<APIMessageInteractionMetadata, { type: 2 | 3 }>;
  return { ...base, ...common, type: 5, triggering_interaction_metadata: opener };
}

function openForm(interaction: Interaction, data: APIModalInteractionResponseCallbackData): void {
  const modal: Modal = { interaction, customId: data.custom_id, title: data.title, data };
  interaction.signals.emit("modal", modal);
  interaction.signals.emit("seen", modal);
}

function callbackAnswer({ facts }: Interaction, type: number, message: StoredMessage | undefined): unknown {
  const flags = message?.wire.flags ?? 0;
  const about = message
    ? {
        response_message_id: message.wire.id,
        response_message_loading: (flags & LOADING) !== 0,
        response_message_ephemeral: message.onlyFor !== undefined,
      }
    : {};
  const interaction = { id: facts.id, type: facts.type, channel_id: facts.channel.id, ...about };
  return message && (type === REPLY || type === UPDATE) ? { interaction, resource: { type, message: message.wire } } : { interaction };
}
