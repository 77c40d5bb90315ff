import type {
  APIApplicationCommandInteractionMetadata,
  APIDMChannel,
  APIGroupDMChannel,
  APIGuildMember,
  APIPublicThreadChannel,
  APITextChannel,
  APIUser,
  GatewayGuildCreateDispatchData,
  GatewayReadyDispatchData,
} from "discord-api-types/v10";
import { ChannelType, Locale } from "discord-api-types/v10";
import { type Channel, type Guild, type Member, NO_FLAGS, type World } from "./world.ts";

export function memberPayload(member: Member): APIGuildMember {
  return {
    user: member.user,
    nick: null,
    avatar: null,
    banner: null,
    roles: [...member.roles],
    joined_at: member.joinedAt,
    premium_since: null,
    pending: false,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    flags: NO_FLAGS,
  } satisfies APIGuildMember;
}

export function channelPayload(channel: Channel, world: World): APITextChannel | APIDMChannel | APIGroupDMChannel | APIPublicThreadChannel {
  const last_message_id = [...channel.messages.values()].filter((message) => !message.onlyFor).at(-1)?.wire.id ?? null;
  if (channel.kind === "direct")
    return {
      id: channel.id,
      type: ChannelType.DM,
      name: null,
      flags: NO_FLAGS,
      last_message_id,
      recipients: channel.recipient ? [channel.recipient] : [],
    } satisfies APIDMChannel;
  if (channel.kind === "group")
    return {
      id: channel.id,
      type: ChannelType.GroupDM,
      name: channel.name,
      icon: null,
      flags: NO_FLAGS,
      last_message_id,
      recipients: [],
    } satisfies APIGroupDMChannel;
  const guild_id = channel.guild?.id ?? "";
  if (channel.kind === "thread")
    return {
      id: channel.id,
      type: ChannelType.PublicThread,
      name: channel.name,
      guild_id,
      parent_id: channel.parent?.id ?? "",
      flags: NO_FLAGS,
      last_message_id,
      owner_id: world.bot.id,
      rate_limit_per_user: 0,
      message_count: channel.messages.size,
      total_message_sent: channel.messages.size,
      member_count: 1,
      thread_metadata: { archived: false, archive_timestamp: world.nowIso(), auto_archive_duration: 1440, locked: false },
    } satisfies APIPublicThreadChannel;
  return {
    id: channel.id,
    type: ChannelType.GuildText,
    name: channel.name,
    guild_id,
    parent_id: null,
    flags: NO_FLAGS,
    last_message_id,
    position: 0,
    topic: null,
    nsfw: false,
    rate_limit_per_user: 0,
    permission_overwrites: [],
  } satisfies APITextChannel;
}

export function guildPayload(guild: Guild, world: World): GatewayGuildCreateDispatchData {
  const own = [...world.channels.values()].filter((channel) => channel.guild === guild).map((channel) => channelPayload(channel, world));
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.owner.id,
    joined_at: guild.members.get(world.bot.id)?.joinedAt ?? world.nowIso(),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    members: [...guild.members.values()].map(memberPayload),
    roles: [...guild.roles.values()],
    channels: own.filter((channel) => channel.type === ChannelType.GuildText),
    threads: own.filter((channel) => channel.type === ChannelType.PublicThread),
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    emojis: [],
    stickers: [],
    features: [],
    icon: null,
    splash: null,
    banner: null,
    discovery_splash: null,
    description: null,
    vanity_url_code: null,
    application_id: null,
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: NO_FLAGS,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    incidents_data: null,
    hub_type: null,
    verification_level: 1,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: Locale.EnglishUS,
  } satisfies GatewayGuildCreateDispatchData;
}

export function readyPayload(world: World, sessionId: string, gatewayUrl: string): GatewayReadyDispatchData {
  return {
    v: 10,
    user: { ...world.bot, mfa_enabled: false, verified: true, email: null },
    guilds: [...world.guilds.keys()].map((id) => ({ id, unavailable: true })),
    session_id: sessionId,
    resume_gateway_url: gatewayUrl,
    shard: [0, 1],
    application: { id: world.applicationId, flags: NO_FLAGS, flags_new: "0" },
  } satisfies GatewayReadyDispatchData;
}

/** What Discord writes on a message that answers an interaction. */
export function commandMetadata(id: string, user: APIUser, guild?: Guild): APIApplicationCommandInteractionMetadata {
  return { id, type: 2, user, authorizing_integration_owners: { 0: guild?.id ?? "0" } } satisfies APIApplicationCommandInteractionMetadata;
}
