import type { Api } from "grammy";
import { messageOf } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { refusalOf } from "./fault.ts";

export interface EraserParts {
  readonly api: Pick<Api, "deleteMessage">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const TRIES_MAX = 4;
const RETRY_FIRST_MS = 500;
const GONE_ALREADY = /message to delete not found/i;

/** Deletes a person's message. Resolves with whether it is gone; a network that is away is tried again, a no of Telegram's is not. */
export async function erase({ api, clock, logger, signal }: EraserParts, chatId: number, messageId: number): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES_MAX && !signal.aborted; attempt += 1) {
    try {
      return await api.deleteMessage(chatId, messageId);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined && GONE_ALREADY.test(refusal.description)) return true;
      logger.warn({ chat: chatId, error: messageOf(error), attempt }, "a message with a secret could not be deleted");
      if (refusal !== undefined && refusal.error_code < 500) return false;
      await clock.sleep(RETRY_FIRST_MS * 2 ** attempt, signal);
    }
  }
  return false;
}
