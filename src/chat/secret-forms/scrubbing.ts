import { messageOf, TransientError, UserError } from "../../domain/errors.ts";
import { SECRET_MASK } from "../../domain/secret.ts";
import type { SecretValues } from "../../ports/secret-form.ts";
import type { View } from "../../ports/view.ts";

export type Scrub = (text: string) => string;

/** Masks these values, as they are and as URLs, JSON and base64 write them. */
export function scrubberOf(values: SecretValues): Scrub {
  const forms = Object.values(values).flatMap((secret) => {
    const value = secret.reveal();
    return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), Buffer.from(value).toString("base64").replace(/=+$/, "")];
  });
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, form) => masked.replaceAll(form, SECRET_MASK), text);
}

/** A view whose texts are masked: what a command answers may quote what an exchange said, and an exchange may quote the key. */
export function scrubbedView(view: View, scrub: Scrub): View {
  const { table } = view;
  return {
    ...view,
    title: scrub(view.title),
    lines: view.lines.map(scrub),
    fields: view.fields.map(({ name, value }) => ({ name: scrub(name), value: scrub(value) })),
    buttons: view.buttons.map((button) => ({ ...button, label: scrub(button.label), action: scrub(button.action) })),
    ...(table === undefined ? {} : { table: { ...table, rows: table.rows.map((row) => row.map(scrub)) } }),
  };
}

/** The same kind of error with a masked text and without its cause, which may hold the request that was signed. */
export function scrubbedError(thrown: unknown, scrub: Scrub): Error {
  const message = scrub(messageOf(thrown));
  if (thrown instanceof UserError) return new UserError(message);
  if (thrown instanceof TransientError) return new TransientError(message);
  const masked = new Error(message);
  if (thrown instanceof Error && thrown.stack !== undefined) masked.stack = scrub(thrown.stack);
  return masked;
}
