import type { APIMessage, APIRole, APIUser } from "discord-api-types/v10";
import { canary } from "../canary/canary.ts";

export interface Clock {
  nowMs(): number;
}

export interface Member {
  readonly user: APIUser;
  readonly roles: Set<string>;
  readonly joinedAt: string;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly owner: APIUser;
  readonly roles: Map<string, APIRole>;
  readonly members: Map<string, Member>;
}

export interface Channel {
  readonly id: string;
  readonly kind: "text" | "direct" | "group" | "thread";
  readonly name: string;
  readonly guild?: Guild;
  readonly recipient?: APIUser;
  readonly parent?: Channel;
  readonly messages: Map<string, StoredMessage>;
}

/** A message as it lies on the wire, and who may see it: everyone in the channel, or one person (ephemeral). */
export interface StoredMessage {
  readonly channel: Channel;
  readonly onlyFor?: string;
  wire: APIMessage;
}

export interface StoredFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export const ADMINISTRATOR = 1n << 3n;
/** View, send, embed, attach, history, application commands, threads. */
const EVERYONE = (1n << 10n) | (1n << 11n) | (1n << 14n) | (1n << 15n) | (1n << 16n) | (1n << 31n) | (1n << 35n);
const DISCORD_EPOCH_MS = 1_420_070_400_000;
/** A number that the type checker accepts where a flag enum has no member for "nothing set". */
export const NO_FLAGS: number = 0;

export class World {
  readonly clock: Clock;
  readonly users = new Map<string, APIUser>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  readonly files = new Map<string, StoredFile>();
  readonly bot: APIUser;
  readonly applicationId: string;
  readonly token = `local.${canary("Discord token")}`;
  #sequence = 0n;

  constructor(clock: Clock) {
    this.clock = clock;
    this.bot = this.addUser("scalpstorm", true);
    this.applicationId = this.bot.id;
  }

  /** Discord ids carry their time of birth in the upper bits; discord.js reads them as BigInt. */
  nextId(): string {
    const sinceEpoch = BigInt(Math.max(0, Math.floor(this.clock.nowMs()) - DISCORD_EPOCH_MS));
    this.#sequence = (this.#sequence + 1n) % (1n << 22n);
    return ((sinceEpoch << 22n) | this.#sequence).toString();
  }

  nowIso(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }

  addUser(name: string, bot = false): APIUser {
    const user = {
      id: this.nextId(),
      username: name.toLowerCase(),
      global_name: bot ? null : name,
      discriminator: bot ? "0001" : "0",
      avatar: null,
      bot,
      banner: null,
      accent_color: null,
      flags: NO_FLAGS,
      public_flags: NO_FLAGS,
      avatar_decoration_data: null,
      collectibles: null,
      primary_guild: null,
    } satisfies APIUser;
    this.users.set(user.id, user);
    return user;
  }

  addGuild(name: string, owner: APIUser): Guild {
    const guild: Guild = { id: this.nextId(), name, owner, roles: new Map(), members: new Map() };
    this.guilds.set(guild.id, guild);
    this.addRole(guild, "@everyone", EVERYONE, guild.id);
    this.addMember(guild, owner);
    this.addMember(guild, this.bot);
    return guild;
  }

  addRole(guild: Guild, name: string, permissions = 0n, id = this.nextId()): APIRole {
    const role = {
      id,
      name,
      color: 0,
      colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
      hoist: false,
      icon: null,
      unicode_emoji: null,
      position: guild.roles.size,
      permissions: permissions.toString(),
      managed: false,
      mentionable: false,
      flags: NO_FLAGS,
    } satisfies APIRole;
    guild.roles.set(id, role);
    return role;
  }

  addMember(guild: Guild, user: APIUser): Member {
    const member: Member = { user, roles: new Set(), joinedAt: this.nowIso() };
    guild.members.set(user.id, member);
    return member;
  }

  addChannel(guild: Guild, name: string): Channel {
    return this.keep({ id: this.nextId(), kind: "text", name, guild, messages: new Map() });
  }

  directChannel(user: APIUser): Channel {
    for (const channel of this.channels.values()) if (channel.recipient?.id === user.id) return channel;
    return this.keep({ id: this.nextId(), kind: "direct", name: `@${user.username}`, recipient: user, messages: new Map() });
  }

  /** A chat of several people without a server, to which one of them brought the bot. */
  groupChat(name: string): Channel {
    return this.keep({ id: this.nextId(), kind: "group", name, messages: new Map() });
  }

  addThread(parent: Channel, name: string, id = this.nextId()): Channel {
    if (!parent.guild) throw new Error(`a thread needs a server channel, ${parent.name} is a direct message`);
    return this.keep({ id, kind: "thread", name, guild: parent.guild, parent, messages: new Map() });
  }

  permissionsOf(user: APIUser, guild: Guild): bigint {
    const everyone = BigInt(guild.roles.get(guild.id)?.permissions ?? 0);
    const roles = [...(guild.members.get(user.id)?.roles ?? [])];
    const granted = roles.reduce((sum, id) => sum | BigInt(guild.roles.get(id)?.permissions ?? 0), everyone);
    return granted & ADMINISTRATOR || guild.owner.id === user.id ? (1n << 53n) - 1n : granted;
  }

  private keep(channel: Channel): Channel {
    this.channels.set(channel.id, channel);
    return channel;
  }
}
