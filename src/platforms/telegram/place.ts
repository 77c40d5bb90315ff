import { z } from "zod";
import { UserError } from "../../domain/errors.ts";

export const PLATFORM = "telegram";

/** A chat, and in a forum one of its topics. */
export interface ChatPlace {
  readonly chatId: number;
  readonly threadId?: number;
}

/** The id of a place as `telegram:-100123`, or `telegram:-100123:7` for a topic. */
export function placeId({ chatId, threadId }: ChatPlace): string {
  return threadId === undefined ? `${PLATFORM}:${chatId}` : `${PLATFORM}:${chatId}:${threadId}`;
}

/** Reads a place's id, also without the platform before it. Rejects with UserError what is none. */
export function chatPlace(place: string): ChatPlace {
  const [, chat, thread] = /^(?:telegram:)?(-?\d{1,16})(?::(\d{1,16}))?$/.exec(place) ?? [];
  if (chat === undefined)
    throw new UserError(`A Telegram place is a chat's number such as 123 or -100123, not "${place}". Subscribe that chat again.`);
  return { chatId: Number(chat), ...(thread === undefined ? {} : { threadId: Number(thread) }) };
}

/** Private chats have the person's own, positive number. */
export function isGroup({ chatId }: ChatPlace): boolean {
  return chatId < 0;
}

const handleSchema = z.object({
  /** The command that is answered. */
  replyTo: z.number().optional(),
  /** The message that carried the button and becomes the answer. */
  edit: z.number().optional(),
});

export type AnswerHandle = { readonly [K in keyof z.infer<typeof handleSchema>]: z.infer<typeof handleSchema>[K] };

/** A handle as the inbox keeps it, so that an answer finds its message after a restart. */
export function encodeHandle(handle: AnswerHandle): string {
  return JSON.stringify(handle);
}

/** Empty when there is none or when it is not one of ours. */
export function decodeHandle(text: string | undefined): AnswerHandle {
  if (text === undefined) return {};
  try {
    return handleSchema.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}
