import { Secret } from "../../domain/secret.ts";
import type { OpenForm, SecretForm, SecretValues } from "../../ports/secret-form.ts";
import type { View } from "../../ports/view.ts";
import { badView } from "./spoken.ts";

/** How a script enters one value of an open form: `secret apiKey VALUE`, on a line of its own. */
const SECRET_LINE = /^\/?secret\s+(\S+)\s+(\S.*)$/i;
const SECRET_WORD = /^\s*\/?secret(?:\s|$)/i;

/** Whether a line is for a form; it is then no command, whatever else it says, and is repeated nowhere. */
export function isSecretLine(line: string): boolean {
  return SECRET_WORD.test(line);
}

/** The value that a script's line holds; undefined when it is not written as one. */
export function secretOf(line: string): SecretValues | undefined {
  const [, name, value] = SECRET_LINE.exec(line) ?? [];
  return name === undefined || value === undefined ? undefined : { [name]: new Secret(value) };
}

/** What a person is asked at the hidden prompt. */
export function hiddenPrompt({ fields }: OpenForm): string {
  return `${fields[0]?.label ?? ""} (not shown): `;
}

/** How to fill a form in, by hand or from a script. */
export function formHints({ fields }: SecretForm, interactive: boolean): readonly string[] {
  if (interactive) return ["What you type next is not shown and not remembered. Enter alone leaves."];
  return fields.map(({ name }) => `secret ${name} VALUE`);
}

export const NO_FORM: View = badView("No form is open here, so the line was dropped", "Send the command that asks for the values first.");

export const BAD_SECRET_LINE: View = badView("Expected secret NAME VALUE on one line, found something else, so the line was dropped.");
