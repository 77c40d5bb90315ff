import { z } from "zod";
import type { ArgInfo } from "../ports/platform.ts";

/** Where the values that an argument may have are known from: it drives completion, offered buttons and the check against what exists. */
export type Source = "bots" | "symbols" | "strategies" | "commands" | "grants";

/** What an argument's schema carries beside its type: the rest of help, questions, buttons and completion follows from it. */
export interface ArgMeta {
  readonly kind: ArgInfo["kind"];
  /** Asked when a required argument is missing. */
  readonly question?: string;
  readonly source?: Source;
  /** True when the value names bots: the caller needs the command's role on each. */
  readonly target?: boolean;
  readonly list?: boolean;
  readonly choices?: readonly string[];
  /** False when only the offered values make sense. */
  readonly freeText?: boolean;
  /** Never written to the audit. */
  readonly secret?: boolean;
  readonly example?: string;
}

declare module "zod" {
  interface GlobalMeta {
    argument?: ArgMeta;
  }
}

const SHOWN_MAX = 40;

// Bidirectional marks, zero-width and control characters have no business in names and reasons.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function cleanText(text: string): string {
  return text.replace(INVISIBLE, " ").trim();
}

/** A typed value as it may be repeated to a person: clean and short. */
export function quoted(text: string): string {
  const clean = cleanText(text);
  return `"${clean.length > SHOWN_MAX ? `${clean.slice(0, SHOWN_MAX)}...` : clean}"`;
}

/** A schema that reads a typed text, and says what it expected when it cannot. `read` answers undefined for what it does not understand. */
export function argument<T>(meta: ArgMeta, expected: string, read: (text: string) => T | undefined) {
  return z
    .string()
    .transform((text, context): T => {
      const value = read(cleanText(text));
      if (value !== undefined) return value;
      context.addIssue({ code: "custom", message: `expected ${expected}, found ${quoted(text)}` });
      return z.NEVER;
    })
    .meta({ argument: { example: meta.choices?.[0], ...meta } as ArgMeta });
}
