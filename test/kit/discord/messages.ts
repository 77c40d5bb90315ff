import type { APIAttachment, APIEmbed, APIMessage, APIUser } from "discord-api-types/v10";
import { settleComponents, type WireComponent } from "./components.ts";
import { checkMessage, LOADING, type MessageBody, type WireEmbed } from "./message-rules.ts";
import { invalidForm, unknownChannel, unknownMessage } from "./refusal.ts";
import { type Channel, NO_FLAGS, type StoredFile, type StoredMessage, type World } from "./world.ts";

/** A file of a multipart request; its key is the number in `files[0]`. */
export interface Upload extends StoredFile {
  readonly key: string;
}

export interface Origin {
  readonly author?: APIUser;
  readonly onlyFor?: string | undefined;
  readonly extra?: Partial<APIMessage>;
}

export type MessageChange = "create" | "update" | "delete";
export type MessageListener = (change: MessageChange, message: StoredMessage) => void;

const NONCE_MEMORY_MS = 5 * 60_000;

/** All messages of the world: posts, edits, deletes, and tells the listener of each. */
export class MessageBoard {
  readonly #world: World;
  readonly #fileUrl: (id: string, name: string) => string;
  readonly #tell: MessageListener;
  readonly #byNonce = new Map<string, { message: StoredMessage; sinceMs: number }>();

  constructor(world: World, fileUrl: (id: string, name: string) => string, tell: MessageListener) {
    this.#world = world;
    this.#fileUrl = fileUrl;
    this.#tell = tell;
  }

  channel(id: string): Channel {
    const channel = this.#world.channels.get(id);
    if (!channel) throw unknownChannel();
    return channel;
  }

  /** A message that can be reached through its channel; ephemeral ones cannot. */
  inChannel(channelId: string, messageId: string): StoredMessage {
    const message = this.channel(channelId).messages.get(messageId);
    if (!message || message.onlyFor) throw unknownMessage();
    return message;
  }

  post(channel: Channel, body: MessageBody, uploads: readonly Upload[], origin: Origin = {}): StoredMessage {
    const author = origin.author ?? this.#world.bot;
    const nonceKey = body.enforce_nonce && body.nonce ? `${author.id} ${body.nonce}` : undefined;
    const known = nonceKey === undefined ? undefined : this.#byNonce.get(nonceKey);
    if (known && this.#world.clock.nowMs() - known.sinceMs < NONCE_MEMORY_MS) return known.message;
    const wire = this.#blank(channel, author);
    const answered = body.message_reference?.message_id;
    if (answered) {
      const referenced = this.inChannel(channel.id, answered).wire;
      Object.assign(wire, { type: 19, message_reference: { type: 0, channel_id: channel.id, message_id: answered } });
      wire.referenced_message = structuredClone(referenced);
    }
    this.#apply(wire, body, uploads);
    Object.assign(wire, origin.extra);
    if (body.nonce !== undefined && body.nonce !== null) wire.nonce = body.nonce;
    const message = this.#keep(channel, wire, origin.onlyFor);
    if (nonceKey !== undefined) this.#byNonce.set(nonceKey, { message, sinceMs: this.#world.clock.nowMs() });
    return message;
  }

  /** "… is thinking": the place that a deferred reply holds. */
  postLoading(channel: Channel, origin: Origin): StoredMessage {
    const wire = { ...this.#blank(channel, this.#world.bot), ...origin.extra };
    wire.flags = (wire.flags ?? NO_FLAGS) | LOADING;
    return this.#keep(channel, wire, origin.onlyFor);
  }

  edit(message: StoredMessage, body: MessageBody, uploads: readonly Upload[]): StoredMessage {
    const wire = structuredClone(message.wire);
    const wasLoading = ((wire.flags ?? 0) & LOADING) !== 0;
    wire.flags = (wire.flags ?? NO_FLAGS) & ~LOADING;
    this.#apply(wire, body, uploads, { flags: wire.flags });
    wire.edited_timestamp = wasLoading ? null : this.#world.nowIso();
    message.wire = wire;
    this.#tell("update", message);
    return message;
  }

  /** Changes that no body carries: a pin, a reaction. */
  touch(message: StoredMessage, change: Partial<APIMessage>): void {
    message.wire = { ...message.wire, ...change };
    this.#tell("update", message);
  }

  remove(message: StoredMessage): void {
    message.channel.messages.delete(message.wire.id);
    this.#tell("delete", message);
  }

  #keep(channel: Channel, wire: APIMessage, onlyFor?: string): StoredMessage {
    const message: StoredMessage = onlyFor === undefined ? { channel, wire } : { channel, wire, onlyFor };
    channel.messages.set(wire.id, message);
    this.#tell("create", message);
    return message;
  }

  #blank(channel: Channel, author: APIUser): APIMessage {
    return {
      id: this.#world.nextId(),
      channel_id: channel.id,
      type: 0,
      author,
      content: "",
      timestamp: this.#world.nowIso(),
      edited_timestamp: null,
      tts: false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      attachments: [],
      embeds: [],
      components: [],
      pinned: false,
      flags: NO_FLAGS,
    } satisfies APIMessage;
  }

  #apply(wire: APIMessage, body: MessageBody, uploads: readonly Upload[], before?: { flags: number }): void {
    const attachments = this.#attachments(wire, body, uploads);
    const draft = {
      content: body.content === undefined ? wire.content : (body.content ?? ""),
      embeds: body.embeds === undefined ? (wire.embeds as WireEmbed[]) : (body.embeds ?? []),
      components: body.components === undefined ? ((wire.components ?? []) as WireComponent[]) : (body.components ?? []),
      flags: (wire.flags ?? 0) | (body.flags ?? 0),
      files: attachments.map((attachment) => attachment.filename),
    };
    checkMessage(body, draft, before);
    wire.content = draft.content;
    wire.attachments = attachments;
    wire.flags = draft.flags;
    if (body.embeds !== undefined) wire.embeds = draft.embeds.map((embed) => settleEmbed(embed, attachments));
    if (body.components !== undefined)
      wire.components = settleComponents(draft.components, attachments, () => this.#world.nextId()) as NonNullable<
        APIMessage["components"]
      >;
  }

  /** Kept ones first, then the uploads in their order. */
  #attachments(wire: APIMessage, body: MessageBody, uploads: readonly Upload[]): APIAttachment[] {
    const named = body.attachments ?? undefined;
    const kept = wire.attachments.filter((old) => !named || named.some((entry) => String(entry.id) === old.id));
    for (const entry of named ?? [])
      if (!uploads.some((upload) => upload.key === String(entry.id)) && !kept.some((old) => old.id === String(entry.id)))
        throw invalidForm("attachments", `no upload and no attachment with id ${entry.id}`);
    const added = uploads.map((upload) => this.attach(upload, named?.find((entry) => String(entry.id) === upload.key)?.description));
    return [...kept, ...added];
  }

  /** Keeps a file for download, and gives the attachment that names it. */
  attach(file: StoredFile, description?: string): APIAttachment {
    const id = this.#world.nextId();
    this.#world.files.set(id, file);
    const url = this.#fileUrl(id, file.name);
    return {
      id,
      filename: file.name,
      size: file.bytes.length,
      url,
      proxy_url: url,
      content_type: file.contentType,
      ...(description ? { description } : {}),
      ...pngSize(file.bytes),
    } satisfies APIAttachment;
  }
}

function settleEmbed(embed: WireEmbed, attachments: readonly APIAttachment[]): APIEmbed {
  const settled = structuredClone(embed) as APIEmbed;
  settled.type = "rich" as NonNullable<APIEmbed["type"]>;
  for (const field of settled.fields ?? []) field.inline ??= false;
  if (settled.timestamp) settled.timestamp = new Date(settled.timestamp).toISOString();
  for (const picture of [settled.image, settled.thumbnail]) {
    const upload = attachments.find((attachment) => picture?.url === `attachment://${attachment.filename}`);
    if (picture && upload)
      Object.assign(picture, { url: upload.url, proxy_url: upload.proxy_url, width: upload.width, height: upload.height });
  }
  return settled;
}

function pngSize(bytes: Uint8Array): { width?: number; height?: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isPng = bytes.length >= 24 && view.getUint32(0) === 0x89504e47;
  return isPng ? { width: view.getUint32(16), height: view.getUint32(20) } : {};
}
