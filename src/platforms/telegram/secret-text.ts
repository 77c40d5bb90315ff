import { Secret } from "../../domain/secret.ts";
import type { OpenForm, SecretValues } from "../../ports/secret-form.ts";
import type { View } from "../../ports/view.ts";

/** Begins each message that asks for a secret. An answer to such a message is known by it, also after a restart. */
const PROMPT_MARK = "🔑 ";

/** Asks for the next value. The app answers this message by itself when the person types. */
export function promptOf({ fields }: OpenForm): { readonly view: View; readonly placeholder: string } {
  const [next, ...later] = fields.map(({ label }) => label);
  const rest = later.length === 0 ? [] : [`After it: ${later.join(", ")}. You may also send all of it at once, one value a line.`];
  const placeholder = next ?? "";
  return { view: { title: `${PROMPT_MARK}Send now: ${placeholder}`, tone: "plain", lines: rest, fields: [], buttons: [] }, placeholder };
}

/** Whether a text is our prompt for a secret, so that an answer to it is read as one. `undefined` is a message without text. */
export function isPrompt(text: string | undefined): boolean {
  return text?.startsWith(PROMPT_MARK) === true;
}

/** Reads one typed text as the next value of a form or as all of them; or says why it is neither, without a word of it. */
export function readSecrets(text: Secret, { fields }: OpenForm): { readonly values: SecretValues } | { readonly problem: string } {
  const whole = text.reveal().trim();
  if (whole.startsWith("/")) return { problem: "Nothing was taken: a value does not begin with a slash, and that is no command" };
  const named = (texts: readonly string[]): { readonly values: SecretValues } => ({
    values: Object.fromEntries(fields.slice(0, texts.length).map(({ name }, index) => [name, new Secret(texts[index] ?? "")])),
  });
  const lines = whole.split(/\s*\n\s*/);
  const words = whole.split(/\s+/);
  for (const values of [lines, words]) if (values.length === fields.length) return named(values);
  // The last value may hold spaces, as a passphrase does.
  if (fields.length === 1 || words.length === 1) return named([whole]);
  return { problem: `Nothing was taken: expected one value, or all ${fields.length} of them one a line, found ${words.length}` };
}
