import type { Client, Interaction, REST } from "discord.js";
import type { Logger } from "../../ports/logger.ts";

export interface ClientListener {
  /** Whether events arrive from now on. */
  onGateway(isReady: boolean): void;
  onReady(applicationId: string): void;
  onInteraction(interaction: Interaction): void;
  /** The client will not reconnect by itself. `code` is the gateway's close code. */
  onEnd(reason: string, code?: number): void;
}

/** Hands the client's events on. Event names are written out: their table would load discord.js. */
export function wireClient(client: Client, logger: Logger, listener: ClientListener): void {
  client.on("interactionCreate", (interaction) => listener.onInteraction(interaction));
  client.on("clientReady", ({ application }) => listener.onReady(application.id));
  client.on("shardReady", () => {
    listener.onGateway(true);
    logger.info({}, "connected to Discord");
  });
  client.on("shardResume", (_shard, replayed) => {
    listener.onGateway(true);
    logger.info({ replayed }, "connection to Discord resumed");
  });
  client.on("shardReconnecting", () => {
    listener.onGateway(false);
    logger.warn({}, "connection to Discord lost; reconnecting");
  });
  client.on("shardDisconnect", ({ code }) => {
    listener.onGateway(false);
    listener.onEnd(`Discord closed the connection for good, with code ${code}`, code);
  });
  client.on("invalidated", () => {
    listener.onGateway(false);
    listener.onEnd("Discord invalidated the session");
  });
  client.on("shardError", ({ message }) => logger.warn({ error: message }, "the connection to Discord reports an error"));
  client.on("error", ({ message }) => logger.error({ error: message }, "discord.js reports an error"));
  wireRest(client.rest, logger);
}

/** Counts of refused requests come long before a ban: 10,000 in ten minutes. */
export function wireRest(rest: REST, logger: Logger): void {
  rest.on("rateLimited", ({ method, route, timeToReset, global }) =>
    logger.info({ method, route, waitMs: timeToReset, global }, "Discord asks for a pause"),
  );
  rest.on("invalidRequestWarning", ({ count, remainingTime }) =>
    logger.warn({ count, remainingMs: remainingTime }, "Discord refused many requests; at 10,000 in ten minutes it bans this address"),
  );
}
