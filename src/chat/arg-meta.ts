import { z } from "zod";
import { oneLine } from "../domain/visible-text.ts";
import type { ArgInfo } from "../ports/platform.ts";

/**
 * Where the values that an argument may have are known from: it drives completion, offered buttons and the check against what exists. `any-symbol` completes
 * from the desk's own market and is not checked against it, because it may be meant for another one.
 */
export type Source =
  | "bots"
  | "symbols"
  | "any-symbol"
  | "strategies"
  | "commands"
  | "grants"
  | "accounts"
  | "entries"
  | "alerts"
  | "scopes";

/** What an argument's schema carries beside its type: the rest of help, questions, buttons and completion follows from it. */
export interface ArgMeta {
  readonly kind: ArgInfo["kind"];
  /** Asked when a required argument is missing. */
  readonly question?: string;
  readonly source?: Source;
  /** True when the value names bots: the caller needs the command's role on each. */
  readonly target?: boolean;
  readonly list?: boolean;
  /** What it may be; beside a source, in addition to that. */
  readonly choices?: readonly string[];
  /** What a text that is being typed may become, as whole texts. */
  readonly complete?: (typed: string) => readonly string[];
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

/** A typed value as it may be repeated to a person: clean and short. */
export function quoted(text: string): string {
  const clean = oneLine(text);
  return `"${clean.length > SHOWN_MAX ? `${clean.slice(0, SHOWN_MAX)}...` : clean}"`;
}

/** A schema that reads a typed text, and says what it expected when it cannot. `read` answers undefined for what it does not understand. */
export function argument<T>(meta: ArgMeta, expected: string, read: (text: string) => T | undefined) {
  return z
    .string()
    .transform((text, context): T => {
      const value = read(oneLine(text));
      if (value !== undefined) return value;
      context.addIssue({ code: "custom", message: `expected ${expected}, found ${quoted(text)}` });
      return z.NEVER;
    })
    .meta({ argument: { example: meta.choices?.[0], ...meta } as ArgMeta });
}
