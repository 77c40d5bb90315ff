import { messageOf } from "../../domain/errors.ts";
import { SECOND_MS } from "../../domain/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Api } from "./api.ts";
import { type CommandBody, isRegistered } from "./command-set.ts";

export interface RegistrationParts {
  readonly api: Api;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const RETRY_FIRST_MS = 5 * SECOND_MS;
const RETRY_MAX_MS = 600 * SECOND_MS;

/** Makes Discord know exactly these commands, in all servers. Writes only when they differ; tries again until it worked or the signal is aborted. Never rejects. */
export async function keepRegistered(parts: RegistrationParts, applicationId: string, commands: readonly CommandBody[]): Promise<void> {
  const { api, clock, logger, signal } = parts;
  for (let delayMs = RETRY_FIRST_MS; !signal.aborted; delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)) {
    try {
      if (isRegistered(await api.registeredCommands(applicationId), commands)) return;
      await api.replaceCommands(applicationId, commands);
      return logger.info({ commands: commands.length }, "slash commands registered with Discord");
    } catch (error) {
      logger.warn({ error: messageOf(error), delayMs }, "slash commands could not be registered; trying again");
      await clock.sleep(delayMs, signal);
    }
  }
}
