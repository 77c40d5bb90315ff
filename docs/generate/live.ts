import { z } from "zod";
import { subscription, told } from "../../src/http/api/live/messages.ts";

/** The messages of the live updates as JSON Schema, from the schemas by which they are read and typed. */
export function liveSchema(): string {
  const { $schema, ...asked } = z.toJSONSchema(subscription, { io: "input" });
  const { $schema: _same, ...answered } = z.toJSONSchema(told);
  const document = {
    $schema,
    title: "Messages of GET /api/live",
    description: "A program sends `subscribe` once; everything else comes from the desk. docs/api.md says how.",
    properties: { sent: asked, received: answered },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
