import { z } from "zod";
import { CONFIRM_ACTION } from "../../chat/confirmations.ts";
import { FACTOR_ACTION } from "../../chat/factors/texts.ts";
import { COMMAND_ACTION } from "../../chat/view.ts";
import type { View } from "../../ports/view.ts";

/** What a command answers, as facts. */
export const answerBody = z
  .object({
    outcome: z.enum(["done", "confirmation", "factor", "form", "question", "refused"]).meta({
      description:
        "Only `done` has an effect. `confirmation` and `factor` wait to be sent back, `form` for secrets, `question` for an argument.",
    }),
    title: z.string(),
    tone: z.enum(["plain", "good", "bad", "warning"]),
    lines: z.array(z.string()),
    fields: z.array(z.object({ name: z.string(), value: z.string() })),
    table: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string())) }).optional(),
    file: z
      .object({ name: z.string(), contentType: z.string(), text: z.string() })
      .optional()
      .meta({ description: "What was asked for as a file" }),
    next: z.array(z.object({ label: z.string(), command: z.string() })).meta({ description: "Commands that make sense now" }),
    hint: z.string().optional().meta({ description: "What to send to go on" }),
    confirm: z.string().optional().meta({ description: "Send the same request with this as `confirm`, within 60 s" }),
    factor: z
      .string()
      .optional()
      .meta({ description: "Once it was approved, send the same request with this as `factor`, within 10 minutes" }),
    question: z.object({ argument: z.string(), offers: z.array(z.string()) }).optional(),
    form: z.object({ token: z.string(), fields: z.array(z.object({ name: z.string(), label: z.string() })) }).optional(),
  })
  .meta({ id: "Answer" });

export type Answer = z.output<typeof answerBody>;

/** What came of it is kept with the key, for nobody knows how much of it was done. */
const ANOTHER_KEY = "To send it again, use another Idempotency-Key: under the same one this answer is repeated.";
const FAULTS = { denied: 403, unavailable: 503, internal: 500 } as const;

export interface Told {
  readonly status: 200 | 202 | 403 | 422 | 500 | 503;
  readonly body: Answer;
}

/** A view as a program reads it, with the HTTP status that says the same. */
export function told(view: View): Told {
  const { title, tone, lines, fields, table, file, buttons, form, fault } = view;
  const facts = {
    title,
    tone,
    lines: [...lines],
    fields: fields.map(({ name, value }) => ({ name, value })),
    ...(table ? { table: { columns: table.columns.map(({ name }) => name), rows: table.rows.map((row) => [...row]) } } : {}),
    ...(file ? { file: { ...file } } : {}),
    next: buttons.flatMap(({ label, action }) =>
      action.startsWith(COMMAND_ACTION) ? [{ label, command: action.slice(COMMAND_ACTION.length) }] : [],
    ),
  };
  if (fault === "denied") return { status: FAULTS[fault], body: { outcome: "refused", ...facts } };
  if (fault !== undefined) return { status: FAULTS[fault], body: { outcome: "refused", ...facts, hint: ANOTHER_KEY } };
  if (form) {
    const asked = { token: form.token, fields: form.fields.map(({ name, label }) => ({ name, label })) };
    return { status: 202, body: { outcome: "form", ...facts, form: asked, hint: `Send the values to POST /api/forms/${form.token}.` } };
  }
  const confirm = tokenIn(view, CONFIRM_ACTION);
  const again = "Send the same request again, under another Idempotency-Key, with";
  if (confirm !== undefined)
    return { status: 202, body: { outcome: "confirmation", ...facts, confirm, hint: `${again} confirm set to the token in confirm.` } };
  const factor = tokenIn(view, FACTOR_ACTION);
  if (factor !== undefined)
    return {
      status: 202,
      body: { outcome: "factor", ...facts, factor, hint: `Have it approved. ${again} factor set to the token in factor.` },
    };
  if (view.question) {
    const { argument } = view.question;
    const offers = buttons.slice(0, -1).map(({ label }) => label);
    return {
      status: 422,
      body: { outcome: "question", ...facts, question: { argument, offers }, hint: `Send it again with ${argument}.` },
    };
  }
  return tone === "bad" ? { status: 422, body: { outcome: "refused", ...facts } } : { status: 200, body: { outcome: "done", ...facts } };
}

function tokenIn({ buttons }: View, action: string): string | undefined {
  return buttons.find((button) => button.action.startsWith(action))?.action.split(":")[1];
}
