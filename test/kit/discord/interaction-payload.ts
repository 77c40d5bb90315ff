import type { APIBaseInteraction, APIInteractionGuildMember, InteractionType } from "discord-api-types/v10";
import { Locale } from "discord-api-types/v10";
import type { InteractionFacts } from "./interaction.ts";
import { channelPayload, memberPayload } from "./payloads.ts";
import type { Channel, Guild, World } from "./world.ts";

const MAX_UPLOAD_BYTES = 10_485_760;

/** INTERACTION_CREATE, as it reaches the bot. */
export function interactionPayload(world: World, facts: InteractionFacts, data: object): APIBaseInteraction<InteractionType, object> {
  const { channel, user } = facts;
  const guild = channel.guild;
  return {
    id: facts.id,
    application_id: world.applicationId,
    type: facts.type,
    data,
    token: facts.token,
    version: 1,
    channel_id: channel.id,
    channel: { ...channelPayload(channel, world), ...(guild ? { permissions: world.permissionsOf(user, guild).toString() } : {}) },
    ...(guild ? guildPart(world, facts, guild) : { user, context: contextOf(channel), authorizing_integration_owners: { 0: "0" } }),
    ...(facts.source ? { message: facts.source.wire } : {}),
    app_permissions: guild ? world.permissionsOf(world.bot, guild).toString() : "442368",
    locale: Locale.EnglishUS,
    entitlements: [],
    attachment_size_limit: MAX_UPLOAD_BYTES,
  } satisfies APIBaseInteraction<InteractionType, object>;
}

/** Where an interaction comes from: a server, the bot's own direct messages, or another private chat. Source: the docs of Interaction Context Types. */
export function contextOf({ guild, kind }: Channel): 0 | 1 | 2 {
  if (guild) return 0;
  return kind === "direct" ? 1 : 2;
}

function guildPart(world: World, { user }: InteractionFacts, guild: Guild) {
  const member = guild.members.get(user.id);
  if (!member) throw new Error(`${user.username} is not a member of ${guild.name}`);
  return {
    guild_id: guild.id,
    guild: { id: guild.id, locale: Locale.EnglishUS, features: [] },
    guild_locale: Locale.EnglishUS,
    member: { ...memberPayload(member), permissions: world.permissionsOf(user, guild).toString() } satisfies APIInteractionGuildMember,
    context: 0 as const,
    authorizing_integration_owners: { 0: guild.id },
  };
}
