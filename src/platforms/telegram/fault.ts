import { z } from "zod";
import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import { NotSent } from "../../ports/platform.ts";

const refusalSchema = z.object({
  error_code: z.number(),
  description: z.string().default(""),
  parameters: z.object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() }).default({}),
});

export type Refusal = z.infer<typeof refusalSchema>;

const PLACE_GONE =
  /chat not found|user not found|group chat was deleted|deactivated|not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|PEER_ID_INVALID|message thread not found|TOPIC_CLOSED|TOPIC_DELETED/i;
const MESSAGE_GONE = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID|there is no text in the message to edit/i;

/** What Telegram answered when it refused; undefined when no answer came. Read by shape: the library is loaded late. */
export function refusalOf(error: unknown): Refusal | undefined {
  return refusalSchema.safeParse(error).data;
}

/** Whether nothing can be sent to that place any more: it is gone, or the bot may not write there. */
export function isPlaceGone(error: unknown): boolean {
  const refusal = refusalOf(error);
  if (refusal === undefined) return false;
  return refusal.error_code === 403 || (refusal.error_code === 400 && PLACE_GONE.test(refusal.description));
}

/** Whether a message cannot be edited any more, so that a new one has to take its place. */
export function isMessageGone(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal?.error_code === 400 && MESSAGE_GONE.test(refusal.description);
}

/** Whether an edit changed nothing, because the message reads so already. */
export function isUnmodified(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal?.error_code === 400 && refusal.description.includes("message is not modified");
}

/** Telegram could not read what we rendered: our fault, and no reason to lose the message. */
export function isUnreadable(error: unknown): boolean {
  return refusalOf(error)?.error_code === 400 && !isPlaceGone(error) && !isMessageGone(error);
}

/** The connection never stood, so nothing was said. */
const NO_CONNECTION = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const unconnectedSchema = z.object({ error: z.object({ code: z.string().regex(NO_CONNECTION) }) });

/** Whether the message surely did not arrive: Telegram said no, or was never reached. */
export function isNotSent(error: unknown): boolean {
  const refusal = refusalOf(error);
  if (refusal !== undefined) return refusal.error_code < 500;
  return error instanceof NotSent || unconnectedSchema.safeParse(error).success;
}

/** A failed call as the port's contract says it: UserError when that place or message is gone for good, else TransientError, of the kind NotSent where that is sure. */
export function deliveryError(error: unknown): Error {
  if (error instanceof UserError || error instanceof TransientError) return error;
  const refusal = refusalOf(error);
  const said = refusal === undefined ? messageOf(error) : `${refusal.error_code}: ${refusal.description}`;
  if (isPlaceGone(error))
    return new UserError(
      `Telegram does not let me write there (${said}). Add me to that chat again, or open the private chat and press Start.`,
    );
  if (isMessageGone(error)) return new UserError(`That Telegram message cannot be changed any more (${said}). Post a new one.`);
  // The cause is not kept: the library's network errors name the address, and the address holds the token.
  if (!isNotSent(error)) return new TransientError(`Telegram did not say whether a message arrived (${said}).`);
  const retryAfter = refusal?.parameters.retry_after;
  return new NotSent(
    `Telegram did not take a message for now (${said}).`,
    retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1_000 },
  );
}
