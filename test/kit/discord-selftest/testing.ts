import { Client, type ClientOptions, Events, GatewayIntentBits } from "discord.js";
import type { APIMessage } from "discord-api-types/v10";
import type { DiscordCounterpart } from "../discord/counterpart.ts";
import type { Interaction } from "../discord/interaction.ts";

/**
 * The real client, logged in. Without the injected throttler two IDENTIFYs would stand 5 s apart. It keeps the library's own patience of 15 s:
 * the counterpart is in the same process, so while a schema is compiled a short one ends, and an answer that was taken is sent again.
 */
export async function loggedIn(discord: DiscordCounterpart, options: Partial<ClientOptions> = {}): Promise<Client<true>> {
  const { rest, ...others } = options;
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    enforceNonce: true,
    rest: { api: discord.apiUrl, version: "10", retries: 3, ...rest },
    ws: { buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) },
    ...others,
  });
  // Socket trouble is what the weather tests cause on purpose.
  client.on(Events.Error, () => {});
  const ready = new Promise<Client<true>>((done) => client.once(Events.ClientReady, done));
  await client.login(discord.token);
  return ready;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: APIMessage & {
    readonly code?: number;
    readonly message?: string;
    readonly retry_after?: number;
    readonly resource?: { readonly message: APIMessage };
  };
  readonly headers: Headers;
}

/** A bot that writes its requests by hand, to send what no library would. */
export function rawBot(discord: DiscordCounterpart) {
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: `Bot ${discord.token}` },
  ) => {
    const isForm = body instanceof FormData;
    const init: RequestInit = {
      method,
      headers: body === undefined || isForm ? headers : { ...headers, "content-type": "application/json" },
    };
    if (body !== undefined) init.body = isForm ? body : JSON.stringify(body);
    const response = await fetch(`${discord.apiUrl}/v10${path}`, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : {},
    } as RawAnswer;
  };
  const app = discord.world.applicationId;
  const hooks = ({ facts }: Interaction) => `/webhooks/${app}/${facts.token}`;
  return {
    send,
    register: (...commands: object[]) => send("PUT", `/applications/${app}/commands`, commands),
    post: (body: object) => send("POST", `/channels/${discord.channel.id}/messages`, body),
    respond: ({ facts }: Interaction, type: number, data?: object) =>
      send("POST", `/interactions/${facts.id}/${facts.token}/callback`, data ? { type, data } : { type }, {}),
    editReply: (interaction: Interaction, body: object) => send("PATCH", `${hooks(interaction)}/messages/@original`, body, {}),
    followUp: (interaction: Interaction, body: object) => send("POST", `${hooks(interaction)}?wait=true`, body, {}),
  };
}

export function asMessage(answer: RawAnswer): APIMessage {
  return answer.body;
}

/** Time that a test moves by hand. */
export function handClock() {
  let ms = Date.UTC(2026, 0, 1);
  return {
    nowMs: () => ms,
    pass: (byMs: number) => {
      ms += byMs;
    },
  };
}
