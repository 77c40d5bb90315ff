import { z } from "zod";
import { oneLine } from "../domain/visible-text.ts";
import type { ArgMeta } from "./arg-meta.ts";
import { holdsKey } from "./secret-forms/key-like.ts";

const QUESTION_CHARS_MAX = 500;
const META: ArgMeta = { kind: "text", question: "What do you want to know?", freeText: true, example: "How did dip do today?" };

/** A question in words. One that holds something like a key is not passed on. */
export const question = z
  .string()
  .transform((text, context): string => {
    const asked = oneLine(text);
    const problem =
      asked === ""
        ? "Ask something, such as: How did dip do today?"
        : asked.length > QUESTION_CHARS_MAX
          ? `A question has at most ${QUESTION_CHARS_MAX} characters, found ${asked.length}: make it shorter.`
          : holdsKey(asked)
            ? "That looks as if it held a key, so it was not passed on. Ask without it."
            : undefined;
    if (problem === undefined) return asked;
    context.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  })
  .meta({ argument: META });
