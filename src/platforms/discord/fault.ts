import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import { NotSent } from "../../ports/platform.ts";

/**
 * What a failed call means for us: the token was refused; the interaction's token is void; the place or message is gone for good;
 * the API could not be reached; or anything else.
 */
export type ApiFault = "token-refused" | "answer-void" | "place-gone" | "message-gone" | "down" | "other";

const INVALID_WEBHOOK_TOKEN = 50_027;
/** Unknown interaction, unknown webhook. */
const ANSWER_VOID: readonly unknown[] = [10_062, 10_015, INVALID_WEBHOOK_TOKEN];
/**
 * Unknown channel and server, missing access and permissions, a person who takes no direct messages or shares no server with the bot any more, a thread that
 * is archived or locked.
 */
const PLACE_GONE: readonly unknown[] = [10_003, 10_004, 50_001, 50_013, 50_007, 50_278, 50_083, 160_005];
const UNKNOWN_MESSAGE = 10_008;
/** What @discordjs/rest says once a 401 made it drop the token. */
const TOKEN_DROPPED = "Expected token to be set for this request";

/** Classifies by HTTP status and Discord's error code, never by class. */
export function faultOf(error: unknown): ApiFault {
  const { status, code } = numbersOf(error);
  if (ANSWER_VOID.includes(code)) return "answer-void";
  if (PLACE_GONE.includes(code)) return "place-gone";
  if (code === UNKNOWN_MESSAGE) return "message-gone";
  if (status === 401 || messageOf(error).startsWith(TOKEN_DROPPED)) return "token-refused";
  if (status === undefined || status >= 500) return "down";
  return "other";
}

/** The error that whoever asked for a delivery understands. */
export function deliveryError(error: unknown): Error {
  const fault = faultOf(error);
  if (fault === "place-gone")
    return new UserError("That channel is gone, or the bot may no longer write there. Give it access again or subscribe another channel.", {
      cause: error,
    });
  if (fault === "message-gone") return new UserError("The message to edit was deleted in Discord. Send a new one.", { cause: error });
  const text = `Discord did not take the message (${messageOf(error)}). It may be sent again.`;
  // An answer of 4xx is a plain no; after an outage nobody knows.
  return fault === "down" ? new TransientError(text, { cause: error }) : new NotSent(text, { cause: error });
}

function numbersOf(error: unknown): { status: number | undefined; code: unknown } {
  if (!(error instanceof Error)) return { status: undefined, code: undefined };
  const status = "status" in error && typeof error.status === "number" ? error.status : undefined;
  return { status, code: "code" in error ? error.code : undefined };
}
