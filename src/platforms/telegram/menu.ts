import type { Api } from "grammy";
import type { BotCommand } from "grammy/types";
import { messageOf } from "../../domain/errors.ts";
import { oneLine } from "../../domain/visible-text.ts";
import type { Logger } from "../../ports/logger.ts";
import type { CommandInfo } from "../../ports/platform.ts";
import { cut } from "./text.ts";

const COMMAND_NAME = /^[a-z0-9_]{1,32}$/;
const DESCRIPTION_MAX = 256;
const COMMANDS_MAX = 100;

/** The menu of the catalog: `bot start` as `bot_start`. A name that Telegram does not take is left out; it can still be typed. */
export function menuOf(catalog: readonly CommandInfo[]): BotCommand[] {
  return catalog
    .map(({ path, summary }) => ({ command: path.replaceAll(" ", "_"), description: cut(oneLine(summary), DESCRIPTION_MAX) || path }))
    .filter(({ command }) => COMMAND_NAME.test(command))
    .slice(0, COMMANDS_MAX);
}

/** Sets the menu when Telegram's differs. Never rejects: the commands work without it. */
export async function keepMenu(api: Api, catalog: readonly CommandInfo[], logger: Logger, signal: AbortSignal): Promise<void> {
  const wanted = menuOf(catalog);
  try {
    const current = await api.getMyCommands();
    if (sameMenu(current, wanted)) return;
    await api.setMyCommands(wanted);
    logger.info({ commands: wanted.length }, "the Telegram menu was set");
  } catch (error) {
    if (!signal.aborted) logger.warn({ error: messageOf(error) }, "the Telegram menu could not be set");
  }
}

function sameMenu(current: readonly BotCommand[], wanted: readonly BotCommand[]): boolean {
  const texts = (menu: readonly BotCommand[]): string => JSON.stringify(menu.map(({ command, description }) => [command, description]));
  return texts(current) === texts(wanted);
}
