import { z } from "zod";

/** All that is needed to finish an answer, also after a restart. */
const handleSchema = z.object({
  applicationId: z.string(),
  interactionId: z.string(),
  token: z.string(),
  channelId: z.string(),
  userId: z.string(),
  /** Nobody else may read the answer. */
  isPrivate: z.boolean(),
  /** Only that person reads this channel anyway. */
  direct: z.boolean(),
  /** The deferred reply or the message with the button; or a message of its own, for that person only. */
  target: z.enum(["original", "follow-up"]),
});

export type AnswerHandle = z.infer<typeof handleSchema>;

/** A handle as the inbox keeps it, so that an answer finds its message after a restart. */
export function encodeHandle(handle: AnswerHandle): string {
  return JSON.stringify(handle);
}

/** Undefined when there is none or when it is not one of ours. */
export function decodeHandle(text: string | undefined): AnswerHandle | undefined {
  if (text === undefined) return undefined;
  try {
    return handleSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
