import type { APIApplication, APIUser } from "discord-api-types/v10";
import type { CommandBook, CommandInput } from "./command-book.ts";
import type { Call, Route } from "./http.ts";
import { memberPayload } from "./payloads.ts";
import { ApiRefusal, unknownGuild, unknownMember, unknownUser } from "./refusal.ts";
import { type Guild, NO_FLAGS, type World } from "./world.ts";

export function applicationRoutes(world: World, commands: CommandBook, gatewayUrl: () => string): Route[] {
  const guild = (call: Call): Guild => guildOf(world, call);
  const forApplication = (call: Call): void => {
    if (call.param("application_id") !== world.applicationId) throw new ApiRefusal(404, 10_002, "Unknown Application");
  };
  const commandRoutes = (path: string, scope: (call: Call) => string | undefined): Route[] => [
    {
      template: `GET ${path}`,
      handle: (call) => {
        forApplication(call);
        return { status: 200, body: commands.list(scope(call)) };
      },
    },
    {
      template: `PUT ${path}`,
      handle: (call) => {
        forApplication(call);
        return { status: 200, body: commands.replace(scope(call), (call.body ?? []) as CommandInput[]) };
      },
    },
  ];
  return [
    {
      template: "GET /gateway/bot",
      handle: () => ({
        status: 200,
        body: {
          url: gatewayUrl(),
          shards: 1,
          session_start_limit: { total: 1000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 },
        },
      }),
    },
    ...commandRoutes("/applications/{application_id}/commands", () => undefined),
    ...commandRoutes("/applications/{application_id}/guilds/{guild_id}/commands", (call) => guild(call).id),
    ...selfRoutes(world),
  ];
}

function selfRoutes(world: World): Route[] {
  return [
    { template: "GET /applications/@me", handle: () => ({ status: 200, body: applicationPayload(world) }) },
    {
      template: "GET /users/@me",
      handle: () => ({ status: 200, body: { ...world.bot, mfa_enabled: false, locale: "en-US", verified: true } }),
    },
    {
      template: "GET /users/{user_id}",
      handle: (call) => {
        const user = world.users.get(call.param("user_id"));
        if (!user) throw unknownUser();
        return { status: 200, body: user };
      },
    },
    {
      template: "GET /guilds/{guild_id}/members/{user_id}",
      handle: (call) => {
        const member = guildOf(world, call).members.get(call.param("user_id"));
        if (!member) throw unknownMember();
        return { status: 200, body: memberPayload(member) };
      },
    },
  ];
}

function guildOf(world: World, call: Call): Guild {
  const found = world.guilds.get(call.param("guild_id"));
  if (!found) throw unknownGuild();
  return found;
}

function applicationPayload(world: World) {
  const owner = [...world.guilds.values()][0]?.owner ?? world.bot;
  return {
    id: world.applicationId,
    name: world.bot.username,
    icon: null,
    description: "",
    type: null,
    bot: world.bot,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "0".repeat(64),
    flags: NO_FLAGS,
    flags_new: "0",
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner,
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
  } satisfies Partial<Omit<APIApplication, "type">> & { owner: APIUser; [unknown: string]: unknown };
}
